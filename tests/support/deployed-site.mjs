import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from './free-port.mjs'
import { adaptShipped, brokerAt, shippedFrame, startNginx } from './nginx.mjs'

/**
 * nginx with the whole site that deploy/ gives to users; only paths and ports are changed, and what `changes` says.
 * @param {object} options
 * @param {number} options.brokerPort
 * @param {Record<string, [from: string, to: string][]>} [options.changes] by file, as an operator would make them
 */
export async function startDeployedSite({ brokerPort, changes = {} }) {
  const [http, https] = [await freePort(), await freePort()]
  /** @param {string} directory */
  const configure = async (directory) => {
    await mkdir(join(directory, 'html'))
    await writeFile(join(directory, 'html', 'index.html'), 'the page')
    await adaptShipped(directory, {
      'site.conf': [
        ['listen 80;', `listen 127.0.0.1:${http};`],
        ['listen 443 ssl http2;', `listen 127.0.0.1:${https} ssl http2;`],
        ['/etc/nginx/certificates/', `${directory}/`],
        ['/etc/nginx/snippets/', `${directory}/`],
        ['/usr/share/nginx/html', `${directory}/html`],
        ...(changes['site.conf'] ?? []),
      ],
      'websocket-mq.conf': [brokerAt(brokerPort), ...(changes['websocket-mq.conf'] ?? [])],
      'websocket-mq-http.conf': changes['websocket-mq-http.conf'] ?? [],
      'websocket-mq-auth.conf': changes['websocket-mq-auth.conf'] ?? [],
      'issuer.conf': changes['issuer.conf'] ?? [],
    })
    // In the order in which nginx reads conf.d, where the site is called default.conf.
    return 'include site.conf;\ninclude websocket-mq-http.conf;'
  }
  const nginx = await startNginx([http, https], configure, shippedFrame(changes['nginx.conf'] ?? []))
  return {
    httpUrl: `http://127.0.0.1:${http}/`,
    url: `https://localhost:${https}/`,
    webSocketUrl: `wss://localhost:${https}/ws_mqtt`,
    port: https,
    /** The folder of its pages. */
    pages: join(nginx.directory, 'html'),
    ...nginx,
  }
}
