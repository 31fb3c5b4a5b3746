import { copyFile } from 'node:fs/promises'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { freePort } from './free-port.mjs'
import { addressesOf, startShippedProgram } from './shipped-program.mjs'
import { serveFiles } from './static-files.mjs'

/**
 * HAProxy with the file that deploy/ gives to users, before a small web server for the pages; only paths and ports are
 * changed, and what `changes` says.
 * @param {{ brokerPort: number, changes?: (readonly [from: string, to: string])[] }} options
 */
export async function startHaproxy({ brokerPort, changes = [] }) {
  const web = createServer()
  web.listen(0, '127.0.0.1')
  await once(web, 'listening')
  const webPort = /** @type {import('node:net').AddressInfo} */ (web.address()).port
  const closeWeb = () => (web.close(), web.closeAllConnections())
  const [http, https] = [await freePort(), await freePort()]
  /** @param {string} directory */
  const adapt = async (directory) => {
    await copyFile(join(directory, 'server.key'), join(directory, 'server.pem.key'))
    /** @type {(readonly [string, string])[]} */
    const asUser = process.getuid?.() === 0 ? [] : [['    user haproxy\n    group haproxy\n', '']]
    return /** @type {const} */ ([
      ...asUser,
      ['log /dev/log local0', 'log stdout format raw local0'],
      ['maxconn 20000', 'maxconn 1000'], // as many as the open files of a test's machine allow
      ['/run/haproxy/', `${directory}/`],
      ['/etc/haproxy/certificates/', `${directory}/`],
      ['bind :80', `bind 127.0.0.1:${http}`],
      ['bind :443', `bind 127.0.0.1:${https}`],
      ['127.0.0.1:9001', `127.0.0.1:${brokerPort}`],
      ['127.0.0.1:8080', `127.0.0.1:${webPort}`],
      ...changes,
    ])
  }
  try {
    const server = await startShippedProgram({
      program: 'haproxy',
      args: (configuration) => ['-W', '-db', '-f', configuration], // a master, which can be reloaded, in the foreground
      file: 'haproxy/haproxy.cfg',
      changes: adapt,
      ports: [http, https],
    })
    const files = serveFiles({ '/': server.pages })
    web.on('request', (request, response) => {
      request.headers.host = `127.0.0.1:${webPort}` // it takes requests of its own pages alone
      delete request.headers.origin
      response.setHeader('Server', 'web/1.0')
      files(request, response).catch((error) => response.destroy(error))
    })
    return {
      ...server,
      ...addressesOf(http, https),
      reload: () => server.signal('SIGUSR2'),
      close: async () => {
        await server.close()
        closeWeb()
      },
    }
  } catch (error) {
    closeWeb()
    throw error
  }
}
