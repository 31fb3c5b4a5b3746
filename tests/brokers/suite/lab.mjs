// What a probe works with: connections of the package and of MQTT.js to one broker, in one version of MQTT, which are
// ended behind it whatever happens.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import mqtt from 'mqtt'

const built = new URL('../../../dist/', import.meta.url)
export const { connect, ConnectionRefusedError } = await import(new URL('index.js', built).href)
export const { Webapp } = await import(new URL('webapp.js', built).href)

/** @typedef {{ username?: string, password?: string, clientId?: string }} Credentials */

/**
 * A broker, or a cluster of one URL for each node.
 * @typedef {object} Target
 * @property {string[]} urls of WebSocket
 * @property {string} [tcpUrl] of one of its nodes, without WebSocket
 * @property {Credentials} [credentials] of somebody who may do everything
 * @property {(role: string, name: string) => Promise<Credentials>} [accounts] that the access rules bind
 * @property {string[]} [boundUrls] where those are in force
 * @property {() => Promise<void>} [restart] where the broker is ours
 */

/** @type {WeakMap<mqtt.MqttClient, number>} */
const receiveMaxima = new WeakMap()

/** How many messages of QoS 1 and 2 may be on their way. @param {mqtt.MqttClient} client of `Lab.other` */
export const receiveMaximumOf = (client) => receiveMaxima.get(client) ?? 65_535

/** A probe that cannot be made here. */
export class NotTried extends Error {}

export class Lab {
  /** @type {(() => unknown)[]} */
  #ends = []
  #count = 0

  /** @param {Target} target @param {3 | 4 | 5} version */
  constructor(target, version) {
    this.target = target
    this.version = version
    /** Nobody else's: names of topics, clients and groups begin with it. */
    this.id = `wsmq${randomBytes(5).toString('hex')}`
  }

  /** A topic that nobody has used. */
  topic() {
    return `${this.id}/${(this.#count += 1)}`
  }

  clientId() {
    return `${this.id}c${(this.#count += 1)}` // 23 letters and digits at most, as MQTT 3.1 has it
  }

  /** @param {number} node @returns {string} */
  url(node = 0) {
    const url = this.target.urls[node]
    if (url === undefined) throw new NotTried('one URL')
    return url
  }

  /** @param {() => unknown} end */
  defer(end) {
    this.#ends.push(end)
  }

  /** The package's connection, which is not taken up again unless asked for. @param {object} [options] @param {number} [node] */
  async ours(options = {}, node = 0) {
    const { username, password } = this.target.credentials ?? {}
    const credentials = username === undefined ? {} : { credentials: { username, ...(password === undefined ? {} : { password }) } }
    const mq = await connect(this.url(node), {
      ...{ protocolVersion: this.version, clientId: this.clientId(), connectTimeout: 8000, reconnect: false },
      ...credentials,
      ...options,
    })
    mq.on('error', () => {}) // what a probe needs to know it asks for
    this.defer(() => mq.disconnect({ timeout: 500 }))
    return mq
  }

  /**
   * MQTT.js, which tells what the package keeps to itself. Rejects where the connection is closed instead.
   * @param {mqtt.IClientOptions} [options]
   * @param {string} [url]
   * @returns {Promise<mqtt.MqttClient>}
   */
  other(options = {}, url = this.url()) {
    const client = mqtt.connect(url, {
      ...{ protocolVersion: this.version, clientId: this.clientId(), connectTimeout: 8000, reconnectPeriod: 0 },
      ...this.target.credentials,
      ...options,
    })
    this.defer(() => client.end(true))
    return new Promise((resolve, reject) => {
      client.once('connect', ({ properties }) => {
        receiveMaxima.set(client, properties?.receiveMaximum ?? 65_535)
        resolve(client)
      })
      client.on('error', reject)
      client.once('close', () => reject(new Error('closed without an answer')))
    })
  }

  /** Retained under a topic that is cleared afterwards. @param {any} mq @param {string} topic @param {string} payload @param {object} [options] */
  async retain(mq, topic, payload, options = {}) {
    this.clear(topic)
    await mq.publish(topic, payload, { qos: 1, retain: true, ...options })
  }

  /** @param {string} topic */
  clear(topic) {
    this.defer(async () => {
      const mq = await this.ours()
      await mq.publish(topic, '', { qos: 1, retain: true })
      await mq.disconnect()
    })
  }

  /** Ends everything, the latest first; what cannot be ended in time is left. */
  async close() {
    for (let end = this.#ends.pop(); end; end = this.#ends.pop())
      await Promise.race([Promise.resolve(end()).catch(() => {}), sleep(2000, undefined, { ref: false })])
  }
}

/**
 * What arrives at a subscription from now on.
 * @param {any} mq of the package
 * @param {string} filter
 * @param {object} [options]
 */
export async function listen(mq, filter, options = {}) {
  /** @type {{ topic: string, text: string, qos: number, retain: boolean, properties: any }[]} */
  const got = []
  const subscription = mq.subscribe(filter, { qos: 1, ...options }, (/** @type {any} */ message) =>
    got.push({
      topic: message.topic,
      text: message.text(),
      qos: message.qos,
      retain: message.retain,
      properties: message.properties,
    }),
  )
  const granted = await subscription.ready
  return { got, granted, has: (/** @type {string} */ text) => got.some((message) => message.text === text) }
}

/** Whether it becomes true in time. @param {() => boolean} condition @param {number} [patience] in milliseconds */
export async function becomes(condition, patience = 5000) {
  const end = performance.now() + patience
  while (!condition()) {
    if (performance.now() > end) return false
    await sleep(10)
  }
  return true
}

/** For brokers that deliver at once or not at all: what has not come by now does not come. */
export const grace = () => sleep(500)

/** @param {number} code */
export const hex = (code) => `0x${code.toString(16).toUpperCase().padStart(2, '0')}`
