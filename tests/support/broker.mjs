import { execFileSync } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startOnFreePorts } from './free-port.mjs'
import { ServerProcess } from './server-process.mjs'

/**
 * @typedef {object} BrokerOptions
 * @property {Record<string, string>} [users] names and passwords; without it everybody may connect
 * @property {boolean} [persistence] sessions and retained messages survive `restart`
 * @property {string[]} [settings] further lines of mosquitto.conf, for example 'max_packet_size 1000'
 */

/** A real Mosquitto on free loopback ports, with a directory of its own. */
export class Broker {
  /** @type {ServerProcess} */
  #process
  #directory

  /**
   * @param {string} directory
   * @param {number} tcpPort
   * @param {number} webSocketPort
   */
  constructor(directory, tcpPort, webSocketPort) {
    this.#directory = directory
    this.tcpPort = tcpPort
    this.webSocketPort = webSocketPort
    this.#process = new ServerProcess(mosquitto(), ['-c', join(directory, 'mosquitto.conf')])
  }

  /** Mosquitto's websockets listener takes any path; this is the one that the project uses everywhere. */
  get url() {
    return `ws://127.0.0.1:${this.webSocketPort}/ws_mqtt`
  }

  get pid() {
    return this.#process.pid
  }

  get running() {
    return this.#process.running
  }

  /** What Mosquitto has logged. */
  get log() {
    return this.#process.output
  }

  /** Starts it on its ports, the same ones each time. */
  start() {
    return this.#process.start([this.tcpPort, this.webSocketPort])
  }

  /**
   * Stops it; `start` brings it back. SIGKILL is a crash: nothing is saved.
   * @param {NodeJS.Signals} [signal]
   */
  stop(signal) {
    return this.#process.stop(signal)
  }

  /** @param {NodeJS.Signals} [signal] */
  async restart(signal) {
    await this.stop(signal)
    await this.start()
  }

  /** Freezes it: connections stay open and nothing is answered until `resume`. */
  pause() {
    this.#process.pause()
  }

  resume() {
    this.#process.resume()
  }

  /** Stops it and removes its directory. */
  async close() {
    await this.stop()
    await rm(this.#directory, { recursive: true, force: true })
  }

  async [Symbol.asyncDispose]() {
    await this.close()
  }
}

/**
 * @param {BrokerOptions} [options]
 * @returns {Promise<Broker>} already started
 */
export async function startBroker(options = {}) {
  return startOnFreePorts(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'wsmq-mosquitto-'))
    const broker = new Broker(directory, await freePort(), await freePort())
    await writeConfiguration(directory, broker, options)
    try {
      await broker.start()
      return broker
    } catch (error) {
      await broker.close()
      throw error
    }
  })
}

/**
 * @param {string} directory
 * @param {Broker} broker
 * @param {BrokerOptions} options
 */
async function writeConfiguration(directory, broker, { users, persistence = false, settings = [] }) {
  const lines = [
    'per_listener_settings false',
    'set_tcp_nodelay true',
    // Mosquitto's defaults drop messages of a burst; a message that a test misses should be one that the client lost.
    ...defaultSetting(settings, 'max_queued_messages', '0'),
    ...defaultSetting(settings, 'max_inflight_messages', '1000'),
    ...defaultSetting(settings, 'log_type', 'error', 'warning', 'notice'),
    'log_dest stderr',
    `persistence ${persistence}`,
  ]
  if (persistence) lines.push(`persistence_location ${directory}/`, 'autosave_interval 1', 'autosave_on_changes true')
  if (users) {
    lines.push('allow_anonymous false', `password_file ${writePasswords(directory, users)}`)
  } else {
    lines.push('allow_anonymous true')
  }
  // Running as root, Mosquitto would change to a user that cannot read this directory.
  if (process.getuid?.() === 0) lines.push('user root')
  lines.push(...settings)
  lines.push(...listener(broker.tcpPort, 'mqtt'), ...listener(broker.webSocketPort, 'websockets'))
  await writeFile(join(directory, 'mosquitto.conf'), lines.join('\n') + '\n')
  await chmod(directory, 0o700)
}

/**
 * The lines of mosquitto.conf for a listener on loopback. Without the family, Mosquitto 2.0 passes over the address of a
 * WebSocket listener and takes connections from everywhere.
 * @param {number} port
 * @param {'mqtt' | 'websockets'} protocol
 */
export function listener(port, protocol) {
  return [`listener ${port} 127.0.0.1`, 'socket_domain ipv4', `protocol ${protocol}`]
}

/**
 * @param {string[]} settings
 * @param {string} name
 * @param {...string} values
 */
function defaultSetting(settings, name, ...values) {
  return settings.some((line) => line.startsWith(`${name} `)) ? [] : values.map((value) => `${name} ${value}`)
}

/**
 * @param {string} directory
 * @param {Record<string, string>} users
 */
function writePasswords(directory, users) {
  const file = join(directory, 'passwords')
  let create = ['-c']
  for (const [name, password] of Object.entries(users)) {
    execFileSync('mosquitto_passwd', [...create, '-b', file, name, password], { stdio: 'pipe' })
    create = []
  }
  return file
}

/** Debian keeps servers in a directory that a user's PATH lacks. */
function mosquitto() {
  process.env['PATH'] += ':/usr/sbin:/usr/local/sbin'
  return 'mosquitto'
}
