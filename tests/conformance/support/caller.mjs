import { randomBytes } from 'node:crypto'
import { connectOnce } from '../../support/connect-once.mjs'

const patience = 20_000 // ms until a response counts as missing, on a busy machine

/**
 * @typedef {object} Received
 * @property {any} message the JSON of a message on `webapp/res/{uid}`
 * @property {Buffer | undefined} correlationData
 * @property {string | undefined} contentType
 * @property {string} uid whom it was sent to
 * @property {number} at `performance.now()` when it came
 */

/** A webapp: it sends requests to the service under test and keeps everything that comes back. */
export class Caller {
  /** @type {Received[]} */
  received = []
  /** @type {Set<() => void>} */
  #watchers = new Set()

  /**
   * @param {import('mqtt').MqttClient} client
   * @param {{ root: string, service: string }} names
   * @param {string} uid
   */
  constructor(client, names, uid) {
    this.client = client
    this.names = names
    this.uid = uid
    client.on('message', (topic, payload, packet) => {
      const { correlationData, contentType } = packet.properties ?? {}
      const to = topic.slice(topic.lastIndexOf('/') + 1)
      this.received.push({ message: readJson(payload), correlationData, contentType, uid: to, at: performance.now() })
      for (const watcher of this.#watchers) watcher()
    })
  }

  /**
   * @param {string} url
   * @param {{ root: string, service: string }} names
   * @param {{ user?: string, version?: 4 | 5 }} [options] `user` is `{org}:{user}`
   */
  static async join(url, names, { user = 'acme:ann', version = 5 } = {}) {
    const uid = `${user}:${randomBytes(8).toString('hex').slice(0, 4)}`
    const client = await connectOnce(url, { clientId: uid, protocolVersion: version })
    const caller = new Caller(client, names, uid)
    await client.subscribeAsync(`${names.root}webapp/res/${uid}`, { qos: 1 })
    return caller
  }

  /** Nobody can predict it from those before. @param {string} [mark] that it begins with */
  newId(mark = '') {
    return mark + randomBytes(8).toString('hex')
  }

  /**
   * Sends whatever it is given as a request; the broker has it when this returns.
   * @param {string | Buffer} payload
   * @param {import('mqtt').IClientPublishOptions['properties']} [properties]
   */
  send(payload, properties) {
    const { root, service } = this.names
    const version5 = this.client.options.protocolVersion === 5
    return this.client.publishAsync(`${root}webapp/req/${service}/${this.uid}`, payload, {
      qos: 1,
      ...(version5 && properties && { properties }),
    })
  }

  /**
   * @param {string} method
   * @param {unknown} params left out when undefined
   * @param {string | number} [id]
   * @param {import('mqtt').IClientPublishOptions['properties']} [properties]
   */
  async start(method, params, id = this.newId(), properties = { correlationData: Buffer.from(String(id)) }) {
    await this.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }), properties)
    return id
  }

  /**
   * Sends a request and waits for its response.
   * @param {string} method
   * @param {unknown} [params]
   * @returns {Promise<any>}
   */
  async request(method, params) {
    return this.response(await this.start(method, params))
  }

  /**
   * @param {string} method
   * @param {unknown} params
   * @param {string} [instance] every instance by default
   */
  control(method, params, instance) {
    return this.sendControl(JSON.stringify({ jsonrpc: '2.0', method, params }), instance)
  }

  /** @param {string | Buffer} payload @param {string} [instance] every instance by default */
  sendControl(payload, instance = '_all') {
    const { root, service } = this.names
    return this.client.publishAsync(`${root}webapp/svc/${service}/${instance}/${this.uid}`, payload, { qos: 1 })
  }

  /** @param {string | number | null} id */
  responses(id) {
    return this.received.filter(({ message }) => message?.id === id && !message?.method)
  }

  /** The parameters of the progress notifications of a request. @param {string | number} id */
  progress(id) {
    return this.received
      .map(({ message }) => message)
      .filter((m) => m?.method === '$/progress' && m.params?.id === id)
      .map((m) => m.params)
  }

  /** @param {string | number | null} id @param {number} [count] @param {number} [limit] ms */
  async response(id, count = 1, limit = patience) {
    await this.until(() => this.responses(id).length >= count, `response ${count} to request ${id}`, limit)
    return this.responses(id)[count - 1]?.message
  }

  /**
   * Waits for a condition over what has been received.
   * @param {() => boolean} condition
   * @param {string} what for the failure's message
   * @param {number} [limit] ms
   */
  until(condition, what, limit = patience) {
    if (condition()) return Promise.resolve()
    return /** @type {Promise<void>} */ (
      new Promise((resolve, reject) => {
        const finish = () => {
          clearTimeout(timer)
          this.#watchers.delete(watcher)
        }
        const watcher = () => {
          if (!condition()) return
          finish()
          resolve()
        }
        const timer = setTimeout(() => {
          finish()
          reject(new Error(`There was no ${what} within ${limit / 1000} s`))
        }, limit)
        this.#watchers.add(watcher)
      })
    )
  }

  async leave() {
    await this.client.endAsync()
  }
}

/** @param {Buffer} payload */
function readJson(payload) {
  try {
    return JSON.parse(payload.toString())
  } catch {
    return { unreadable: payload.toString().slice(0, 200) }
  }
}
