import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { administrator, administratorBound, closedByDefault, dynamicSecurity } from '../../deploy/access/mosquitto.mjs'
import { connectOnce } from './connect-once.mjs'
import { freePort } from './free-port.mjs'
import { makeCertificate } from './certificate.mjs'
import { ServerProcess } from './server-process.mjs'

const shipped = new URL('../../deploy/mosquitto/mosquitto.conf', import.meta.url)
const library = '/usr/lib'
const plugin = 'mosquitto_dynamic_security.so'

/** Where this system has the dynamic security plugin. */
function pluginFile() {
  const directories = ['', ...readdirSync(library).filter((name) => name.endsWith('-linux-gnu'))].map((name) => join(library, name))
  const directory = directories.find((each) => readdirSync(each).includes(plugin))
  if (!directory) throw new Error(`There is no ${plugin} below ${library}. Run: npm run setup`)
  return join(directory, plugin)
}

/**
 * Mosquitto with the configuration that deploy/ gives to users; only paths and ports are changed.
 * `command` sends commands to its dynamic security plugin as the administrator.
 * @param {{ settings?: string[], dataLimit?: number, administratorPassword?: string, archive?: string }} [options] further
 *   lines, before the listeners; the bytes of memory that the system lets it have; a backup to start with
 */
export async function startDeployedMosquitto({ settings = [], dataLimit, administratorPassword = 'admin', archive } = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-deployed-'))
  await chmod(directory, 0o700)
  process.env['PATH'] += ':/usr/sbin:/usr/local/sbin'
  makeCertificate(directory)
  const security = join(directory, 'dynamic-security.json')
  if (archive) execFileSync('tar', ['-C', directory, '-xf', archive], { stdio: 'pipe' })
  else execFileSync('mosquitto_ctrl', ['dynsec', 'init', security, 'admin', administratorPassword], { stdio: 'pipe' })
  const ports = { webSocket: await freePort(), tcp: await freePort(), tls: await freePort() }
  const text = await readFile(shipped, 'utf8')
  const adapted = text
    .replace('/usr/lib/mosquitto_dynamic_security.so', pluginFile())
    .replace('listener 9001', [...settings, `listener ${ports.webSocket}`].join('\n'))
    .replace('listener 1883', `listener ${ports.tcp}`)
    .replace('listener 8883', `listener ${ports.tls}`)
    .replaceAll(/\/mosquitto\/(?:data|certificates)\//g, `${directory}/`)
  const user = process.getuid?.() === 0 ? 'user root\n' : '' // else it would change to one that cannot read the directory
  await writeFile(join(directory, 'mosquitto.conf'), user + adapted)
  const limit = `--data=${dataLimit ?? 'unlimited'}`
  const server = new ServerProcess('prlimit', [limit, 'mosquitto', '-c', join(directory, 'mosquitto.conf')])
  const tcpUrl = `mqtt://127.0.0.1:${ports.tcp}`

  const enter = () => connectOnce(tcpUrl, { clientId: administrator, username: 'admin', password: administratorPassword })

  /** @param {{ commands: { command: string }[] }} commands */
  async function command(commands) {
    const admin = await enter()
    await admin.subscribeAsync('$CONTROL/dynamic-security/v1/response', { qos: 1 })
    /** @type {Promise<{ responses: { command: string, error?: string }[] }>} */
    const answer = new Promise((resolve, reject) => {
      admin.once('message', (_, payload) => resolve(JSON.parse(payload.toString())))
      admin.once('close', () => reject(new Error(`The administrator was disconnected:\n${server.output}`)))
    })
    admin.publish('$CONTROL/dynamic-security/v1', JSON.stringify(commands), { qos: 1 })
    const { responses } = await answer
    await admin.endAsync()
    const failed = responses.find(({ error }) => error !== undefined)
    if (failed) throw new Error(`${failed.command}: ${failed.error}`)
  }

  async function bindAdministrator() {
    const admin = await enter()
    const ended = new Promise((resolve) => admin.once('close', () => resolve(undefined)))
    admin.publish('$CONTROL/dynamic-security/v1', JSON.stringify(administratorBound))
    await ended
  }

  const close = async () => {
    await server.stop()
    await rm(directory, { recursive: true, force: true })
  }
  try {
    await server.start(Object.values(ports))
    if (!archive) {
      await command(closedByDefault)
      await bindAdministrator()
    }
  } catch (error) {
    await close()
    throw error
  }
  return {
    url: `ws://127.0.0.1:${ports.webSocket}/ws_mqtt`,
    webSocketPort: ports.webSocket,
    tcpPort: ports.tcp,
    tcpUrl,
    tlsPort: ports.tls,
    tlsUrl: `mqtts://localhost:${ports.tls}`,
    /** Of its data, its certificate and key, server.pem and server.key. */
    directory,
    authority: join(directory, 'authority.pem'),
    command,
    /** @param {import('../../deploy/access/rules.mjs').Account} account @param {string} root */
    add: (account, root, password = 'secret') => command(dynamicSecurity(account, root, password)),
    /** Stops it, as an operator or a crash (SIGKILL) does; `start` brings it back. */
    stop: (signal = /** @type {NodeJS.Signals} */ ('SIGTERM')) => server.stop(signal),
    start: () => server.start(Object.values(ports)),
    pid: () => server.pid,
    signal: (/** @type {NodeJS.Signals} */ name) => server.signal(name),
    log: () => server.output,
    close,
    [Symbol.asyncDispose]: close,
  }
}
