import { setTimeout as sleep } from 'node:timers/promises'

const { connect } = await import(new URL('../../../dist/index.js', import.meta.url).href)

const topic = 'traffic/'

/** @typedef {'accepted' | 'open' | unknown} Fate an error is why it was not accepted */

/** Numbered messages of many publishers, half of them QoS 1 and half of them QoS 2, and what became of each promise. */
export class Publishers {
  /** @type {Map<string, { qos: number, fate: Fate }>} */
  messages = new Map()
  #stopped = false
  #loops

  /** @param {any[]} connections @param {number} pause milliseconds between two messages of one */
  constructor(connections, pause) {
    this.#loops = connections.map((mq, index) => this.#publish(mq, index, pause))
  }

  /** @param {any} mq @param {number} publisher @param {number} pause */
  async #publish(mq, publisher, pause) {
    /** @type {Promise<unknown>[]} */
    const promises = []
    for (let number = 0; !this.#stopped; ++number) {
      const name = `${publisher}-${number}`
      const message = { qos: 1 + (number % 2), fate: /** @type {Fate} */ ('open') }
      this.messages.set(name, message)
      promises.push(
        mq.publish(`${topic}${publisher}`, name, { qos: message.qos }).then(
          () => (message.fate = 'accepted'),
          (/** @type {unknown} */ error) => (message.fate = error),
        ),
      )
      await sleep(pause)
    }
    await Promise.all(promises)
  }

  /** Publishes no more. */
  stop() {
    this.#stopped = true
  }

  /** Returns when every promise is settled. */
  async settled() {
    this.stop()
    await Promise.all(this.#loops)
  }

  /** @param {(fate: Fate) => boolean} condition */
  #with(condition) {
    return [...this.messages].filter(([, { fate }]) => condition(fate)).map(([name]) => name)
  }

  get accepted() {
    return this.#with((fate) => fate === 'accepted')
  }
  get open() {
    return this.#with((fate) => fate === 'open')
  }
  get rejected() {
    return this.#with((fate) => fate !== 'open' && fate !== 'accepted')
  }
}

/** Keeps a session, and counts what arrives in it. */
export class Subscriber {
  /** How often each message has arrived. @type {Map<string, number>} */
  arrived = new Map()
  /** Of each connection after the first. @type {boolean[]} */
  sessionPresent = []
  /** @type {any} */
  mq

  /** @param {string | string[]} urls the first is where it begins @param {object} options of `connect` */
  async start(urls, options) {
    const mq = await connect(urls, {
      cleanStart: false,
      sessionExpiryInterval: 600,
      reconnect: { minDelay: 200, retryFirst: true },
      ...options,
    })
    this.mq = mq
    mq.on('error', () => {})
    mq.on('state', (/** @type {any} */ { state, sessionPresent }) => state === 'connected' && this.sessionPresent.push(sessionPresent))
    await mq.subscribe(`${topic}+`, { qos: 2 }, (/** @type {any} */ message) => this.#count(message.text())).ready
  }

  async stop() {
    await this.mq?.disconnect({ timeout: 0 })
  }

  /** @param {string} name */
  #count(name) {
    this.arrived.set(name, (this.arrived.get(name) ?? 0) + 1)
  }

  /** Those of them that have not arrived. @param {string[]} names */
  missing(names) {
    return names.filter((name) => !this.arrived.has(name))
  }

  get repeated() {
    return [...this.arrived.values()].filter((times) => times > 1).length
  }
}

/** Everybody asks a service again and again, one request at a time. */
export class Requests {
  answered = 0
  /** Milliseconds that the slowest answer took. */
  slowest = 0
  /** @type {Error[]} */
  failed = []
  /** How many of them ran for longer than they may. */
  overdue = 0
  #stopped = false
  #loops

  /** @param {any[]} apps @param {{ service: string, timeout: number, pause: number }} options milliseconds */
  constructor(apps, options) {
    this.#loops = apps.map((app, index) => this.#ask(app, index, options))
  }

  /** @param {any} app @param {number} index @param {{ service: string, timeout: number, pause: number }} options */
  async #ask(app, index, { service, timeout, pause }) {
    for (let number = 0; !this.#stopped; ++number) {
      const params = [index, number]
      const from = performance.now()
      try {
        const result = await app.request(service, 'echo', params, { timeout })
        if (String(result) !== String(params)) throw new Error(`asked ${params}, and was told ${result}`)
        this.answered += 1
        this.slowest = Math.max(this.slowest, performance.now() - from)
      } catch (error) {
        this.failed.push(/** @type {Error} */ (error))
      }
      // Timers of a busy process are late.
      if (performance.now() - from > timeout + 5000) this.overdue += 1
      await sleep(pause)
    }
  }

  async stop() {
    this.#stopped = true
    await Promise.all(this.#loops)
  }
}
