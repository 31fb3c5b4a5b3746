// The way to Mosquitto's dynamic security plugin: commands, and their responses.
import { once } from 'node:events'
import mqtt from 'mqtt'
import { Refusal } from './http.mjs'

/**
 * @typedef {{ command: string, [member: string]: unknown }} Command
 * @typedef {{ command: string, error?: string, data?: any, correlationData?: string }} Response
 */

const topic = '$CONTROL/dynamic-security/v1'
const responses = `${topic}/response`
const patience = 3000 // ms for a connection, and then for a response

export const unreachable = () =>
  new Refusal(503, 'broker_unreachable', 'The broker does not answer the issuer. Try again later.', { 'Retry-After': '5' })

/**
 * @typedef {object} Options
 * @property {string} url mqtt:// or mqtts://
 * @property {string} username of the issuer's own account
 * @property {string} clientId that it is bound to
 * @property {string} password
 * @property {(send: (commands: Command[]) => Promise<Response[]>) => Promise<unknown>} onConnected is called on each
 *   connection, before other commands go out on it; where it fails, the connection is made anew
 * @property {(text: string) => void} log
 */

/** One connection, which comes back by itself. */
export class DynamicSecurity {
  #client
  #isReady = false
  #count = 0
  /** @type {{ id: string, resolve: (responses: Response[]) => void, reject: (error: Refusal) => void } | undefined} */
  #pending

  /** @param {Options} options */
  constructor({ url, username, clientId, password, onConnected, log }) {
    this.#client = mqtt.connect(url, {
      ...{ username, clientId, password },
      protocolVersion: 5,
      connectTimeout: 5000,
      keepalive: 10,
      reconnectPeriod: 1000,
      reconnectOnConnackError: true,
      queueQoSZero: false,
      resubscribe: false,
    })
    this.#client.on('message', (_, payload) => this.#receive(payload))
    this.#client.on('error', (error) => log(`The broker: ${error.message}`))
    this.#client.on('close', () => {
      if (this.#isReady) log('The connection to the broker is gone; it is made anew.')
      this.#isReady = false
      this.#fail()
    })
    this.#client.on('connect', () => {
      this.#start(onConnected).then(
        () => log('Connected to the broker.'),
        (error) => {
          log(`The broker: ${error.message}`)
          this.#client.stream.destroy()
        },
      )
    })
  }

  get isReady() {
    return this.#isReady
  }

  /**
   * Sends commands and awaits their responses. The caller awaits one batch before the next.
   * @param {Command[]} commands
   * @returns {Promise<Response[]>} one for each; a command that failed has `error`
   */
  async send(commands) {
    if (!this.#isReady) await this.#becomesReady()
    return this.#exchange(commands)
  }

  async close() {
    await this.#client.endAsync()
  }

  /** @param {Options['onConnected']} onConnected */
  async #start(onConnected) {
    await this.#client.subscribeAsync(responses, { qos: 1 })
    await onConnected((commands) => this.#exchange(commands))
    this.#isReady = true
    this.#client.emit(/** @type {any} */ ('ready'))
  }

  /** @param {Command[]} commands @returns {Promise<Response[]>} */
  async #exchange(commands) {
    const id = String(++this.#count)
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer
    try {
      return await new Promise((resolve, reject) => {
        this.#pending = { id, resolve, reject }
        timer = setTimeout(() => this.#fail(), patience)
        const payload = JSON.stringify({ commands: commands.map((command) => ({ ...command, correlationData: id })) })
        // QoS 0: what did not go out on this connection must not be done on the next one, behind what was read there.
        this.#client.publish(topic, payload, { qos: 0 }, (error) => error && this.#fail())
      })
    } finally {
      clearTimeout(timer)
      this.#pending = undefined
    }
  }

  async #becomesReady() {
    try {
      await once(/** @type {any} */ (this.#client), 'ready', { signal: AbortSignal.timeout(patience) })
    } catch {
      throw unreachable()
    }
  }

  /** @param {Buffer} payload */
  #receive(payload) {
    /** @type {Response[]} */
    const responses = JSON.parse(payload.toString()).responses
    if (responses[0]?.correlationData === this.#pending?.id) this.#pending?.resolve(responses)
  }

  #fail() {
    this.#pending?.reject(unreachable())
  }
}
