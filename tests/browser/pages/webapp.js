// A page that takes part, as the specs command it.
// @ts-expect-error -- built before the tests run
import { RemoteError, Webapp } from '/dist/webapp.js'

/** @param {any} error */
const facts = ({ name, code, message, remoteCode, data }) => ({ name, code, message, remoteCode, data })

class TestWebapp {
  /** @type {any} */
  app
  /** Presence, as it was told. @type {string[]} */
  changes = []
  /** @type {unknown[]} */
  messages = []
  /** @type {unknown[]} */
  said = []
  /** What exposed methods were told. @type {string[]} */
  cancelled = []
  /** @type {string[]} */
  states = []
  /** @type {unknown[]} */
  identities = []
  /** @type {unknown[]} */
  errors = []
  /** Requests that were begun and not awaited. @type {Promise<unknown>[]} */
  begun = []
  aborts = [new AbortController()]
  /** @type {unknown[]} */
  progress = []

  /** @param {string} url @param {any} options */
  async join(url, options) {
    try {
      this.app = await Webapp.join(url, { org: 'acme', user: 'ann', reconnect: { minDelay: 50, maxDelay: 500 }, ...options })
    } catch (error) {
      return { error: facts(error) }
    }
    this.app.on('state', (/** @type {any} */ { state }) => this.states.push(state))
    this.app.on('identity', (/** @type {unknown} */ event) => this.identities.push(event))
    this.app.on('error', (/** @type {unknown} */ error) => this.errors.push(facts(error)))
    this.app.on('message', (/** @type {any} */ message) => this.messages.push(message))
    this.app.presence.on((/** @type {any} */ { type, key }) => this.changes.push(`${type} ${key}`))
    return { uid: this.app.uid }
  }

  present() {
    return [...this.app.presence.keys()].sort()
  }
  /** @param {string} uid */
  stateOf(uid) {
    return this.app.presence.get(uid)?.state
  }
  /** @param {unknown} state */
  setState(state) {
    this.app.presence.setState(state)
  }
  /** Of the tabs that share this connection: this one, its state, and what is told of all. */
  tabs() {
    const { tab, presence } = this.app
    const told = [...presence.tabs.values()].map(({ id, state }) => [id, state])
    return { tab, state: presence.state, told: Object.fromEntries(told) }
  }
  /** @param {object} [of] */
  watch(of) {
    this.app.presence.watch(of)
  }
  unwatch() {
    this.app.presence.unwatch()
  }
  /** Once for each number, when the former one has its connection. @param {number} times */
  async reconnect(times) {
    for (let i = 0; i < times; i++) {
      const stands = new Promise((/** @type {any} */ resolve) => {
        const off = this.app.mq.on('state', (/** @type {any} */ { state }) => {
          if (state === 'connected') resolve(off())
        })
      })
      this.app.mq.reconnect()
      await stands
    }
  }
  facts() {
    const { changes, messages, said, cancelled, states, identities, errors, progress } = this
    return { changes, messages, said, cancelled, states, identities, errors, progress, uid: this.app.uid, state: this.app.state }
  }

  expose() {
    this.app.expose({
      sum: (/** @type {number[]} */ numbers) => numbers.reduce((a, b) => a + b, 0),
      whoAsks: (/** @type {unknown} */ _, /** @type {any} */ { from }) => from,
      fail: () => {
        throw new RemoteError(17, 'Sold out', { left: 0 })
      },
      async *count(/** @type {{ to: number }} */ { to }) {
        for (let n = 1; n <= to; n += 1) yield n
        return 'done'
      },
      wait: (/** @type {unknown} */ _, /** @type {any} */ { signal, from }) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => {
            this.cancelled.push(from)
            resolve(undefined)
          }),
        ),
    })
  }

  /** A service by its name, a peer by its uid. */
  /** @param {string} target @param {string} method @param {unknown} [params] @param {object} [options] */
  #call(target, method, params, options) {
    return target.includes(':') ? this.app.peer(target).request(method, params, options) : this.app.request(target, method, params, options)
  }
  /** @param {string} target @param {string} method @param {unknown} [params] @param {object} [options] */
  async request(target, method, params, options) {
    const begin = performance.now()
    try {
      return { result: await this.#call(target, method, params, options) }
    } catch (error) {
      return { error: facts(error), took: performance.now() - begin }
    }
  }
  /** @param {string} target @param {string} method @param {unknown} [params] */
  async stream(target, method, params) {
    const call = this.#call(target, method, params)
    const items = []
    for await (const item of call) items.push(item)
    return { items, result: await call }
  }
  /** Without waiting: `abort` or the answer ends it. */
  /** @param {string} target @param {string} method @param {unknown} [params] @param {object} [options] */
  begin(target, method, params, options) {
    const signal = this.aborts[0]?.signal
    const onProgress = (/** @type {unknown} */ item) => this.progress.push(item)
    const call = this.#call(target, method, params, { signal, onProgress, ...options })
    this.begun.push(
      call.then(
        (/** @type {unknown} */ result) => ({ result }),
        (/** @type {unknown} */ error) => ({ error: facts(error) }),
      ),
    )
  }
  abort() {
    this.aborts[0]?.abort(new Error('enough'))
  }
  outcome() {
    return this.begun[0]
  }

  /** @param {string} uid @param {unknown} data */
  send(uid, data) {
    this.app.peer(uid).send(data)
  }
  /** @param {string} name */
  enter(name) {
    this.app.room(name).on((/** @type {unknown} */ message) => this.said.push(message))
  }
  /** @param {string} name */
  leaveRoom(name) {
    this.app.room(name).leave()
  }
  /** @param {string} name @param {unknown} data */
  say(name, data) {
    this.app.room(name).send(data)
  }

  /** @param {string[]} serialNumbers */
  watchDevices(serialNumbers) {
    /** @type {Map<string, { online: boolean }>} */
    this.devices = this.app.devices(serialNumbers)
  }
  deviceStates() {
    return Object.fromEntries([...(this.devices ?? [])].map(([serialNumber, { online }]) => [serialNumber, online]))
  }
  services() {
    return this.app.services.names
  }

  /** For whoever comes later. @param {string} topic @param {string} payload */
  async publish(topic, payload) {
    await this.app.mq.publish(topic, payload, { qos: 1, retain: true })
  }

  async leave() {
    const { error, unfinished } = await this.app.leave()
    return { error: error && facts(error), unfinished }
  }

  /**
   * The same in a worker: its uid, and what came of a request to a peer.
   * @param {string} url
   * @param {string} root
   * @param {string} peer
   */
  inWorker(url, root, peer) {
    return new Promise((resolve, reject) => {
      const worker = new Worker('webapp-worker.js', { type: 'module' })
      worker.onmessage = ({ data }) => resolve(data)
      worker.onerror = reject
      worker.postMessage({ url: new URL(url, location.href).href, root, peer })
    })
  }
}

Object.assign(globalThis, { client: new TestWebapp() })
