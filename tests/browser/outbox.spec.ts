// Outboxes in real pages: what was accepted survives them.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type BrowserContext } from '@playwright/test'
import { packedDist } from '../support/packed.mjs'
import { expect, type Tab, test as base } from './support.js'

interface Facts {
  delivered: { topic: string; qos: number; retain: boolean; publishedAt: number }[]
  errors: { name: string; code: string; cause?: string }[]
  failures: string[]
  acknowledged: number
  accepted: number
  state: string
  backlog: number
  sessionPresent: boolean
}

const numbers = (count: number, from = 1) => Array.from({ length: count }, (_, index) => index + from)
const facts = (tab: Tab) => tab.call<Facts>('facts')

const test = base.extend<{
  /** What arrives at the broker on a topic filter, in order. */
  arriving: (filter: string) => Promise<{ topic: string; text: string }[]>
}>({
  arriving: async ({ broker }, use) => {
    const { connect } = (await import(`${packedDist}index.js`)) as typeof import('websocket-mq')
    const mq = await connect(broker.url)
    await use(async (filter) => {
      const messages: { topic: string; text: string }[] = []
      await mq.subscribe(filter, { qos: 2 }, ({ topic, text }: { topic: string; text: () => string }) => {
        messages.push({ topic, text: text() })
      }).ready
      return messages
    })
    await mq.disconnect()
  },
})

/** Waits for this many different numbers, which are all from 1 on, in order; tells how many came twice. */
async function expectAll(messages: { text: string }[], count: number): Promise<number> {
  await expect.poll(() => new Set(messages.map(({ text }) => text)).size, { timeout: 30_000 }).toBeGreaterThanOrEqual(count)
  const all = messages.map(({ text }) => Number(text))
  const distinct = [...new Set(all)]
  expect(distinct).toEqual(numbers(distinct.length))
  return all.length - distinct.length
}

async function reload(tab: Tab): Promise<void> {
  await tab.page.reload()
  await tab.page.waitForFunction(() => 'client' in globalThis)
}

test('what was published offline survives a reload, and the page that comes after hears of it', async ({
  open,
  chaos,
  topic,
  arriving,
}) => {
  const messages = [await arriving(`${topic}/1`), await arriving(`${topic}/2`)] as const
  chaos.refusing = true
  const tab = await open({ path: 'outbox.html', broker: chaos.url })
  const { clientId } = await tab.call<{ clientId: string }>('open', tab.broker)
  // The order is one among messages of the same QoS (MQTT 5.0, 4.6).
  await tab.call('publish', `${topic}/1`, numbers(100), { qos: 1 })
  await tab.call('publish', `${topic}/2`, numbers(100), { qos: 2 })
  await reload(tab)
  expect(await tab.call('open', tab.broker)).toEqual({ clientId })
  await tab.call('publish', `${topic}/1`, numbers(10, 101), { qos: 1 })
  chaos.refusing = false

  expect([await expectAll(messages[0], 110), await expectAll(messages[1], 100)]).toEqual([0, 0])
  await expect.poll(async () => (await facts(tab)).delivered.length).toBe(200)
  const { delivered, errors, acknowledged } = await facts(tab)
  expect([errors, acknowledged]).toEqual([[], 10])
  expect([1, 2].map((qos) => delivered.filter((each) => each.qos === qos).length)).toEqual([100, 100])
  await tab.call('disconnect')
  expect(await tab.call('stored')).toEqual({ slots: 1, records: 0 })
})

