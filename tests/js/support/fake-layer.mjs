// A webapp over a stand-in for the module: it records what the layer is asked for, and the test plays the layer.
import { loadOf, settled, until } from './connected.mjs'
import { FakeClient, fakeModule } from './fake-module.mjs'
import { importSource } from './sources.mjs'

/** @typedef {import('../../../wasm/webapp/wsmq-webapp.js').LayerHandlers} LayerHandlers */
/** @typedef {import('../../../wasm/webapp/wsmq-webapp.js').LayerRequest} LayerRequest */

export class FakeWebappClient extends FakeClient {
  /** Every call on the layer with what it was given, in their order. @type {[name: string, ...given: any[]][]} */
  calls = []
  /** @type {LayerHandlers} */
  layer = /** @type {any} */ (undefined)
  /** @type {any} */
  joinOptions
  /** Items of progress that may still be sent. */
  credit = 1000
  #requests = 0

  /** @param {any} options @param {LayerHandlers} handlers */
  join(options, handlers) {
    this.#note('join')
    this.joinOptions = options
    this.layer = handlers
  }
  isDeleted() {
    return this.deleted
  }
  /** @param {LayerRequest} request */
  request(request) {
    this.#note('request', request)
    return ++this.#requests
  }
  /** @param {number} call @param {string} value */
  progress(call, value) {
    if (this.credit === 0) return false
    this.credit--
    this.#note('progress', call, value)
    return true
  }
  /** Those that only record. @param {...any} given */
  setState(...given) {
    this.#note('setState', ...given)
  }
  /** @param {...any} given */
  watchPresence(...given) {
    this.#note('watchPresence', ...given)
  }
  unwatchPresence() {
    this.#note('unwatchPresence')
  }
  /** @param {...any} given */
  cancelRequest(...given) {
    this.#note('cancelRequest', ...given)
  }
  /** @param {...any} given */
  grant(...given) {
    this.#note('grant', ...given)
  }
  /** @param {...any} given */
  notify(...given) {
    this.#note('notify', ...given)
  }
  /** @param {...any} given */
  expose(...given) {
    this.#note('expose', ...given)
  }
  /** @param {...any} given */
  respond(...given) {
    this.#note('respond', ...given)
  }
  /** @param {...any} given */
  fail(...given) {
    // The base class plays the engine's failure of connect() under this name.
    if (typeof given[0] === 'number') this.#note('fail', ...given)
    else super.fail(given[0])
  }
  /** @param {string} to @param {{ bytes: Uint8Array, contentType: string }} body */
  sendToPeer(to, { bytes, contentType }) {
    this.#note('sendToPeer', to, new TextDecoder().decode(bytes), contentType)
  }
  /** @param {string} room @param {{ bytes: Uint8Array, contentType: string }} body */
  sendToRoom(room, { bytes, contentType }) {
    this.#note('sendToRoom', room, new TextDecoder().decode(bytes), contentType)
  }
  /** @param {...any} given */
  joinRoom(...given) {
    this.#note('joinRoom', ...given)
  }
  /** @param {...any} given */
  leaveRoom(...given) {
    this.#note('leaveRoom', ...given)
  }
  /** @param {...any} given */
  watchDevices(...given) {
    this.#note('watchDevices', ...given)
  }
  unwatchDevices() {
    this.#note('unwatchDevices')
  }
  /** @param {...any} given */
  discover(...given) {
    this.#note('discover', ...given)
  }

  /** The calls of one name, without it. @param {string} wanted @returns {any[][]} */
  given(wanted) {
    return this.calls.filter(([name]) => name === wanted).map(([, ...rest]) => rest)
  }

  /** @param {string} name @param {...any} given */
  #note(name, ...given) {
    if (this.throwNext) {
      const error = this.throwNext
      this.throwNext = undefined
      throw error
    }
    this.calls.push([name, ...given])
  }
}

/** What the module throws. @param {string} code */
export function moduleError(code) {
  return Object.assign(new Error(`The module says ${code}`), { name: 'MqttError', code })
}

/** @param {object} [options] of join() @param {any} [target] */
export async function joining(options = {}, target = 'ws://broker.test/mqtt') {
  const { joinWith } = await importSource('webapp/join')
  /** @type {FakeWebappClient[]} */
  const clients = []
  const module = {
    ...fakeModule(),
    Client: class extends FakeWebappClient {
      /** @param {string} uri @param {string} clientId */
      constructor(uri, clientId) {
        super(uri, clientId)
        clients.push(this)
      }
    },
  }
  const promise = joinWith(await loadOf(module, true), target, { org: 'acme', user: 'ann', rand: 'ab12', ...options })
  let isOver = false
  promise.catch(() => {}).finally(() => (isOver = true))
  await until(() => clients.length > 0 || isOver)
  await settled()
  return { promise, client: /** @type {FakeWebappClient} */ (clients[0]) }
}

/** @param {object} [options] of join() */
export async function joined(options = {}) {
  const { promise, client } = await joining(options)
  client.accept()
  client.layer.onJoined()
  return { app: await promise, client }
}
