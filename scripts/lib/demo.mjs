import { startBroker } from '../../tests/support/broker.mjs'
import { demoContentSecurityPolicy, startPageServer } from '../../tests/support/page-server.mjs'
import { DemoPrograms } from './demo-programs.mjs'
import { root as ours } from './root.mjs'

/**
 * For npm run dev: Mosquitto, which takes everybody, and the demo page. `programs` talk with the page; the caller starts them.
 * @param {number} [port] the page's; 0 is any free one
 * @param {{ root?: string, live?: import('./live-reload.mjs').LiveReload }} [options] `root`: of the work tree; `live`:
 * reloads the page
 */
export async function startDemo(port = 0, { root = ours, live } = {}) {
  const broker = await startBroker()
  const brokerUrl = `mqtt://127.0.0.1:${broker.tcpPort}`
  const programs = new DemoPrograms({ url: brokerUrl })
  const roots = { '/': `${root}demo/page`, '/dist/': `${root}dist` }
  const pages = await startPageServer({
    port,
    brokerPort: broker.webSocketPort,
    roots,
    contentSecurityPolicy: demoContentSecurityPolicy,
    ...(live ? { live } : {}),
  }).catch(async (error) => {
    await broker.close()
    throw error
  })
  return {
    broker,
    brokerUrl,
    programs,
    url: pages.url,
    async close() {
      await pages.close()
      await programs.close()
      await broker.close()
    },
  }
}