for (const qos of [1, 2] as const) {
  test(`a page at QoS ${qos} that is reloaded again and again loses nothing`, async ({ open, chaos, topic, arriving }) => {
    const messages = await arriving(topic)
    const tab = await open({ path: 'outbox.html', broker: chaos.url })
    let sent = 0
    for (let round = 0; round < 5; round++) {
      await tab.call('open', tab.broker)
      await expect.poll(async () => (await facts(tab)).state).toBe('connected')
      await tab.call('publish', topic, numbers(50, sent + 1), { qos })
      sent += 50
      await reload(tab)
    }
    await tab.call('open', tab.broker)
    const doubled = await expectAll(messages, sent)
    if (qos === 2) expect(doubled).toBe(0)
  })

  test(`QoS ${qos}, published while connections are cut and the tab crashes, is neither lost nor out of order`, async ({
    open,
    chaos,
    topic,
    arriving,
  }) => {
    test.slow()
    for (let round = 0; round < 3; round++) {
      const messages = await arriving(`${topic}/${round}`)
      const tab = await open({ path: 'outbox.html', broker: chaos.url })
      await tab.call('open', tab.broker)
      await tab.call('publishForEver', `${topic}/${round}`, { qos }, 2)
      for (const count of [100, 200, 300]) {
        await expect.poll(() => messages.length, { timeout: 30_000 }).toBeGreaterThan(count)
        chaos.cut()
      }
      const { acknowledged } = await facts(tab)
      await tab.crash()
      const next = await open({ path: 'outbox.html', broker: chaos.url })
      await next.call('open', next.broker)
      await expect.poll(async () => (await facts(next)).state).toBe('connected')
      await expect.poll(async () => (await facts(next)).backlog, { timeout: 60_000 }).toBe(0)
      const doubled = await expectAll(messages, acknowledged)
      if (qos === 2) expect(doubled).toBe(0)
      await next.page.close()
    }
  })
}

test('a crash loses nothing that was published some time before, connected or not', async ({ open, chaos, topic, arriving }) => {
  const messages = await arriving(topic)
  chaos.refusing = true
  const tab = await open({ path: 'outbox.html', broker: chaos.url })
  await tab.call('open', tab.broker)
  await tab.call('publish', topic, numbers(50), { qos: 2 })
  await expect.poll(() => tab.call('stored')).toEqual({ slots: 1, records: 50 })
  await tab.crash()
  chaos.refusing = false
  const next = await open({ path: 'outbox.html', broker: chaos.url })
  await next.call('open', next.broker)
  expect(await expectAll(messages, 50)).toBe(0)
  await expect.poll(async () => (await facts(next)).delivered.length).toBe(50)
})

test('what stored() promised survives a crash in the next moment', async ({ open, chaos, topic, arriving }) => {
  test.slow()
  const messages = await arriving(topic)
  chaos.refusing = true
  let count = 0
  for (const qos of [1, 2] as const)
    for (let round = 0; round < 4; round++) {
      const tab = await open({ path: 'outbox.html', broker: chaos.url })
      await tab.call('open', tab.broker)
      const batch = 1 + round * 20
      const { stored, took } = await tab.page.evaluate(
        async ([to, numbers, level]) => {
          const { client } = globalThis as unknown as { client: { mq: Connection; publish: (...given: unknown[]) => void } }
          client.publish(to, numbers, { qos: level })
          const start = performance.now()
          return { stored: await client.mq.stored(), took: performance.now() - start }
        },
        [topic, numbers(batch, count + 1), qos] as const,
      )
      await tab.crash()
      count += batch
      console.log(`stored() took ${took.toFixed(1)} ms for ${batch} messages at QoS ${qos}.`)
      expect(stored.messages).toBe(count)
      expect(stored.oldest).toBeLessThanOrEqual(Date.now())
    }
  chaos.refusing = false
  const next = await open({ path: 'outbox.html', broker: chaos.url })
  await next.call('open', next.broker)
  await expect.poll(() => messages.length, { timeout: 30_000 }).toBe(count)
  expect(messages.map(({ text }) => Number(text)).sort((one, other) => one - other)).toEqual(numbers(count))
  await expect.poll(async () => (await facts(next)).delivered.length).toBe(count)
})

test('two tabs have two outboxes, and a client identifier names one of them', async ({ open, chaos }) => {
  const [one, other] = [await open({ path: 'outbox.html', broker: chaos.url }), await open({ path: 'outbox.html', broker: chaos.url })]
  const first = await one.call<{ clientId: string }>('open', one.broker)
  const second = await other.call<{ clientId: string }>('open', other.broker)
  expect(first.clientId).not.toBe(second.clientId)
  const third = await open({ path: 'outbox.html', broker: chaos.url })
  const refusal = await third.call('open', third.broker, { clientId: first.clientId })
  expect(refusal).toMatchObject({ error: { name: 'MqttError', code: 'outbox_in_use' } })
  await one.page.close()
  expect(await third.call('open', third.broker, { clientId: first.clientId })).toEqual({ clientId: first.clientId })
})

