// A page of a real browser behind each proxy that deploy/ has a configuration for: loaded by HTTP/2, under the strict policy,
// with its broker at /ws_mqtt.
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { startCaddy } from '../support/caddy.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'
import { startHaproxy } from '../support/haproxy.mjs'
import { dist, expect, pages, test } from './support.js'

interface Site {
  url: string
  webSocketUrl: string
  /** The folder that is served. */
  pages: string
  log: () => string | Promise<string>
  close: () => Promise<void>
}
interface Proxy {
  start: (options: { brokerPort: number }) => Promise<Site>
  /** How it logs that a WebSocket came within HTTP/2, which HAProxy alone offers. */
  webSocket?: RegExp
}
const proxies: Record<string, Proxy> = {
  nginx: { start: startDeployedSite },
  HAProxy: { start: startHaproxy, webSocket: /GET \/ws_mqtt HTTP\/2\.0 / },
  Caddy: { start: startCaddy },
}

for (const [name, { start, webSocket }] of Object.entries(proxies))
  test(`pages and their broker behind ${name}`, async ({ open, topic, broker, closing }) => {
    const site = await closing(start({ brokerPort: broker.webSocketPort }))
    await cp(pages, site.pages, { recursive: true })
    await cp(dist, join(site.pages, 'dist'), { recursive: true })
    const [ann, ben] = [await open({ site: site.url }), await open({ site: site.url })]
    await ann.connect({}, '/ws_mqtt')
    await ben.connect({}, site.webSocketUrl)
    await ben.subscribe(topic, { qos: 1 })
    await ann.publish(topic, 'hello', { qos: 1 })
    await ben.receives([{ topic, text: 'hello', qos: 1, retain: false }])
    const protocols = await ann.page.evaluate(() =>
      (performance.getEntries() as PerformanceResourceTiming[]).map(({ nextHopProtocol }) => nextHopProtocol).filter(Boolean),
    )
    expect(new Set(protocols)).toEqual(new Set(['h2']))
    expect(await ann.violations()).toEqual([])
    if (webSocket) {
      await ann.page.close()
      await expect.poll(() => site.log()).toMatch(webSocket)
    }
  })
