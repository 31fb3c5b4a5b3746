import { expect, test } from './support.js'

test('payloads and signals of an iframe are as good as those of the page', async ({ open, topic }) => {
  const tab = await open()
  await tab.connect()
  await tab.subscribe(topic, { qos: 1 })
  const reason = await tab.page.evaluate(async (to) => {
    const { mq } = (globalThis as unknown as { client: { mq: { publish: (...given: unknown[]) => Promise<unknown> } } }).client
    const frame = document.body.appendChild(document.createElement('iframe'))
    const realm = frame.contentWindow as unknown as typeof globalThis
    const bytes = [104, 105]
    for (const payload of [
      realm.Uint8Array.from(bytes),
      realm.Uint8Array.from(bytes).buffer,
      new realm.DataView(realm.Uint8Array.from(bytes).buffer),
    ])
      await mq.publish(to, payload, { qos: 1 })
    const signal = realm.AbortSignal.abort('not wanted')
    return mq.publish(to, 'x', { qos: 1, signal }).catch((thrown: unknown) => thrown)
  }, topic)
  expect(reason).toBe('not wanted')
  await tab.receives(Array(3).fill({ topic, text: 'hi', qos: 1, retain: false }))
})

test("a page in about:srcdoc reaches the broker of the page's server by a path", async ({ open, topic }) => {
  const tab = await open()
  await tab.page.evaluate(() => {
    const frame = document.createElement('iframe')
    frame.srcdoc = '<script type="module" src="client.js"></script>'
    document.body.append(frame)
  })
  const frame = tab.page.frames().at(-1)!
  await frame.waitForFunction(() => 'client' in globalThis)
  const granted = await frame.evaluate(async (filter) => {
    const { client } = globalThis as unknown as { client: Record<string, (...given: unknown[]) => Promise<unknown>> }
    await client['connect']!('/ws_mqtt')
    return client['subscribe']!(filter)
  }, topic)
  expect(granted).toEqual([0])
})

test('a path is relative to the base of the page', async ({ open }) => {
  const tab = await open()
  await tab.page.evaluate(() => {
    document.head.appendChild(document.createElement('base')).href = '/some/where/'
  })
  await tab.connect({}, '../../ws_mqtt')
})