test('without Web Locks tabs ask each other whose an outbox is', async ({ open, chaos, topic, arriving, context }) => {
  await context.addInitScript(() => Object.defineProperty(navigator, 'locks', { value: undefined }))
  const messages = await arriving(topic)
  chaos.refusing = true
  const [one, other] = [await open({ path: 'outbox.html', broker: chaos.url }), await open({ path: 'outbox.html', broker: chaos.url })]
  const first = await one.call<{ clientId: string }>('open', one.broker)
  const second = await other.call<{ clientId: string }>('open', other.broker)
  expect(second.clientId).not.toBe(first.clientId)
  await one.call('publish', topic, [1], { qos: 2 })
  await other.call('publish', topic, [2], { qos: 2 })
  await reload(one)
  expect(await one.call('open', one.broker)).toEqual(first)
  // For want of locks, connections cannot be shared.
  const refused = await other.call<{ error?: { code: string } }>('open', other.broker, { shared: true, prepare: undefined })
  expect(refused.error?.code).toBe('not_supported')
  chaos.refusing = false
  await expect.poll(() => messages.map(({ text }) => text).sort()).toEqual(['1', '2'])
})

test('one page sends what three dead tabs left, each by its own client identifier', async ({ open, chaos, topic, arriving }) => {
  const messages = await arriving(`${topic}/#`)
  const tabs = [1, 2, 3].map(() => open({ path: 'outbox.html', broker: chaos.url }))
  const ids: string[] = []
  for (const tab of await Promise.all(tabs)) {
    ids.push((await tab.call<{ clientId: string }>('open', tab.broker)).clientId)
    await expect.poll(async () => (await facts(tab)).state).toBe('connected')
  }
  chaos.refusing = true
  chaos.cut()
  for (const [index, tab] of (await Promise.all(tabs)).entries()) await tab.call('publish', `${topic}/${index}`, numbers(20), { qos: 2 })
  const first = (await Promise.all(tabs))[0] as Tab
  await expect.poll(() => first.call('stored')).toEqual({ slots: 3, records: 60 })
  for (const tab of await Promise.all(tabs)) await tab.crash()
  chaos.refusing = false

  const heir = await open({ path: 'outbox.html', broker: chaos.url })
  const { clientId } = await heir.call<{ clientId: string }>('open', heir.broker)
  expect(ids).toContain(clientId)
  await expect.poll(async () => (await facts(heir)).delivered.length, { timeout: 30_000 }).toBe(60)
  for (const index of [0, 1, 2])
    expect(
      await expectAll(
        messages.filter((each) => each.topic === `${topic}/${index}`),
        20,
      ),
    ).toBe(0)
  await expect.poll(() => heir.call('stored')).toEqual({ slots: 1, records: 0 })
})

test('a browser that is started again sends what its tab left', async ({ site, chaos, topic, arriving }) => {
  const messages = await arriving(topic)
  const profile = await mkdtemp(join(tmpdir(), 'wsmq-profile-'))
  const { launchOptions } = test.info().project.use
  const start = async (): Promise<{ context: BrowserContext; call: <R>(method: string, ...given: unknown[]) => Promise<R> }> => {
    const context = await chromium.launchPersistentContext(profile, launchOptions)
    const page = await context.newPage()
    await page.goto(`${site.url}outbox.html`)
    await page.waitForFunction(() => 'client' in globalThis)
    const call = <R>(method: string, ...given: unknown[]) =>
      page.evaluate(
        ([name, all]) => (globalThis as unknown as { client: Record<string, (...given: unknown[]) => never> }).client[name]!(...all),
        [method, given] as const,
      ) as Promise<R>
    return { context, call }
  }
  try {
    chaos.refusing = true
    const before = await start()
    await before.call('open', chaos.url)
    await before.call('publish', topic, numbers(30), { qos: 2 })
    await before.context.close()
    chaos.refusing = false
    const after = await start()
    await after.call('open', chaos.url)
    expect(await expectAll(messages, 30)).toBe(0)
    await expect.poll(async () => (await after.call<Facts>('facts')).delivered.length).toBe(30)
    await after.context.close()
  } finally {
    await rm(profile, { recursive: true, force: true })
  }
})

