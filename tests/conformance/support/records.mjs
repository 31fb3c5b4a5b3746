import { connectOnce } from '../../support/connect-once.mjs'

const patience = 20_000

/**
 * @typedef {object} Seen
 * @property {any} record
 * @property {boolean} retained
 * @property {number} bytes
 * @property {string | undefined} contentType
 * @property {number | undefined} expiry what is left of its Message Expiry Interval, in seconds
 * @property {number} at `performance.now()` when it came
 */

/** The discovery records of the service under test, as a webapp sees them. */
export class Records {
  /** @type {Map<string, Seen>} */
  seen = new Map()
  /** @type {Set<() => void>} */
  #waiting = new Set()

  /** @param {import('mqtt').MqttClient} client */
  constructor(client) {
    this.client = client
    client.on('message', (topic, payload, { retain, properties }) => {
      let record
      try {
        record = JSON.parse(payload.toString())
      } catch {
        record = payload.toString()
      }
      const { contentType, messageExpiryInterval: expiry } = properties ?? {}
      const seen = { record, retained: retain, bytes: payload.length, contentType, expiry, at: performance.now() }
      this.seen.set(topic.slice(topic.lastIndexOf('/') + 1), seen)
      for (const wake of this.#waiting) wake()
      this.#waiting.clear()
    })
  }

  /** @param {string} url @param {{ root: string, service: string }} names */
  static async watch(url, { root, service }) {
    const records = new Records(await connectOnce(url, { protocolVersion: 5 }))
    await records.client.subscribeAsync(`${root}webapp/svc/${service}/+`, { qos: 1 })
    return records
  }

  /** The instances that say that they are online. */
  allOnline() {
    return [...this.seen].filter(([, { record }]) => record?.online === true).map(([instance]) => instance)
  }

  /** Resolves at the next change, or after a while. @param {number} milliseconds */
  changed(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds, undefined)
      this.#waiting.add(() => {
        clearTimeout(timer)
        resolve(undefined)
      })
    })
  }

  /** Waits until the record of an instance says that it is online. @param {string} instance */
  online(instance) {
    return this.#says(instance, true)
  }

  /** @param {string} instance */
  offline(instance) {
    return this.#says(instance, false)
  }

  /** @param {string} instance @param {boolean} online */
  async #says(instance, online) {
    await this.#until(
      () => this.seen.get(instance)?.record?.online === online,
      `The record of ${instance} did not say ${online ? 'online' : 'offline'}`,
    )
    return this.last(instance).record
  }

  /** The record of an instance that has told one. @param {string} instance */
  last(instance) {
    return /** @type {Seen} */ (this.seen.get(instance))
  }

  /** Waits for the next record of an instance after one. @param {string} instance @param {Seen} before */
  async next(instance, before) {
    await this.#until(() => this.last(instance) !== before, `No further record of ${instance} came`)
    return this.last(instance)
  }

  /** @param {() => boolean} condition @param {string} failure */
  async #until(condition, failure) {
    const deadline = performance.now() + patience
    while (!condition()) {
      if (performance.now() > deadline) throw new Error(`${failure} within ${patience / 1000} s`)
      await this.changed(100)
    }
  }

  async close() {
    await this.client.endAsync(true)
  }
}
