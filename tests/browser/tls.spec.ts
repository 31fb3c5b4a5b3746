// Through a real nginx with TLS, by the snippet that deploy/ gives to users.
import { startProxy } from '../support/proxy.mjs'
import { keepAwake } from '../support/keep-awake.mjs'
import { digestOf, dist, expect, name, pages, test, versions } from './support.js'
import { startTrustingBrowser } from './trusting.js'

for (const protocolVersion of versions) {
  test(`${name(protocolVersion)}: wss through nginx at /ws_mqtt`, async ({ open, topic, broker, closing }) => {
    const nginx = await closing(startProxy({ brokerPort: broker.webSocketPort, root: pages, dist }))
    const [ann, ben] = [await open({ site: nginx.url }), await open({ site: nginx.url })]
    await ann.connect({ protocolVersion }, '/ws_mqtt')
    await ben.connect({ protocolVersion }, nginx.webSocketUrl)
    await ben.subscribe(topic, { qos: 2 })
    const sizes = [0, 1, 65_535, 1 << 20]
    await closing(keepAwake(broker))
    for (const size of sizes) await ann.publish(topic, { size }, { qos: 2 })
    await expect.poll(async () => (await ben.facts()).messages).toBe(sizes.length)
    expect(await ben.digests()).toEqual(sizes.map((size) => ({ topic, size, digest: digestOf(size) })))
    expect(await ann.violations()).toEqual([])
  })

  test(`${name(protocolVersion)}: nginx that goes away and comes back`, async ({ open, topic, broker, closing }) => {
    const nginx = await closing(startProxy({ brokerPort: broker.webSocketPort, root: pages, dist }))
    const tab = await open({ site: nginx.url })
    await tab.connect({ protocolVersion, reconnect: { minDelay: 50, maxDelay: 500 } }, '/ws_mqtt')
    await tab.subscribe(topic, { qos: 1 })
    await nginx.stop('SIGTERM')
    await tab.reaches('reconnecting')
    const publishing = tab.publish(topic, 'patience', { qos: 1 })
    await nginx.start()
    await publishing
    await tab.receives([{ topic, text: 'patience', qos: 1, retain: false }])
  })
}

for (const [place, options] of [
  ['in a worker', { worker: true }],
  ['in a SharedWorker', { shared: { via: 'worker' } }],
  ['in a tab that the others elected', { shared: { via: 'tab' } }],
] as const)
  test(`wss through nginx at /ws_mqtt ${place}`, async ({ open, topic, broker, closing }) => {
    const nginx = await closing(startProxy({ brokerPort: broker.webSocketPort, root: pages, dist }))
    const browser = await closing(startTrustingBrowser(nginx.port))
    const context = await browser.newContext()
    const [ann, ben] = [await open({ site: nginx.url, context }), await open({ site: nginx.url, context })]
    for (const tab of [ann, ben]) await tab.connect(options, '/ws_mqtt')
    await ben.subscribe(topic, { qos: 1 })
    await ann.publish(topic, 'hello', { qos: 1 })
    await ben.receives([{ topic, text: 'hello', qos: 1, retain: false }])
    for (const tab of [ann, ben]) expect(await tab.violations()).toEqual([])
    for (const tab of [ann, ben]) await tab.disconnect()
  })
