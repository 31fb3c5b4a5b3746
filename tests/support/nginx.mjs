import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeCertificate } from './certificate.mjs'
import { ServerProcess } from './server-process.mjs'

const shipped = new URL('../../deploy/nginx/', import.meta.url)

/**
 * A real nginx in a directory of its own, removed at the end, with what `configure` puts inside of `http { ... }`. Beside
 * it: server.pem for localhost and 127.0.0.1, signed by an authority made for this one run (`authority` is its file).
 * @param {readonly number[]} ports that it will listen on
 * @param {(directory: string) => Promise<string>} configure
 */
export async function startNginx(ports, configure) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-nginx-'))
  await chmod(directory, 0o700)
  makeCertificate(directory)
  await mkdir(join(directory, 'temporary'))
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path temporary/${name};`)
  const text = `daemon off;
${process.getuid?.() === 0 ? 'user root;' : ''}
worker_processes 1;
pid nginx.pid;
error_log error.log warn;
events { worker_connections 512; }
http {
  access_log off;
  ${temporary.join('\n  ')}
${await configure(directory)}
}
`
  await writeFile(join(directory, 'nginx.conf'), text)
  process.env['PATH'] += ':/usr/sbin:/usr/local/sbin' // Debian keeps servers where a user's PATH does not look
  const nginx = new ServerProcess('nginx', ['-e', join(directory, 'error.log'), '-p', directory, '-c', join(directory, 'nginx.conf')])
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
    authority: join(directory, 'authority.pem'),
    start,
    stop: (/** @type {NodeJS.Signals | undefined} */ signal) => nginx.stop(signal),
    log: () => readFile(join(directory, 'error.log'), 'utf8'),
    close,
    [Symbol.asyncDispose]: close,
  }
}

/**
 * Writes files that deploy/nginx gives to users into a folder, each with some text of it replaced.
 * @param {string} directory
 * @param {Record<string, readonly (readonly [from: string, to: string])[]>} files
 */
export async function adaptShipped(directory, files) {
  for (const [file, changes] of Object.entries(files)) {
    let text = await readFile(new URL(file, shipped), 'utf8')
    for (const [from, to] of changes) {
      if (!text.includes(from)) throw new Error(`deploy/nginx/${file} no longer says "${from}"`)
      text = text.replaceAll(from, to)
    }
    await writeFile(join(directory, file), text)
  }
}

/** Where the shipped files look for the broker, and where it is. @param {number} port @returns {readonly [string, string]} */
export const brokerAt = (port) => ['http://127.0.0.1:9001/', `http://127.0.0.1:${port}/`]
