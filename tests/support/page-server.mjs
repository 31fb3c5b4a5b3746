import { createServer } from 'node:http'
import { serveFiles } from './static-files.mjs'
import { proxyUpgrades } from './upgrade-proxy.mjs'

/** What a careful site sends. The wasm module has to work under it: no eval, no inline script, no other host. */
export const strictContentSecurityPolicy =
  "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

/** The same for a page whose user may name any broker. */
export const demoContentSecurityPolicy = strictContentSecurityPolicy.replace("connect-src 'self'", "connect-src 'self' ws: wss:")

/**
 * @typedef {object} PageServerOptions
 * @property {Record<string, string>} roots URL prefixes, each with a slash at its end, and the directories behind them
 * @property {number} [port] 0, the default, takes a free one
 * @property {number} [brokerPort] where upgrades at /ws_mqtt go
 * @property {string} [contentSecurityPolicy] the strict one by default; '' sends none
 * @property {{ answer: (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, headers: Record<string, string>) => Promise<boolean> }} [live] is
 *   asked first
 */

/**
 * Serves pages and passes /ws_mqtt on to a broker, as nginx does in production: to its own pages, and what is no page.
 * @param {PageServerOptions} options
 */
export async function startPageServer({ roots, port = 0, brokerPort, contentSecurityPolicy = strictContentSecurityPolicy, live }) {
  /** @type {Record<string, string>} */
  const headers = { 'X-Content-Type-Options': 'nosniff' }
  if (contentSecurityPolicy) headers['Content-Security-Policy'] = contentSecurityPolicy
  const files = serveFiles(roots, headers)
  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  const answer = async (request, response) => {
    if (!(await live?.answer(request, response, headers))) await files(request, response)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error) => response.destroy(error))
  })
  const upgraded = new Set()
  if (brokerPort) {
    proxyUpgrades(server, { path: '/ws_mqtt', port: brokerPort })
    server.on('upgrade', (_, socket) => upgraded.add(socket) && socket.once('close', () => upgraded.delete(socket)))
  }

  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(undefined))
  })
  const chosen = /** @type {import('node:net').AddressInfo} */ (server.address()).port
  return {
    port: chosen,
    url: `http://127.0.0.1:${chosen}/`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      for (const socket of upgraded) socket.destroy()
      await closed
    },
  }
}
