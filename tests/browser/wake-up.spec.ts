import { expect, name, test, versions } from './support.js'

for (const protocolVersion of versions) {
  test(`${name(protocolVersion)}: a page that comes online again does not sit out its backoff`, async ({ open, topic, chaos, context }) => {
    const tab = await open({ broker: chaos.url })
    const hour = 3_600_000
    await tab.connect({ protocolVersion, reconnect: { minDelay: hour, maxDelay: hour } })
    await tab.subscribe(topic, { qos: 1 })

    chaos.refusing = true
    await context.setOffline(true)
    chaos.cut()
    await tab.reaches('reconnecting')
    chaos.refusing = false
    await context.setOffline(false)

    await tab.reaches('connected')
    await tab.publish(topic, 'awake', { qos: 1 })
    await tab.receives([{ topic, text: 'awake', qos: 1, retain: false }])
  })

  test(`${name(protocolVersion)}: a dead connection is found while the page goes on sending`, async ({ open, topic, chaos }) => {
    const tab = await open({ broker: chaos.url })
    await tab.connect({ protocolVersion, keepAlive: 1, reconnect: { minDelay: 10, maxDelay: 100 } })
    await tab.subscribeNumbers(topic, { qos: 1 })
    chaos.stall()
    const publishing = tab.publishAtOnce(topic, 100, { qos: 1 })
    await tab.reaches('reconnecting')
    expect((await tab.facts()).states.at(-1)?.error).toMatchObject({ code: 'keep_alive_timed_out' })
    chaos.resume()
    await publishing
    await expect.poll(async () => (await tab.facts()).numbers.distinct).toBe(100)
  })
}
