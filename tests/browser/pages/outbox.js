// A page with an outbox, or a webapp with one, as the specs command it. Nothing waits for a connection.
// @ts-expect-error -- built before the tests run
import { connect } from '/dist/index.js'
// @ts-expect-error -- built before the tests run
import { Webapp } from '/dist/webapp.js'

/** @param {any} error */
const facts = ({ name, code, message, topic, cause }) => ({ name, code, message, topic, cause: cause?.name })

class TestOutbox {
  /** @type {any} */
  mq
  /** @type {any} */
  app
  /** @type {any[]} */
  delivered = []
  /** @type {any[]} */
  errors = []
  /** @type {string[]} */
  failures = []
  /** Promises that resolved. */
  acknowledged = 0
  accepted = 0

  /** Resolves when it can publish, with or without a connection. @param {string} url @param {any} options */
  async open(url, options = {}) {
    return new Promise((resolve) => {
      const prepare = (/** @type {any} */ mq) => {
        this.#listen(mq)
        resolve({ clientId: mq.clientId })
      }
      const reconnect = { retryFirst: true, minDelay: 20, maxDelay: 50 }
      connect(url, { outbox: true, reconnect, prepare, ...options }).catch((/** @type {any} */ error) => resolve({ error: facts(error) }))
    })
  }

  /** @param {string} url @param {any} options */
  async join(url, options) {
    this.app = await Webapp.join(url, { org: 'acme', user: 'ann', outbox: true, reconnect: { minDelay: 20, maxDelay: 50 }, ...options })
    this.#listen(this.app.mq)
    return this.app.uid
  }

  /** Accepted, in any case. @param {string} topic @param {number[]} numbers @param {any} options @param {number} [size] */
  publish(topic, numbers, options, size = 0) {
    for (const number of numbers)
      this.mq.publish(topic, String(number).padEnd(size), options).then(
        () => this.acknowledged++,
        (/** @type {any} */ error) => this.failures.push(error.code),
      )
    this.accepted += numbers.length
  }

  /** Numbers from 1, as long as the page lives. @param {string} topic @param {any} options @param {number} atOnce */
  publishForEver(topic, options, atOnce = 5) {
    const round = () => {
      this.publish(
        topic,
        Array.from({ length: atOnce }, (_, index) => this.accepted + index + 1),
        options,
      )
      setTimeout(round, 1)
    }
    round()
  }

  /** A room, a peer and a service get something, in vain for now. @param {string} room @param {string} peer */
  say(room, peer) {
    this.app.room(room).send({ said: 1 })
    this.app.peer(peer).send({ said: 2 })
    this.app.peer(peer).notify('method', [])
    for (const call of [this.app.request('orders', 'create', {}), this.app.peer(peer).request('method', [])]) call.catch(() => {})
    this.app.notify('orders', 'log', {})
    this.app.mq.post('own/topic', 'said', { qos: 1 })
  }

  facts() {
    const { delivered, errors, failures, acknowledged, accepted, mq } = this
    return {
      delivered,
      errors,
      failures,
      acknowledged,
      accepted,
      state: mq?.state,
      backlog: mq?.backlog.messages,
      sessionPresent: mq?.sessionPresent,
    }
  }

  async disconnect(options = {}) {
    return (await this.mq.disconnect(options)).unfinished
  }

  /** What IndexedDB holds. */
  async stored() {
    const database = await new Promise((resolve) => {
      const request = indexedDB.open('websocket-mq')
      // It is not there, and is not made here.
      request.onupgradeneeded = () => request.transaction?.abort()
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => resolve(undefined)
    })
    if (database === undefined) return { slots: 0, records: 0 }
    const count = (/** @type {string} */ store) =>
      new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).count()
        request.onsuccess = () => resolve(request.result)
      })
    const result = { slots: await count('slots'), records: await count('records') }
    database.close()
    return result
  }

  /** As a user does who clears the site's data. */
  deleteDatabase() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.deleteDatabase('websocket-mq')
      request.onsuccess = () => resolve(undefined)
      request.onerror = () => reject(request.error)
    })
  }

  #listen(/** @type {any} */ mq) {
    this.mq = mq
    mq.on('delivered', (/** @type {any} */ event) => this.delivered.push(event))
    mq.on('error', (/** @type {any} */ error) => this.errors.push(facts(error)))
  }
}

Object.assign(globalThis, { client: new TestOutbox() })
