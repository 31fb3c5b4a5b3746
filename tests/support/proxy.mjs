import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.mjs'
import { strictContentSecurityPolicy } from './page-server.mjs'
import { ServerProcess } from './server-process.mjs'

const snippet = fileURLToPath(new URL('../../deploy/nginx/websocket-mq.conf', import.meta.url))

/**
 * A real nginx with TLS: files at /, the broker at /ws_mqtt by the very snippet that deploy/ gives to users.
 * Its certificate, for localhost and 127.0.0.1, is signed by an authority made for this one run (`authority` is its file).
 * @param {{ brokerPort: number, root: string, dist?: string, contentSecurityPolicy?: string }} options
 *   root: the directory served at /; dist: one served at /dist/
 */
export async function startProxy({ brokerPort, root, dist, contentSecurityPolicy = strictContentSecurityPolicy }) {
  const attempts = 3 // a free port may be taken by somebody else before nginx has it
  for (let attempt = 1; ; ++attempt) {
    const directory = await mkdtemp(join(tmpdir(), 'wsmq-nginx-'))
    await chmod(directory, 0o700)
    const port = await freePort()
    makeCertificate(directory)
    await writeConfiguration(directory, { port, brokerPort, root, dist, contentSecurityPolicy })
    process.env['PATH'] += ':/usr/sbin:/usr/local/sbin' // Debian keeps servers where a user's PATH does not look
    const nginx = new ServerProcess('nginx', ['-e', join(directory, 'error.log'), '-p', directory, '-c', join(directory, 'nginx.conf')])
    const close = async () => {
      await nginx.stop()
      await rm(directory, { recursive: true, force: true })
    }
    try {
      await nginx.start([port])
      return {
        port,
        url: `https://localhost:${port}/`,
        webSocketUrl: `wss://localhost:${port}/ws_mqtt`,
        authority: join(directory, 'authority.pem'),
        start: () => nginx.start([port]),
        stop: (/** @type {NodeJS.Signals | undefined} */ signal) => nginx.stop(signal),
        log: () => readFile(join(directory, 'error.log'), 'utf8'),
        close,
        [Symbol.asyncDispose]: close,
      }
    } catch (error) {
      await close()
      if (attempt === attempts || !/in use/.test(String(error))) throw error
    }
  }
}

/**
 * authority.pem, and server.pem with server.key for localhost and 127.0.0.1 that it signed.
 * @param {string} directory
 */
export function makeCertificate(directory) {
  /** @param {...string} args */
  const openssl = (...args) => execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'authority.key',
    '-out',
    'authority.pem',
    '-days',
    '2',
    '-subj',
    '/CN=websocket-mq test authority',
  )
  openssl(
    'req',
    ...key,
    '-keyout',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  )
  openssl(
    'x509',
    '-req',
    '-in',
    'server.csr',
    '-CA',
    'authority.pem',
    '-CAkey',
    'authority.key',
    '-CAcreateserial',
    '-days',
    '2',
    '-copy_extensions',
    'copy',
    '-out',
    'server.pem',
  )
}

/**
 * @param {string} directory
 * @param {{ port: number, brokerPort: number, root: string, dist: string | undefined, contentSecurityPolicy: string }} options
 */
async function writeConfiguration(directory, { port, brokerPort, root, dist, contentSecurityPolicy }) {
  const documented = await readFile(snippet, 'utf8')
  const location = documented.replace(/proxy_pass http:\/\/[^;]*;/, `proxy_pass http://127.0.0.1:${brokerPort}/mqtt;`)
  if (location === documented) throw new Error('deploy/nginx/websocket-mq.conf has no proxy_pass line to adapt')
  await writeFile(join(directory, 'websocket-mq.conf'), location)
  await mkdir(join(directory, 'temporary'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path temporary/${name};`)
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 512; }
http {
  access_log off;
${temporary.join('\n')}
  types { text/html html; text/css css; text/javascript js mjs; application/wasm wasm; application/json json map; image/svg+xml svg; }
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
  }
}
`,
  )
}
