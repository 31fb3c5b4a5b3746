// One connection of the page, driven by a test through `globalThis.client`: arguments and results are plain data.
// client.html?wasm takes the entry that loads the module from a file of its own.
import { bytesOf } from './payload.js'
import { Numbers } from './numbers.js'

const { connect } = await import(location.search === '?wasm' ? '/dist/wasm.js' : '/dist/index.js')

/** @param {{ text?: string, size?: number, seed?: number }} payload */
const content = ({ text, size = 0, seed }) => text ?? bytesOf(size, seed)

/** What a test may know of an error. @param {any} error */
const facts = ({ name, code, message, reasonCode, fatal }) => ({ name, code, message, reasonCode, fatal })

async function digest(/** @type {Uint8Array<ArrayBuffer>} */ bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...hash].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

class TestClient {
  /** @type {any} */
  mq
  /** @type {any[]} */
  messages = []
  /** @type {any[]} */
  states = []
  /** @type {any[]} */
  errors = []
  numbers = new Numbers()
  published = 0

  /** Resolves to the facts of the connection, or of the error. @param {string} url @param {any} options */
  async connect(url, { passwords, ...options } = {}) {
    if (passwords) options.credentials = () => ({ username: 'ann', password: passwords.length > 1 ? passwords.shift() : passwords[0] })
    options.prepare = (/** @type {any} */ connection) => {
      connection.on('state', (/** @type {any} */ { state, error, retryIn }) =>
        this.states.push({ state, retryIn, error: error && facts(error) }),
      )
      connection.on('error', (/** @type {any} */ error) => this.errors.push(facts(error)))
    }
    try {
      this.mq = await connect(url, options)
      return { clientId: this.mq.clientId, sessionPresent: this.mq.sessionPresent, negotiated: { ...this.mq.negotiated } }
    } catch (error) {
      return { error: facts(error) }
    }
  }

  /** @param {string | string[]} filter @param {any} [options] */
  async subscribe(filter, options = {}) {
    const granted = await this.mq.subscribe(filter, options, (/** @type {any} */ message) => void this.messages.push(message)).ready
    return granted.map((/** @type {any} */ each) => each.qos)
  }

  /** Every message is a number; they are counted, not kept. @param {string} filter @param {any} options */
  async subscribeNumbers(filter, options) {
    await this.mq.subscribe(filter, options, (/** @type {any} */ message) => this.numbers.add(Number(message.text()))).ready
  }

  /** A handler that throws for each payload "bad". @param {string} filter @param {any} options */
  async subscribeThrowing(filter, options) {
    await this.mq.subscribe(filter, options, (/** @type {any} */ message) => {
      if (message.text() === 'bad') throw new RangeError('the handler cannot bear this message')
      this.messages.push(message)
    }).ready
  }

  /** @param {string} topic @param {any} payload @param {any} [options] */
  async publish(topic, payload, options) {
    const { reasonCode } = await this.mq.publish(topic, content(payload), options)
    return reasonCode
  }

  /** The numbers from 0 to count, without waiting for each. Resolves when all are acknowledged. */
  async publishNumbers(/** @type {string} */ topic, /** @type {number} */ count, /** @type {any} */ options, /** @type {number} */ atOnce) {
    /** @type {object[]} */
    const failures = []
    for (let number = 0; number < count; number += 1) {
      this.mq.publish(topic, String(number), options).then(
        () => (this.published += 1),
        (/** @type {any} */ error) => failures.push(facts(error)),
      )
      if (number % 100 === 99) await this.mq.drained(atOnce)
    }
    await this.mq.drained(0)
    await Promise.resolve()
    return { published: this.published, failures }
  }

  /** @param {string} topic @param {number} count @param {any} options */
  async publishAtOnce(topic, count, options) {
    const all = []
    for (let number = 0; number < count; number += 1) all.push(this.mq.publish(topic, String(number), options))
    await Promise.all(all)
  }

  received() {
    return this.messages.map((message) => ({ topic: message.topic, text: message.text(), qos: message.qos, retain: message.retain }))
  }

  digests() {
    return Promise.all(this.messages.map(async ({ topic, bytes }) => ({ topic, size: bytes.length, digest: await digest(bytes) })))
  }

  facts() {
    return {
      state: this.mq?.state,
      states: this.states,
      errors: this.errors,
      messages: this.messages.length,
      numbers: this.numbers.facts(),
      published: this.published,
    }
  }

  /** @param {any} [options] */
  async disconnect(options) {
    const { error, unfinished } = await this.mq.disconnect(options)
    return { error: error && facts(error), unfinished }
  }
}

Object.assign(globalThis, { client: new TestClient() })
