// nginx in front of a broker, for many connections.
import { freePort, startOnFreePorts } from '../../tests/support/free-port.mjs'
import { startNginx } from '../../tests/support/nginx.mjs'

/** @param {string} broker its address, ws:// */
export function startProxy(broker) {
  const { host, pathname } = new URL(broker)
  return startOnFreePorts(async () => {
    const port = await freePort()
    const server = `access_log off;
server {
  listen 127.0.0.1:${port};
  location ${pathname} {
    proxy_pass http://${host};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
    proxy_read_timeout 3600s;
  }
}`
    const nginx = await startNginx([port], async () => server, frame)
    return { url: `ws://127.0.0.1:${port}${pathname}`, close: () => nginx.close() }
  })
}

/** @param {string} http */
const frame = (http) => `${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
worker_rlimit_nofile 20000;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 20000; }
http {
${http}
}
`
