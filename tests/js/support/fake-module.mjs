// A stand-in for the WebAssembly module: it records what it is asked for, and the test plays the engine.

/** @typedef {import('../../../wasm/wsmq.js').ConnectOptions} ConnectOptions */

export class FakeClient {
  /** @type {string[]} */
  unsubscribed = []
  /** @type {{ topic: string, payload: unknown, options: any, operation: number }[]} */
  publishes = []
  /** @type {{ filters: any, options: any }[]} */
  subscribes = []
  /** @type {{ filters: string[], options: any }[]} */
  unsubscribes = []
  /** @type {number[]} */
  cancelled = []
  /** @type {ConnectOptions | undefined} */
  connectOptions
  /** @type {ConnectOptions[]} */
  connects = []
  disconnects = 0
  deleted = false
  connected = false
  unfinishedMessages = 0
  unfinishedBytes = 0
  negotiated = { keepAlive: 30, maximumQos: 2, maximumPacketSize: 1000, retainAvailable: true }
  /** What publish() gives for a QoS 0 message: not 0 where it has to wait. */
  nextQos0Operation = 0
  /** @type {Error | undefined} */
  throwNext
  #operations = 0

  /** @param {string | (() => unknown)} uri @param {string} clientId */
  constructor(uri, clientId) {
    this.uri = typeof uri === 'string' ? uri : ''
    this.clientId = clientId
  }

  /** @param {ConnectOptions} options */
  connect(options) {
    this.#throw()
    this.connectOptions = options
    this.connects.push(options)
  }
  disconnect() {
    this.disconnects++
    this.connected = false
  }
  isConnected() {
    return this.connected
  }
  /** @param {string} topic @param {unknown} payload @param {any} [options] */
  publish(topic, payload, options) {
    this.#throw()
    const operation = options?.qos > 0 ? ++this.#operations : this.nextQos0Operation
    this.publishes.push({ topic, payload, options, operation })
    if (operation !== 0) this.unfinishedMessages++
    return operation
  }
  /** @param {any} filters @param {any} options */
  subscribe(filters, options) {
    this.#throw()
    this.subscribes.push({ filters, options })
    return ++this.#operations
  }
  /** @param {string[]} filters @param {any} options */
  unsubscribe(filters, options) {
    this.unsubscribes.push({ filters, options })
    return ++this.#operations
  }
  /** @param {number} operation */
  cancel(operation) {
    this.cancelled.push(operation)
  }
  /** @type {Uint8Array[]} */
  reauthentications = []
  /** @param {Uint8Array} data */
  reauthenticate(data) {
    this.#throw()
    this.reauthentications.push(data)
  }
  wakeUp() {}
  reconnects = 0
  reconnect() {
    this.reconnects++
  }
  flush() {}
  delete() {
    this.deleted = true
  }

  #throw() {
    const error = this.throwNext
    this.throwNext = undefined
    if (error) throw error
  }

  // What the engine would do:

  accept({ reconnected = false, sessionPresent = false, properties = {} } = {}) {
    this.connected = true
    this.onConnected?.(reconnected, this.uri, sessionPresent, properties)
  }
  /** @param {object} failure */
  fail(failure) {
    this.connectOptions?.onFailure?.(
      /** @type {any} */ ({ errorCode: 1, error: 'transport_failed', errorMessage: 'failed', reasonCode: 0, ...failure }),
    )
  }
  /** @param {object} loss */
  lose(loss = {}) {
    this.connected = false
    this.onConnectionLost?.({
      errorCode: 1,
      error: 'transport_closed',
      errorMessage: 'closed',
      reasonCode: 0,
      reconnect: true,
      retryIn: 100,
      wasConnected: true,
      uri: this.uri,
      ...loss,
    })
  }
  /** @param {number} index @param {number[]} codes */
  grant(index, codes) {
    this.subscribes[index]?.options.onSuccess?.({ grantedQos: Uint8Array.from(codes), properties: {} })
  }
  /** @param {number} index @param {number[]} codes */
  refuse(index, codes) {
    this.subscribes[index]?.options.onFailure?.({
      errorCode: 1,
      error: 'none',
      errorMessage: '',
      reasonCode: codes.find((code) => code > 2),
      grantedQos: Uint8Array.from(codes),
    })
  }
  /** @param {number} operation @param {number} [reasonCode] @param {object} [properties] */
  acknowledge(operation, reasonCode = 0, properties = {}) {
    this.unfinishedMessages--
    this.onPublished?.(operation, reasonCode, properties)
  }
  /** @param {string} topic @param {string} [text] @param {object} [more] */
  arrive(topic, text = '', more = {}) {
    this.onMessageArrived?.(arrivedMessage(topic, text, more))
  }

  /** @type {((...given: any[]) => void) | null | undefined} */
  onConnected
  /** @type {((...given: any[]) => void) | null | undefined} */
  onConnectionLost
  /** @type {((...given: any[]) => void) | null | undefined} */
  onMessageArrived
  /** @type {((...given: any[]) => void) | null | undefined} */
  onPublished
  /** @type {((...given: any[]) => void) | null | undefined} */
  onPublishFailed
  /** @type {((...given: any[]) => void) | null | undefined} */
  onSubscriptionLost
  /** @type {((...given: any[]) => void) | null | undefined} */
  onConnecting
  /** @type {((...given: any[]) => void) | null | undefined} */
  onQueueDrained
}

const topicIds = new Map()

/** @param {string} topic @param {string} text @param {object} [more] */
export function arrivedMessage(topic, text = '', more = {}) {
  if (!topicIds.has(topic)) topicIds.set(topic, topicIds.size)
  return {
    topic,
    destinationName: topic,
    qos: 0,
    retained: false,
    duplicate: false,
    payloadString: text,
    payloadBytes: new TextEncoder().encode(text),
    properties: {},
    topicId: topicIds.get(topic),
    ...more,
  }
}

export function fakeModule() {
  /** @type {FakeClient[]} */
  const clients = []
  return {
    clients,
    topicEpoch: 0,
    describeReason: (/** @type {number} */ code) => `Reason ${code}`,
    setTimer: (/** @type {() => void} */ act, /** @type {number} */ delay) => Number(setTimeout(act, delay)),
    clearTimer: (/** @type {number} */ timer) => clearTimeout(timer),
    isFinalRefusal: (/** @type {number} */ code) => code === 0x86,
    Client: class extends FakeClient {
      /** @param {string} uri @param {string} clientId */
      constructor(uri, clientId) {
        super(uri, clientId)
        clients.push(this)
      }
    },
  }
}
