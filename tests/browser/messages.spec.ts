import { keepAwake } from '../support/keep-awake.mjs'
import { digestOf, expect, name, test, versions } from './support.js'

for (const protocolVersion of versions) {
  test.describe(name(protocolVersion), () => {
    for (const qos of [0, 1, 2] as const) {
      test(`two tabs exchange messages at QoS ${qos}`, async ({ open, topic }) => {
        const [ann, ben] = [await open(), await open()]
        await ann.connect({ protocolVersion })
        await ben.connect({ protocolVersion })
        expect(await ann.subscribe(`${topic}/to-ann`, { qos })).toEqual([qos])
        expect(await ben.subscribe(`${topic}/to-ben`, { qos })).toEqual([qos])

        await ann.publish(`${topic}/to-ben`, 'good morning', { qos })
        await ben.receives([{ topic: `${topic}/to-ben`, text: 'good morning', qos, retain: false }])
        await ben.publish(`${topic}/to-ann`, 'grüß dich 👋', { qos })
        await ann.receives([{ topic: `${topic}/to-ann`, text: 'grüß dich 👋', qos, retain: false }])

        expect(await ann.disconnect()).toEqual({ unfinished: 0 })
        expect(await ben.disconnect()).toEqual({ unfinished: 0 })
      })

      test(`300 messages of one task arrive once and in order at QoS ${qos}`, async ({ open, topic }) => {
        const tab = await open()
        await tab.connect({ protocolVersion })
        await tab.subscribeNumbers(topic, { qos })
        await tab.publishAtOnce(topic, 300, { qos })
        await expect.poll(async () => (await tab.facts()).numbers).toEqual({ total: 300, distinct: 300, inOrder: true })
      })
    }

    test('a retained message awaits those who come later, until it is cleared', async ({ open, topic }) => {
      const [early, late, later] = [await open(), await open(), await open()]
      for (const tab of [early, late, later]) await tab.connect({ protocolVersion })
      await early.publish(topic, 'kept', { qos: 1, retain: true })

      await late.subscribe(topic, { qos: 1 })
      await late.receives([{ topic, text: 'kept', qos: 1, retain: true }])

      await early.publish(topic, '', { qos: 1, retain: true })
      await later.subscribe(topic, { qos: 1 })
      await early.publish(topic, 'live', { qos: 1 })
      await later.receives([{ topic, text: 'live', qos: 1, retain: false }])
    })

    test('payloads from nothing to 8 MiB arrive as they were', async ({ open, topic, broker, closing }) => {
      await closing(keepAwake(broker))
      const sizes = [0, 1, 127, 128, 16_383, 16_384, 65_535, 1 << 20, 8 << 20]
      const [sender, receiver] = [await open(), await open()]
      await sender.connect({ protocolVersion })
      await receiver.connect({ protocolVersion })
      await receiver.subscribe(`${topic}/+`, { qos: 1 })
      for (const size of sizes) await sender.publish(`${topic}/${size}`, { size, seed: size + 1 }, { qos: 1 })

      await expect.poll(async () => (await receiver.facts()).messages, { timeout: 30_000 }).toBe(sizes.length)
      const received = await receiver.digests()
      expect(received).toEqual(sizes.map((size) => ({ topic: `${topic}/${size}`, size, digest: digestOf(size, size + 1) })))
    })

    test('wildcards, and several filters in one subscription', async ({ open, topic }) => {
      const tab = await open()
      await tab.connect({ protocolVersion })
      expect(await tab.subscribe([`${topic}/+/state`, `${topic}/all/#`], { qos: 1 })).toEqual([1, 1])
      for (const rest of ['lamp/state', 'lamp/other', 'all', 'all/of/them']) await tab.publish(`${topic}/${rest}`, rest, { qos: 1 })
      await tab.receives(
        ['lamp/state', 'all', 'all/of/them'].map((rest) => ({ topic: `${topic}/${rest}`, text: rest, qos: 1, retain: false })),
      )
    })
  })
}
