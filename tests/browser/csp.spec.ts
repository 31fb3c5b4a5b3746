import { startPageServer, strictContentSecurityPolicy } from '../support/page-server.mjs'
import { dist, expect, name, pages, test, versions } from './support.js'

for (const protocolVersion of versions) {
  for (const path of ['client.html', 'client.html?wasm']) {
    test(`${name(protocolVersion)}: ${path} works under a strict Content-Security-Policy`, async ({ open, topic, broker, closing }) => {
      const server = await closing(startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort }))
      const tab = await open({ site: server.url, path })
      const served = await tab.page.request.get(server.url + path)
      expect(served.headers()['content-security-policy']).toBe(strictContentSecurityPolicy)

      // A path alone is a broker on the page's own server.
      await tab.connect({ protocolVersion }, '/ws_mqtt')
      await tab.subscribe(topic, { qos: 2 })
      await tab.publish(topic, 'allowed', { qos: 2 })
      await tab.receives([{ topic, text: 'allowed', qos: 2, retain: false }])
      await tab.disconnect()

      expect(await tab.violations()).toEqual([])
      expect(tab.console).toEqual([])
    })
  }
}
