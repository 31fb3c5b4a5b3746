import { connect } from 'node:net'
import { refusalOf, refuseUpgrade } from './own-requests.mjs'

/**
 * Hands WebSocket upgrades at a path to a broker, if they come from the server's own pages or from no page: the request's
 * head is sent again as it came, and from then on the two connections are one stream of bytes. What is inside is none of
 * this proxy's business.
 * @param {import('node:http').Server} server
 * @param {{ path: string, port: number }} target
 */
export function proxyUpgrades(server, { path, port }) {
  server.on('upgrade', (request, browser, head) => {
    browser.on('error', () => browser.destroy())
    const refusal = refusalOf(request)
    if (refusal) return refuseUpgrade(browser, refusal.status, refusal.reason)
    if (request.url?.split('?')[0] !== path) return refuseUpgrade(browser, 404)
    if (request.method !== 'GET') return refuseUpgrade(browser, 405)
    if (request.headers.upgrade?.toLowerCase() !== 'websocket') return refuseUpgrade(browser, 400)
    const broker = connect(port, '127.0.0.1')
    broker.setNoDelay(true)
    broker.once('connect', () => {
      broker.write(headOf(request))
      broker.write(head)
      broker.pipe(browser)
      browser.pipe(broker)
    })
    broker.on('error', () => refuseUpgrade(browser, 502))
    broker.on('close', () => browser.destroy())
    browser.on('close', () => broker.destroy())
  })
}

/** @param {import('node:http').IncomingMessage} request */
function headOf({ method, url, rawHeaders }) {
  let text = `${method} ${url} HTTP/1.1\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) text += `${rawHeaders[i]}: ${rawHeaders[i + 1]}\r\n`
  return `${text}\r\n`
}
