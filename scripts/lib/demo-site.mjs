import { createServer } from 'node:net'
import { freePort } from '../../tests/support/free-port.mjs'
import { adaptShipped, brokerAt, startNginx } from '../../tests/support/nginx.mjs'
import { demoContentSecurityPolicy, startPageServer } from '../../tests/support/page-server.mjs'
import { isInstalled } from './installed.mjs'
import { issuerProxy } from './issuer-proxy.mjs'
import { root as ours } from './root.mjs'

/**
 * @typedef {object} SiteOptions
 * @property {number} port 0 for any free one
 * @property {number} brokerPort its listener for browsers
 * @property {number} issuerPort
 * @property {boolean} [behindNginx] or a server of Node's, without TLS; where nginx is installed, if nothing is said
 */

/** The page, the broker at /ws_mqtt and the issuer at /issuer/. @param {SiteOptions} options */
export async function startDemoSite({ behindNginx, ...options }) {
  if (behindNginx) return startBehindNginx(options)
  if (behindNginx === undefined && isInstalled('nginx') && isInstalled('openssl')) {
    try {
      return await startBehindNginx(options)
    } catch (error) {
      // One that is built or packaged in another way. Where the port is the reason, there is no way round it.
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== undefined) throw error
      console.log(`nginx does not start: ${/** @type {Error} */ (error).message}`)
    }
  }
  return startByNode(options)
}

/** @param {Omit<SiteOptions, 'behindNginx'>} options */
async function startByNode({ port, brokerPort, issuerPort }) {
  const { url, close } = await startPageServer({
    port,
    brokerPort,
    roots: { '/': `${ours}demo/page`, '/dist/': `${ours}dist` },
    contentSecurityPolicy: demoContentSecurityPolicy,
    live: issuerProxy(issuerPort),
  })
  return { url, close, authority: undefined, title: 'a server of Node, without TLS, as there is no nginx' }
}

/** The site of deploy/, where the page is the demo and the certificate is made for this run. @param {Omit<SiteOptions, 'behindNginx'>} options */
async function startBehindNginx({ port: wanted, brokerPort, issuerPort }) {
  if (wanted !== 0) await checkFree(wanted)
  const port = wanted || (await freePort())
  const nginx = await startNginx([port], async (directory) => {
    await adaptShipped(directory, {
      'site.conf': siteChanges(directory, port),
      'websocket-mq.conf': [brokerAt(brokerPort)],
      'websocket-mq-http.conf': [],
      'issuer.conf': [['http://127.0.0.1:9003;', `http://127.0.0.1:${issuerPort};`]],
    })
    return 'include site.conf;\ninclude websocket-mq-http.conf;'
  })
  return { url: `https://localhost:${port}/`, close: nginx.close, authority: nginx.authority, title: 'nginx, under TLS' }
}

/** @param {string} directory @param {number} port @returns {[from: string, to: string][]} */
function siteChanges(directory, port) {
  return [
    // There is one address; what is without TLS has nowhere to go.
    ['listen 80;', `listen unix:${directory}/http.sock;`],
    ['listen 443 ssl', `listen 127.0.0.1:${port} ssl`],
    ['/etc/nginx/certificates/', `${directory}/`],
    ['# include /etc/nginx/snippets/issuer.conf;', 'include /etc/nginx/snippets/issuer.conf;'],
    ['/etc/nginx/snippets/', `${directory}/`],
    ['root /usr/share/nginx/html;', `root "${ours}demo/page";\n    location /dist/ { alias "${ours}dist/"; }`],
    // The page's user may name any broker.
    ["connect-src 'self';", "connect-src 'self' ws: wss:;"],
    // It would hold for every server at localhost.
    ['add_header Strict-Transport-Security "max-age=31536000" always;', ''],
  ]
}

/** nginx would only say it in its log. @param {number} port */
async function checkFree(port) {
  const probe = createServer()
  await new Promise((resolve, reject) => {
    probe.once('error', reject)
    probe.listen(port, '127.0.0.1', () => probe.close(resolve))
  })
}
