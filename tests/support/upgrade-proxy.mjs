import { connect } from 'node:net'

/**
 * Hands WebSocket upgrades at a path to a broker: the request's head is sent again as it came, and from then on the two
 * connections are one stream of bytes. What is inside is none of this proxy's business.
 * @param {import('node:http').Server} server
 * @param {{ path: string, port: number }} target
 */
export function proxyUpgrades(server, { path, port }) {
  server.on('upgrade', (request, browser, head) => {
    browser.on('error', () => browser.destroy())
    if (request.url?.split('?')[0] !== path) return browser.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n')
    const broker = connect(port, '127.0.0.1')
    broker.setNoDelay(true)
    broker.once('connect', () => {
      broker.write(headOf(request))
      broker.write(head)
      broker.pipe(browser)
      browser.pipe(broker)
    })
    broker.on('error', () => browser.end('HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\n\r\n'))
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
