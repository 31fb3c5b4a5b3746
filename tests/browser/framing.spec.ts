import { digestOf, expect, name, test, versions } from './support.js'

// WebSocket messages have no meaning in MQTT: a packet may come in many, and many packets in one.
const shapes = {
  'one byte in a message': { kind: 'split', bytes: 1 },
  'seven bytes in a message': { kind: 'split', bytes: 7 },
  'messages of random length': { kind: 'split-randomly', seed: 20, most: 300 },
  'as many packets in a message as 50 ms bring': { kind: 'coalesce', bytes: 1 << 20, within: 50 },
} as const

for (const protocolVersion of versions) {
  test.describe(name(protocolVersion), () => {
    for (const [how, shape] of Object.entries(shapes)) {
      test(`everything arrives with ${how}`, async ({ open, topic, chaos }) => {
        chaos.toClient = shape
        const tab = await open()
        await tab.connect({ protocolVersion }, chaos.url)
        await tab.subscribeNumbers(`${topic}/numbers`, { qos: 2 })
        await tab.subscribe(`${topic}/large`, { qos: 1 })

        await tab.publishAtOnce(`${topic}/numbers`, 200, { qos: 2 })
        for (const size of [0, 200, 20_000]) await tab.publish(`${topic}/large`, { size }, { qos: 1 })

        await expect.poll(async () => (await tab.facts()).numbers).toEqual({ total: 200, distinct: 200, inOrder: true })
        await expect.poll(async () => (await tab.facts()).messages).toBe(3)
        expect(await tab.digests()).toEqual([0, 200, 20_000].map((size) => ({ topic: `${topic}/large`, size, digest: digestOf(size) })))
        expect(chaos.accepted).toBe(1)
      })
    }

    test('a broker that is sent pieces understands them', async ({ open, topic, chaos }) => {
      chaos.toBroker = { kind: 'split-randomly', seed: 7, most: 100 }
      const tab = await open()
      await tab.connect({ protocolVersion }, chaos.url)
      await tab.subscribe(topic, { qos: 1 })
      await tab.publish(topic, { size: 20_000 }, { qos: 1 })
      await expect.poll(async () => (await tab.facts()).messages).toBe(1)
      expect(await tab.digests()).toEqual([{ topic, size: 20_000, digest: digestOf(20_000) }])
    })
  })
}
