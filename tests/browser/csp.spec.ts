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

test('a broker that the Content-Security-Policy forbids is an error at once, which names the directive', async ({
  open,
  broker,
  closing,
}) => {
  const server = await closing(startPageServer({ roots: { '/': pages, '/dist/': dist }, brokerPort: broker.webSocketPort }))
  const tab = await open({ site: server.url })
  const error = await tab.failToConnect({}, `${broker.url}?ticket=1`)
  expect(error).toMatchObject({ name: 'ConnectionFailedError', code: 'transport_failed' })
  expect(error.message).toContain(`add ws://127.0.0.1:${broker.webSocketPort} to its connect-src`)
  // The next address has its turn.
  await tab.connect({}, [broker.url, '/ws_mqtt'])
  await tab.disconnect()

  const classic = await open({ site: server.url, path: 'paho.html' })
  await classic.call('start', broker.url, {})
  await expect.poll(() => classic.call('notes')).toEqual([['failed', 7, 'mine', expect.stringContaining('connect-src')]])
})
