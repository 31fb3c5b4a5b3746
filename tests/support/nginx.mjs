import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.mjs'
import { ServerProcess } from './server-process.mjs'
import { shipped } from './shipped.mjs'

/**
 * A real nginx in a directory of its own, removed at the end, with what `configure` puts inside of `http { ... }`. Beside
 * it: server.pem for localhost and 127.0.0.1, signed by an authority made for this one run (`authority` is its file).
 * @param {readonly number[]} ports that it will listen on
 * @param {(directory: string) => Promise<string>} configure
 * @param {(http: string, directory: string) => string | Promise<string>} [frame] makes the whole nginx.conf of it
 */
export async function startNginx(ports, configure, frame = smallFrame) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-nginx-'))
  await chmod(directory, 0o700)
  makeCertificate(directory)
  await mkdir(join(directory, 'temporary'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temporary/${name};`)
  const http = [...temporary, await configure(directory)].join('\n')
  await writeFile(join(directory, 'nginx.conf'), await frame(http, directory))
  process.env['PATH'] += ':/usr/sbin:/usr/local/sbin' // Debian keeps servers where a user's PATH does not look
  const files = ['-e', join(directory, 'error.log'), '-p', directory, '-c', join(directory, 'nginx.conf')]
  const nginx = new ServerProcess('nginx', [...files, '-g', 'daemon off;'])
  const close = async () => {
    await nginx.stop()
    await rm(directory, { recursive: true, force: true })
  }
  const start = () => nginx.start(ports)
  await start().catch(async (error) => {
    await close()
    throw error
  })
  return {
    directory,
    authority: join(directory, 'authority.pem'),
    start,
    /** Reads the configuration and the certificate again; who is connected stays. */
    reload: () => nginx.signal('SIGHUP'),
    stop: (/** @type {NodeJS.Signals | undefined} */ signal) => nginx.stop(signal),
    log: () => readFile(join(directory, 'error.log'), 'utf8'),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** nginx drops its rights to a user that cannot read the directory, unless it is told. */
const asUser = process.getuid?.() === 0 ? 'user root;' : ''

/** @param {string} http */
const smallFrame = (http) => `${asUser}
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 512; }
http {
access_log off;
${http}
}
`

/**
 * The shipped nginx.conf, with paths inside of the directory.
 * @param {(readonly [from: string, to: string])[]} changes
 * @returns {(http: string, directory: string) => Promise<string>}
 */
export const shippedFrame = (changes) => async (http, directory) => {
  const places = /** @type {const} */ ([
    ['user www-data;', asUser],
    ['/run/nginx.pid', 'nginx.pid'],
    ['/var/log/nginx/', `${directory}/`],
    ['include /etc/nginx/modules-enabled/*.conf;', ''],
    ['include /etc/nginx/conf.d/*.conf;', http],
  ])
  await adaptShipped(directory, { 'nginx.conf': [...places, ...changes] })
  return readFile(join(directory, 'nginx.conf'), 'utf8')
}

/**
 * Writes files that deploy/nginx gives to users into a folder, each with some text of it replaced.
 * @param {string} directory
 * @param {Record<string, readonly (readonly [from: string, to: string])[]>} files
 */
export async function adaptShipped(directory, files) {
  for (const [file, changes] of Object.entries(files)) await writeFile(join(directory, file), await shipped(`nginx/${file}`, changes))
}

/** Where the shipped files look for the broker, and where it is. @param {number} port @returns {readonly [string, string]} */
export const brokerAt = (port) => ['http://127.0.0.1:9001/', `http://127.0.0.1:${port}/`]
