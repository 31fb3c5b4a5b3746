import { PacketWatch } from './packet-watch.js'
import { expect, name, test, versions } from './support.js'

for (const protocolVersion of versions) {
  test(`${name(protocolVersion)}: 70,000 publishes at QoS 1 on one connection`, async ({ open, topic, broker, closing }) => {
    test.setTimeout(600_000)
    const count = 70_000
    const watch = await closing(PacketWatch.start(broker.url))
    const [sender, receiver] = [await open(), await open()]
    await sender.connect({ protocolVersion }, watch.url)
    await receiver.connect({ protocolVersion })
    await receiver.subscribeNumbers(topic, { qos: 1 })

    expect(await sender.publishNumbers(topic, count, { qos: 1 })).toEqual({ published: count, failures: [] })
    await expect
      .poll(async () => (await receiver.facts()).numbers, { timeout: 300_000 })
      .toEqual({ total: count, distinct: count, inOrder: true })
    expect(watch).toMatchObject({ published: count, acknowledged: count, faults: [] })
    // Nobody connected a second time to get there.
    expect((await sender.facts()).states.map(({ state }) => state)).toEqual(['connecting', 'connected'])
  })
}
