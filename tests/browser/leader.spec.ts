// Tabs that elect one of them to have the connection: it dies, again and again, under traffic.
import type { Page } from '@playwright/test'
import { WebSocket } from 'ws'
import { dist, expect, type Tab, test } from './support.js'

/** 100 on demand; CI has less time. */
const rounds = Number(process.env['ROUNDS'] ?? 8)

interface Counter {
  /** The next number to publish, and those that were acknowledged, at QoS 1 and 2. */
  next: number[]
  acknowledged: number[][]
  failed: string[]
  stop: () => void
}

/** The tab publishes a number at QoS 1 and one at QoS 2 every few milliseconds, until it dies. */
function publishNumbers(page: Page, topic: string): Promise<void> {
  return page.evaluate((prefix) => {
    const { mq } = (globalThis as unknown as { client: { mq: { publish(...given: unknown[]): Promise<unknown> } } }).client
    const counter: Counter = { next: [0, 0, 0], acknowledged: [[], [], []], failed: [], stop: () => clearInterval(timer) }
    const timer = setInterval(() => {
      for (const qos of [1, 2]) {
        const number = counter.next[qos]!++
        mq.publish(`${prefix}/${qos}`, String(number), { qos }).then(
          () => counter.acknowledged[qos]!.push(number),
          (error) => counter.failed.push(String(error)),
        )
      }
    }, 5)
    Object.assign(globalThis, { counter })
  }, topic)
}

const counterOf = (page: Page): Promise<Omit<Counter, 'stop'>> =>
  page.evaluate(() => JSON.parse(JSON.stringify((globalThis as unknown as { counter: Counter }).counter)) as Counter)

for (const outbox of [false, true])
  test(`the leader dies ${rounds} times in a row, and nothing that the others publish is lost${outbox ? ', or doubled at QoS 2' : ''}`, async ({
    open,
    topic,
    broker,
  }) => {
    test.setTimeout(120_000 + rounds * 30_000)
    const { connect, load } = await import(`${dist}index.js`)
    await load({ WebSocket })
    const observer = await connect(broker.url)
    /** By topic: when each number came. */
    const arrived = new Map<string, Map<number, number[]>>()
    const deaths: { what: string; at: number }[] = []
    await observer.subscribe(`${topic}/#`, { qos: 2, bufferSize: 1 }, (message: { topic: string; text(): string }) => {
      const numbers = arrived.get(message.topic) ?? new Map<number, number[]>()
      const number = Number(message.text())
      numbers.set(number, [...(numbers.get(number) ?? []), Date.now()])
      arrived.set(message.topic, numbers)
    }).ready

    const sockets = new Map<Page, number>()
    const patient = expect.configure({ timeout: 60_000 })
    let count = 0
    const newTab = async (): Promise<{ tab: Tab; name: string }> => {
      const tab = await open()
      tab.page.on('websocket', () => sockets.set(tab.page, (sockets.get(tab.page) ?? 0) + 1))
      await tab.connect({ shared: { via: 'tab' }, outbox, reconnect: { minDelay: 50, maxDelay: 500 } })
      const name = `tab${count++}`
      await publishNumbers(tab.page, `${topic}/${name}`)
      return { tab, name }
    }
    const hasArrived = (name: string, qos: number, numbers: Iterable<number>): number[] => {
      const came = arrived.get(`${topic}/${name}/${qos}`)
      return [...numbers].filter((number) => !came?.has(number))
    }

    const alive = [await newTab(), await newTab(), await newTab()]
    for (let round = 0; round < rounds; round++) {
      // Who holds the lock of the leader was there first.
      const dying = alive.shift()!
      expect(sockets.get(dying.tab.page) ?? 0).toBeGreaterThan(0)
      await patient
        .poll(async () => (await counterOf(alive[0]!.tab.page)).acknowledged[2]!.length, `round ${round}: traffic`)
        .toBeGreaterThan(5)
      const last = await counterOf(dying.tab.page)
      // An outbox has what was published a moment ago, acknowledged or not.
      if (outbox) await patient.poll(async () => (await counterOf(dying.tab.page)).next[2]!).toBeGreaterThan(last.next[2]! + 30)
      const due = (qos: number) => (outbox ? [...Array(last.next[qos]).keys()] : last.acknowledged[qos]!)
      deaths.push({ what: `${dying.name}, which led, ${round % 2 === 0 ? 'crashed' : 'was closed'}`, at: Date.now() })
      if (round % 2 === 0) await dying.tab.crash()
      else await dying.tab.page.close()
      alive.push(await newTab())
      // The next leader has the connection, and what was under way arrives.
      const before = await counterOf(alive[0]!.tab.page)
      await patient
        .poll(async () => (await counterOf(alive[0]!.tab.page)).acknowledged[2]!.length, `round ${round}: the next leader`)
        .toBeGreaterThan(before.next[2]!)
      for (const qos of [1, 2]) await patient.poll(() => hasArrived(dying.name, qos, due(qos))).toEqual([])
      if (round % 2 === 0) await dying.tab.page.close()
    }

    for (const { tab, name } of alive) {
      await tab.page.evaluate(() => (globalThis as unknown as { counter: Counter }).counter.stop())
      const { next, failed } = await counterOf(tab.page)
      expect(failed).toEqual([])
      for (const qos of [1, 2]) {
        const all = [...Array(next[qos]).keys()]
        await patient.poll(() => hasArrived(name, qos, all)).toEqual([])
        await patient.poll(async () => (await counterOf(tab.page)).acknowledged[qos]!.length).toBe(all.length)
      }
      expect((await tab.facts()).errors).toEqual([])
    }
    /** For whoever has to find out why. */
    const doubled: string[] = []
    for (const [name, numbers] of arrived)
      for (const [number, times] of numbers)
        if (name.endsWith('/2') && times.length > 1) {
          const told = times.map((time) => {
            const { what, at } = deaths.findLast((death) => death.at <= time) ?? { what: 'the first tab came', at: time }
            return `${time - at} ms after ${what}`
          })
          doubled.push(`${name}: ${number} came ${told.join(', and ')}`)
        }
    const total = [...arrived.values()].reduce((sum, numbers) => sum + numbers.size, 0)
    console.log(
      `${rounds} leaders died: ${total} messages arrived, none was lost; at QoS 2 with${outbox ? '' : 'out'} an outbox ${doubled.length} came twice.`,
    )
    if (outbox) expect(doubled).toEqual([])
    for (const { tab } of alive) await tab.disconnect()
    await observer.disconnect()
  })