test('full storage is reported once, and survived', async ({ open, chaos, topic, arriving, site }) => {
  const messages = await arriving(topic)
  const tab = await open({ path: 'outbox.html', broker: chaos.url })
  const devtools = await tab.page.context().newCDPSession(tab.page)
  const { origin } = new URL(site.url)
  // Before the database is opened: Chromium asks for the quota once in a while only.
  await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  await tab.call('open', tab.broker)
  await expect.poll(async () => (await facts(tab)).state).toBe('connected')
  await tab.call('publish', topic, numbers(3), { qos: 2 }, 10_000)
  expect(await expectAll(messages, 3)).toBe(0)
  await expect
    .poll(async () => (await facts(tab)).errors.map(({ code, cause }) => [code, cause]))
    .toEqual([['outbox_failed', 'QuotaExceededError']])
  chaos.stall()
  await tab.call('publish', topic, numbers(3, 4), { qos: 2 }, 10_000)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin })
  // Storing resumes: what could not be stored is there.
  await expect.poll(async () => (await tab.call<{ records: number }>('stored')).records, { timeout: 30_000 }).toBe(3)
  chaos.resume()
  expect(await expectAll(messages, 6)).toBe(0)
  expect((await facts(tab)).errors.length).toBe(1)
})

test('a database that is deleted meanwhile is made anew, with all that is unfinished', async ({ open, chaos, topic, arriving }) => {
  const messages = await arriving(topic)
  chaos.refusing = true
  const tab = await open({ path: 'outbox.html', broker: chaos.url })
  await tab.call('open', tab.broker)
  await tab.call('publish', topic, numbers(5), { qos: 1 })
  await expect.poll(() => tab.call('stored')).toEqual({ slots: 1, records: 5 })
  await tab.call('deleteDatabase')
  await tab.call('publish', topic, [6], { qos: 1 })
  await expect.poll(() => tab.call('stored')).toEqual({ slots: 1, records: 6 })
  await reload(tab)
  chaos.refusing = false
  await tab.call('open', tab.broker)
  expect(await expectAll(messages, 6)).toBe(0)
})

test('a page without IndexedDB is told, and delivers from memory', async ({ open, chaos, topic, arriving }) => {
  const messages = await arriving(topic)
  const tab = await open({ path: 'outbox.html', broker: chaos.url })
  await tab.page.evaluate(() => Object.defineProperty(globalThis, 'indexedDB', { value: undefined }))
  await tab.call('open', tab.broker)
  await tab.call('publish', topic, numbers(5), { qos: 2 })
  expect(await expectAll(messages, 5)).toBe(0)
  await expect.poll(async () => (await facts(tab)).errors.map(({ code }) => code)).toEqual(['outbox_failed'])
})

test('of a webapp, messages to rooms and peers and its own topics are sent later; requests and presence are not', async ({
  open,
  chaos,
  topic,
  arriving,
}) => {
  const root = `${topic}/`
  const messages = await arriving(`${root}#`)
  const own = await arriving('own/topic')
  const tab = await open({ path: 'outbox.html', broker: chaos.url })
  const uid = await tab.call<string>('join', tab.broker, { root })
  await expect.poll(async () => (await facts(tab)).backlog).toBe(0)
  chaos.refusing = true
  chaos.cut()
  await expect.poll(async () => (await facts(tab)).state).toBe('reconnecting')
  const before = messages.length
  await tab.call('say', 'lobby', 'acme:bob:peer')
  await expect.poll(async () => (await tab.call<{ records: number }>('stored')).records).toBe(3)
  await tab.crash()
  chaos.refusing = false

  const next = await open({ path: 'outbox.html', broker: chaos.url })
  const nextUid = await next.call<string>('join', next.broker, { root })
  expect(nextUid).not.toBe(uid)
  await expect.poll(async () => (await facts(next)).delivered.length).toBe(3)
  await expect.poll(() => own.length).toBe(1)
  const said = messages.slice(before).filter((each) => !each.topic.includes('/status/') && !each.topic.includes('/_roll/'))
  expect(said.map((each) => [each.topic.slice(root.length), each.text])).toEqual([
    [`webapp/room/lobby/${uid}`, '{"said":1}'],
    [`webapp/peer/acme:bob:peer/${uid}`, '{"said":2}'],
  ])
  // The dead webapp is gone, and the new one is present.
  await expect.poll(() => messages.findLast((each) => each.topic.endsWith(`/status/${uid}`))?.text).toBe('')
  expect(messages.findLast((each) => each.topic.endsWith(`/status/${nextUid}`))?.text).toContain('"online":true')
})
