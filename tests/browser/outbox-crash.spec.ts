// A tab with an outbox that crashes at any moment while it publishes.
import { packedDist } from '../support/packed.mjs'
import { expect, test } from './support.js'

/** More on demand. */
const rounds = Number(process.env['ROUNDS'] ?? 4)
/** So many are published at first, and are stored for certain. */
const SAFE = 10
const SIZE = 500

interface OutboxPage {
  mq: { stored(): Promise<unknown> }
  publish(topic: string, numbers: number[], options: object, size: number): void
}
declare const self: { client: OutboxPage }

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

test(`of ${rounds} tabs that crash while they publish, what stored() promised is there, and nothing is torn`, async ({
  open,
  chaos,
  topic,
  broker,
}) => {
  test.setTimeout(60_000 + rounds * 20_000)
  const { connect } = (await import(`${packedDist}index.js`)) as typeof import('websocket-mq')
  const observer = await connect(broker.url)
  const kept: number[] = []
  for (let round = 0; round < rounds; round++) {
    const arrived = new Map<string, string[]>([1, 2].map((qos) => [`${topic}/${round}/${qos}`, []]))
    await observer.subscribe(`${topic}/${round}/+`, { qos: 2 }, (message) => {
      arrived.get(message.topic)?.push(message.text())
    }).ready
    chaos.refusing = true
    const tab = await open({ path: 'outbox.html', broker: chaos.url })
    await tab.call('open', tab.broker)
    await tab.page.evaluate(
      async ([to, safe, size]) => {
        const { client } = self
        const publish = (from: number, count: number) => {
          const all = Array.from({ length: count }, (_, index) => from + index)
          for (const qos of [1, 2]) client.publish(`${to}/${qos}`, all, { qos }, size)
        }
        publish(1, safe)
        await client.mq.stored()
        let next = safe + 1
        const more = () => {
          publish(next, 3)
          next += 3
          setTimeout(more)
        }
        more()
      },
      [`${topic}/${round}`, SAFE, SIZE] as const,
    )
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 50))
    await tab.crash()
    await tab.page.close()

    chaos.refusing = false
    const heir = await open({ path: 'outbox.html', broker: chaos.url })
    await heir.call('open', heir.broker)
    const state = () => heir.call<{ state: string; backlog: number; delivered: object[] }>('facts')
    await expect.poll(async () => (await state()).state).toBe('connected')
    await expect.poll(async () => (await state()).backlog, { timeout: 60_000 }).toBe(0)
    const { length } = (await state()).delivered
    await expect.poll(() => [...arrived.values()].flat().length).toBe(length)
    for (const texts of arrived.values()) {
      expect(texts.length).toBeGreaterThanOrEqual(SAFE)
      expect(texts).toEqual(numbers(texts.length).map((number) => String(number).padEnd(SIZE)))
      kept.push(texts.length)
    }
    await heir.call('disconnect')
    await heir.page.close()
  }
  console.log(`Messages of each tab and QoS that were there: ${kept.join(', ')}.`)
  await observer.disconnect()
})
