import { freePort, startOnFreePorts } from './free-port.mjs'
import { adaptShipped, brokerAt, startNginx } from './nginx.mjs'
import { strictContentSecurityPolicy } from './page-server.mjs'

/**
 * A real nginx with TLS: files at /, the broker at /ws_mqtt by the very files that deploy/ gives to users.
 * @param {{ brokerPort: number, root: string, dist?: string, contentSecurityPolicy?: string }} options
 *   root: the directory served at /; dist: one served at /dist/
 */
export async function startProxy({ brokerPort, root, dist, contentSecurityPolicy = strictContentSecurityPolicy }) {
  return startOnFreePorts(async () => {
    const port = await freePort()
    const nginx = await startNginx([port], async (directory) => {
      await adaptShipped(directory, { 'websocket-mq.conf': [brokerAt(brokerPort)], 'websocket-mq-http.conf': [] })
      return site({ port, root, dist, contentSecurityPolicy })
    })
    return { port, url: `https://localhost:${port}/`, webSocketUrl: `wss://localhost:${port}/ws_mqtt`, ...nginx }
  })
}

/** @param {{ port: number, root: string, dist: string | undefined, contentSecurityPolicy: string }} options */
function site({ port, root, dist, contentSecurityPolicy }) {
  return `
  types { text/html html; text/css css; text/javascript js mjs; application/wasm wasm; application/json json map; image/svg+xml svg; }
  include websocket-mq-http.conf;
  server {
    listen 127.0.0.1:${port} ssl;
    server_name localhost;
    ssl_certificate server.pem;
    ssl_certificate_key server.key;
    ${contentSecurityPolicy ? `add_header Content-Security-Policy "${contentSecurityPolicy}";` : ''}
    add_header Cache-Control no-cache;
    root "${root}";
    ${dist ? `location /dist/ { alias "${dist.replace(/\/*$/, '/')}"; }` : ''}
    include websocket-mq.conf;
  }`
}
