import { expect, name, test, versions } from './support.js'

// The page publishes to itself, in a session that the broker keeps over the restart: so MQTT promises that nothing is
// lost, and at QoS 2 that nothing comes twice.
for (const protocolVersion of versions) {
  for (const qos of [1, 2] as const) {
    test(`${name(protocolVersion)}: a broker that is stopped and started under traffic at QoS ${qos} loses nothing`, async ({
      open,
      topic,
      ownBroker,
    }) => {
      const count = 3000
      const tab = await open({ broker: ownBroker.url })
      await tab.connect({
        protocolVersion,
        clientId: 'persistent',
        cleanStart: false,
        sessionExpiryInterval: 600,
        reconnect: { minDelay: 50, maxDelay: 500 },
      })
      await tab.subscribeNumbers(topic, { qos })

      // Mosquitto 2.0.11 confirms a QoS 2 message of MQTT 3.1.1 beyond its 1000 in flight, and forgets it in a restart.
      const publishing = tab.publishNumbers(topic, count, { qos }, 500)
      for (const reached of [300, 1500]) {
        await expect.poll(async () => (await tab.facts()).numbers.total, { intervals: [10] }).toBeGreaterThan(reached)
        await ownBroker.stop()
        await tab.reaches('reconnecting')
        await ownBroker.start()
        await tab.reaches('connected')
      }

      expect(await publishing).toEqual({ published: count, failures: [] })
      await expect.poll(async () => (await tab.facts()).numbers.distinct).toBe(count)
      const { numbers, errors, states } = await tab.facts()
      if (qos === 2) expect(numbers.total).toBe(count)
      expect(errors).toEqual([])
      expect(states.filter(({ state }) => state === 'connected')).toHaveLength(3)
    })
  }

  test(`${name(protocolVersion)}: what is published while the broker is away goes out when it is back`, async ({
    open,
    topic,
    ownBroker,
  }) => {
    const tab = await open({ broker: ownBroker.url })
    await tab.connect({ protocolVersion, reconnect: { minDelay: 50, maxDelay: 500 } })
    await tab.subscribeNumbers(topic, { qos: 1 })
    await ownBroker.stop()
    await tab.reaches('reconnecting')
    const publishing = tab.publishAtOnce(topic, 500, { qos: 1 })
    await ownBroker.start()
    await publishing
    await expect.poll(async () => (await tab.facts()).numbers).toMatchObject({ distinct: 500 })
  })

  test(`${name(protocolVersion)}: subscriptions are renewed where a broker that crashed forgot them`, async ({
    open,
    topic,
    ownBroker,
  }) => {
    const tab = await open({ broker: ownBroker.url })
    await tab.connect({ protocolVersion, reconnect: { minDelay: 50, maxDelay: 500 } })
    await tab.subscribe(topic, { qos: 1 })
    await ownBroker.restart('SIGKILL')
    await expect.poll(async () => (await tab.facts()).states.filter(({ state }) => state === 'connected').length).toBe(2)
    await tab.publish(topic, 'heard again', { qos: 1 })
    await tab.receives([{ topic, text: 'heard again', qos: 1, retain: false }])
  })
}
