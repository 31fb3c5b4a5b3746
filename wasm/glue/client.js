// The methods of Client that Embind does not have, and the functions of the module.

/** Embind's class, whose objects ours are. */
const BoundClient = Module.Client
/** @type {Record<string, Function>} */
const bound = BoundClient.prototype
const { connection: connectionOf, delete: deleteBound, isConnected: isBoundConnected } = bound
delete bound.connection

const longestClientId = 0xffff

/** @param {any[]} given */
function checkConstructorArguments(given) {
  if (given.length < 2 || given.length > 4) refuse('Give (host, port, path, clientId), (host, port, clientId) or (uri, clientId).')
  const clientId = given.at(-1)
  const [host, port, path = ''] = given.slice(0, -1)
  const isAsked = given.length === 2 && typeof host === 'function'
  if (isAsked) given = ['', clientId]
  else if (typeof host !== 'string' || host === '') refuse(given.length === 2 ? 'The URI is a text.' : 'The host is a text.')
  if (given.length > 2) checkInteger('The port', port, 1, 0xffff)
  if (typeof path !== 'string') refuse('The path is a text.')
  if (typeof clientId !== 'string') refuse('The client identifier is a text.')
  if (encodeText(clientId, 'The client identifier').length > longestClientId) refuse('The client identifier is longer than 65,535 bytes.')
  return given
}

const handlerNames = [
  ...['onConnected', 'onConnectionLost', 'onConnecting', 'onMessageArrived', 'onPublished', 'onPublishFailed'],
  ...['onSubscriptionLost', 'onQueueDrained', 'onError'],
]
const negotiatedNames = /** @type {const} */ ([
  ...['keepAlive', 'sessionExpiryInterval', 'receiveMaximum', 'maximumPacketSize', 'topicAliasMaximum', 'maximumQos'],
  ...['retainAvailable', 'wildcardSubscriptionAvailable', 'subscriptionIdentifierAvailable', 'sharedSubscriptionAvailable'],
])

class Client {
  /** @param {...any} given (host, port, path, clientId), (host, port, clientId) or (uri, clientId) */
  constructor(...given) {
    const [address] = given
    const client = new BoundClient(...checkConstructorArguments(given))
    try {
      if (client.uri !== '') checkUri(client.uri)
    } catch (thrown) {
      deleteBound.call(client)
      throw thrown
    }
    Object.setPrototypeOf(client, new.target.prototype)
    /** @type {Link} */
    this.$link
    const link = new Link(client, connectionOf.call(client), typeof address === 'function' ? address : client.uri)
    Object.defineProperty(client, '$link', { value: link })
    links.set(link.connection, link)
    listenToWakeUps()
    return client
  }

  /**
   * @param {ConnectOptions} [options]
   */
  connect(options = {}) {
    const link = linkOf(this)
    if (_wsmq_is_started(link.connection) && !link.stopping) refuse('The client is connected, or connecting, already.')
    const block = encodeOptions(options, link.uri)
    const kept = { ...options }
    if (!link.walking) return start(link, block, kept)
    const run = () => {
      try {
        start(link, block, kept)
      } catch (thrown) {
        const { code } = /** @type {import('../wsmq').MqttError} */ (thrown)
        callHandler(link, kept.onFailure, { ...outcomeOf(kept), ...failureOf(errorNames.indexOf(code), 0) })
      }
    }
    link.deferred.push({ run, needsEnd: true })
  }

  /**
   * @param {number} [reasonCode]
   * @returns {void}
   */
  disconnect(reasonCode = 0) {
    const link = linkOf(this)
    checkInteger('The reason code', reasonCode, 0, 0xff)
    const { connection } = link
    if (!link.walking) return void _wsmq_stop(connection, reasonCode)
    link.stopping = true
    const run = () => {
      _wsmq_stop(connection, reasonCode)
      link.stopping = false
    }
    link.deferred.push({ run, needsEnd: false })
  }

  isConnected() {
    const link = this.$link
    return link.connection !== 0 && !link.stopping && isBoundConnected.call(this)
  }

  /**
   * @param {string | (string | import('../wsmq').FilterOptions)[]} filter
   * @param {import('../wsmq').SubscribeOptions} [options]
   */
  subscribe(filter, options = {}) {
    const link = linkOf(this)
    const filters = encodeFilters(filter, options)
    const properties = encodeProperties(options.properties)
    passArguments(filters, properties)
    const operation = operationOrThrow(_wsmq_subscribe(link.connection, filters.length, properties.length), 'Subscribing')
    link.operations.set(operation, { kind: 'subscribe', options: { ...options } })
    return operation
  }

  /**
   * @param {string | string[]} filter
   * @param {import('../wsmq').UnsubscribeOptions} [options]
   */
  unsubscribe(filter, options = {}) {
    const link = linkOf(this)
    const filters = encodeFilters(filter, {})
    const properties = encodeProperties(options.properties)
    passArguments(filters, properties)
    const operation = operationOrThrow(_wsmq_unsubscribe(link.connection, filters.length, properties.length), 'Unsubscribing')
    link.operations.set(operation, { kind: 'unsubscribe', options: { ...options } })
    return operation
  }

