import { startOnFreePorts } from '../../tests/support/free-port.mjs'
import { backends } from './backends.mjs'
import { startDemoBroker } from './demo-broker.mjs'
import { startDemoIssuer } from './demo-issuer.mjs'
import { DemoPrograms, serialNumbers, serviceOf } from './demo-programs.mjs'
import { startDemoSite } from './demo-site.mjs'
import { Endings } from './endings.mjs'

/** Tells what is going on with a part. @typedef {(part: string, text: string) => void} Tell */

/**
 * The deployment in small: Mosquitto with access rules, the issuer, nginx with the page. `programs` take part in it; the
 * caller starts them.
 * @param {{ port?: number, behindNginx?: boolean, tell?: Tell }} [options] port: the page's; 0 is any free one
 */
export async function startDeployment({ port = 0, behindNginx, tell = () => {} } = {}) {
  const endings = new Endings()
  try {
    const services = backends().map((backend) => ({ role: 'service', name: serviceOf(backend) }))
    const devices = serialNumbers.map((name) => ({ role: 'device', name }))
    const broker = endings.add(await startOnFreePorts(() => startDemoBroker([...services, ...devices])))
    tell('Mosquitto', 'started, with access rules')
    const issuer = endings.add(await startOnFreePorts(() => startDemoIssuer({ url: broker.tcpUrl, password: broker.issuerPassword })))
    tell('Issuer', 'started')
    const ports = { brokerPort: broker.webSocketPort, issuerPort: issuer.port }
    const start = () => startDemoSite({ port, ...ports, ...(behindNginx === undefined ? {} : { behindNginx }) })
    const site = endings.add(await (port === 0 ? startOnFreePorts(start) : start()))
    tell('Site', `started: ${site.title}`)
    const programs = endings.add(new DemoPrograms({ url: broker.tcpUrl, passwordOf: broker.passwordOf, tell }))
    return { broker, programs, url: site.url, authority: site.authority, close: () => endings.close() }
  } catch (error) {
    await endings.close()
    throw error
  }
}
