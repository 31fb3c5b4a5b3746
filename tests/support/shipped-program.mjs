import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { makeCertificate } from './certificate.mjs'
import { ServerProcess } from './server-process.mjs'
import { shipped } from './shipped.mjs'

/**
 * @typedef {object} ShippedProgram a server that runs in the foreground by one file of deploy/
 * @property {string} program
 * @property {(configuration: string) => string[]} args
 * @property {string} file below deploy/
 * @property {(directory: string) => Promise<readonly (readonly [from: string, to: string])[]>} changes of the file; may add to the directory
 * @property {readonly number[]} ports that it will listen on
 * @property {Record<string, string>} [env]
 */

/**
 * Starts it in a directory of its own, removed at the end, beside server.pem for localhost and 127.0.0.1 and the authority
 * that signed it.
 * @param {ShippedProgram} options
 */
export async function startShippedProgram({ program, args, file, changes, ports, env = {} }) {
  const directory = await mkdtemp(join(tmpdir(), `wsmq-${program}-`))
  await chmod(directory, 0o700)
  makeCertificate(directory)
  await mkdir(join(directory, 'html'))
  await writeFile(join(directory, 'html', 'index.html'), 'the page')
  const configuration = join(directory, basename(file))
  process.env['PATH'] += ':/usr/sbin:/usr/local/sbin' // Debian keeps servers where a user's PATH does not look
  const server = new ServerProcess(program, args(configuration), { ...env, HOME: directory })
  const close = async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await writeFile(configuration, await shipped(file, await changes(directory)))
    await server.start(ports)
  } catch (error) {
    await close()
    throw error
  }
  return {
    directory,
    pages: join(directory, 'html'),
    authority: join(directory, 'authority.pem'),
    signal: (/** @type {NodeJS.Signals} */ name) => server.signal(name),
    log: () => server.output,
    close,
  }
}

/** The addresses of a site behind two ports. @param {number} http @param {number} https */
export const addressesOf = (http, https) => ({
  httpUrl: `http://127.0.0.1:${http}/`,
  url: `https://localhost:${https}/`,
  webSocketUrl: `wss://localhost:${https}/ws_mqtt`,
  port: https,
})
