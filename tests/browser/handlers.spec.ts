import { expect, name, test, versions } from './support.js'

for (const protocolVersion of versions) {
  test(`${name(protocolVersion)}: a handler that throws is reported and stops nothing`, async ({ open, topic }) => {
    const tab = await open()
    await tab.connect({ protocolVersion })
    await tab.subscribeThrowing(topic, { qos: 1 })
    for (const text of ['bad', 'good', 'bad', 'better']) await tab.publish(topic, text, { qos: 1 })
    await tab.receives(['good', 'better'].map((text) => ({ topic, text, qos: 1, retain: false })))

    const { errors, states } = await tab.facts()
    expect(errors.map(({ name, message }) => `${name}: ${message}`)).toEqual([
      'RangeError: the handler cannot bear this message',
      'RangeError: the handler cannot bear this message',
    ])
    expect(states.map(({ state }) => state)).toEqual(['connecting', 'connected'])
  })

  test(`${name(protocolVersion)}: many that throw in one WebSocket message leak nothing`, async ({ open, topic, chaos }) => {
    chaos.toClient = { kind: 'coalesce', bytes: 1 << 20, within: 30 }
    const tab = await open({ broker: chaos.url })
    await tab.connect({ protocolVersion })
    await tab.subscribeThrowing(topic, { qos: 1 })
    await Promise.all(Array.from({ length: 200 }, () => tab.publish(topic, 'bad', { qos: 1 })))
    await tab.publish(topic, 'good', { qos: 1 })
    await tab.receives([{ topic, text: 'good', qos: 1, retain: false }])
    expect((await tab.facts()).errors).toHaveLength(200)
    expect(await tab.disconnect()).toEqual({ unfinished: 0 })
  })
}