  /**
   * @param {string} topic
   * @param {Payload} payload
   * @param {0 | 1 | 2} [qos]
   * @param {boolean} [retained]
   */
  send(topic, payload, qos = 0, retained = false) {
    const flags = publishFlags({ qos, retain: retained }) | mustBeConnected
    return publishNow(linkOf(this), topic, payload, flags, undefined)
  }

  /**
   * @param {string} topic
   * @param {Payload} payload
   * @param {import('../wsmq').PublishOptions} [options]
   */
  publish(topic, payload, options) {
    const link = linkOf(this)
    if (options === undefined) return publishNow(link, topic, payload, 0, undefined)
    return publishNow(link, topic, payload, publishFlags(options), options.properties)
  }

  /**
   * @param {Uint8Array} data
   */
  reauthenticate(data) {
    const link = linkOf(this)
    const bytes = bytesOf(data, 'The authentication data')
    passArguments(bytes)
    const error = _wsmq_reauthenticate(link.connection, bytes.length)
    if (error !== 0) throw mqttError(error, 'Authenticating anew')
  }

  delete() {
    const link = this.$link
    if (link.connection === 0) return
    writeStore(link, true)
    links.delete(link.connection)
    link.connection = 0
    link.operations.clear()
    if (links.size === 0) stopListeningToWakeUps()
    // A disconnect() of the same handler comes first.
    if (link.deferred.length > 0) link.deferred.push({ run: () => deleteBound.call(this), needsEnd: false })
    else deleteBound.call(this)
  }

  isDeleted() {
    return this.$link.connection === 0
  }

  get negotiated() {
    const cells = _wsmq_negotiated(linkOf(this).connection) >>> 2
    const entries = negotiatedNames.map((name, index) => {
      const value = HEAPU32[cells + index]
      return [name, name.endsWith('Available') ? value !== 0 : value]
    })
    return /** @type {import('../wsmq').Negotiated} */ (/** @type {unknown} */ (Object.fromEntries(entries)))
  }
}

// Of Embind's methods, these have no meaning here.
const clientPrototype = /** @type {any} */ (Object.setPrototypeOf(Client.prototype, bound))
for (const name of ['clone', 'deleteLater', 'isAliasOf']) clientPrototype[name] = undefined
if (Symbol.dispose) clientPrototype[Symbol.dispose] = clientPrototype.delete
for (const name of handlerNames) clientPrototype[name] = null
// Embind's properties are fixed, and Vue's deep proxies would change what they give: this tells it to leave clients alone.
clientPrototype.__v_skip = true

/**
 * @param {Link} link
 * @param {Uint8Array} block
 * @param {ConnectOptions} options
 */
function start(link, block, options) {
  // What is still to be told is told before the engine that knows it goes.
  if (link.scheduled && !link.walking) _wsmq_flush(link.connection)
  if (link.connection === 0) return
  writeStore(link, true)
  if (options.store !== undefined) addRecords(link, options.store)
  passArguments(block)
  const error = _wsmq_start(link.connection, block.length, randomNumber(), randomNumber())
  if (error !== 0) throw mqttError(error, 'Connecting')
  link.options = options
  link.connecting = true
  link.cause = undefined
}

/**
 * @param {string | (string | import('../wsmq').FilterOptions)[]} filter
 * @param {import('../wsmq').SubscribeOptions} defaults
 */
function encodeFilters(filter, defaults) {
  const block = new BlockWriter()
  for (const each of Array.isArray(filter) ? filter : [filter]) {
    const own = typeof each === 'object' && each !== null ? each : { topicFilter: each }
    const {
      topicFilter,
      qos = 0,
      noLocal = false,
      retainAsPublished = false,
      retainHandling = 0,
    } = { ...defaults, ...withoutUndefined(own) }
    if (typeof topicFilter === 'string' && hasLoneSurrogate(topicFilter)) throw new MqttError('invalid_topic', 'A topic filter is no text.')
    const text = encodeText(topicFilter, 'A topic filter')
    if (text.length > 0xffff) throw new MqttError('invalid_topic', 'A topic filter is too long.')
    const flags = (checkTruth('noLocal', noLocal) << 2) | (checkTruth('retainAsPublished', retainAsPublished) << 3)
    block.byte(checkInteger('qos', qos, 0, 2) | flags | (checkInteger('retainHandling', retainHandling, 0, 2) << 4))
    block.littleEndian(text.length, 2)
    block.bytes(text)
  }
  return block.taken()
}

Object.assign(Module, {
  Client,
  MqttError,
  memory: () => ({ total: HEAPU8.length, used: _wsmq_used_memory() }),
})
Object.defineProperty(Module, 'topicEpoch', { enumerable: true, get: () => topicEpoch })
