import { startBroker } from '../support/broker.mjs'
import { PacketWatch } from './packet-watch.js'
import { expect, name, test, versions } from './support.js'

test("MQTT 5.0: the broker's receive maximum is kept", async ({ open, topic, closing }) => {
  const broker = await closing(startBroker({ settings: ['max_inflight_messages 5'] }))
  const watch = await closing(PacketWatch.start(broker.url))
  const tab = await open({ broker: watch.url })
  expect((await tab.connect({ protocolVersion: 5 })).negotiated).toMatchObject({ receiveMaximum: 5 })
  await tab.publishAtOnce(topic, 200, { qos: 1 })
  expect(watch).toMatchObject({ published: 200, acknowledged: 200, faults: [] })
  expect(watch.mostInUse).toBeLessThanOrEqual(5)
})

test("MQTT 5.0: a message above the broker's maximum packet size is refused here, and costs nobody the connection", async ({
  open,
  topic,
  closing,
}) => {
  const broker = await closing(startBroker({ settings: ['max_packet_size 2000'] }))
  const tab = await open({ broker: broker.url })
  expect((await tab.connect({ protocolVersion: 5 })).negotiated).toMatchObject({ maximumPacketSize: 2000 })
  await tab.subscribe(topic, { qos: 1 })
  await expect(tab.publish(topic, { size: 3000 }, { qos: 1 })).rejects.toThrow(/larger than the maximum packet size/)
  await tab.publish(topic, 'small', { qos: 1 })
  await tab.receives([{ topic, text: 'small', qos: 1, retain: false }])
  expect((await tab.facts()).states.map(({ state }) => state)).toEqual(['connecting', 'connected'])
})

test('MQTT 5.0: a tab whose session was taken over says so, and does not fight', async ({ open, broker, closing }) => {
  const watch = await closing(PacketWatch.start(broker.url))
  const tab = await open({ broker: watch.url })
  await tab.connect({ protocolVersion: 5, reconnect: { minDelay: 10, maxDelay: 50 } })
  // In the broker's place: Debian's Mosquitto closes the connection without a word.
  watch.tell(Buffer.from([0xe0, 1, 0x8e]))
  await tab.reaches('closed')
  expect((await tab.facts()).states.at(-1)?.error).toMatchObject({ name: 'ConnectionLostError', reasonCode: 0x8e })
  expect(watch.accepted).toBe(1)
})

for (const protocolVersion of versions) {
  test(`${name(protocolVersion)}: what is not sound is refused before it is sent`, async ({ open, topic }) => {
    const tab = await open()
    await tab.connect({ protocolVersion })
    for (const bad of ['', 'a/+', 'a/#', 'nul\0']) await expect(tab.publish(bad, 'x')).rejects.toThrow(/InvalidArgumentError/)
    for (const bad of ['', 'a/#/b', 'a#']) await expect(tab.subscribe(bad)).rejects.toThrow(/InvalidArgumentError/)
    await tab.subscribe(topic, { qos: 1 })
    await tab.publish(topic, 'fine', { qos: 1 })
    await tab.receives([{ topic, text: 'fine', qos: 1, retain: false }])
  })
}
