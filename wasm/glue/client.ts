// Client: a connection of C++ by its address, which Embind's functions and the exports of calls.cpp take.
import { NegotiatedRow, PublishFlag } from '../boundary/calls.js'
import type {
  Client as Contract,
  ConnectOptions,
  FilterOptions,
  Negotiated,
  Payload,
  PublishOptions,
  SubscribeOptions,
  UnsubscribeOptions,
} from '../wsmq.js'
import { type Place, readConstructorArguments } from './address.js'
import { bytesOf, passArguments, randomNumber } from './bytes.js'
import { type ErrorName } from '../boundary/engine.js'
import { errorNumber, MqttError, mqttError, operationOrThrow, refuse } from './errors.js'
import { failureOf, outcomeOf } from './failure.js'
import { encodeFilters } from './filters.js'
import { callHandler, Link, linkOf, links } from './link.js'
import { checkInteger, encodeOptions } from './options.js'
import { encodeProperties } from './properties.js'
import { publishFlags, publishNow } from './publish.js'
import { addRecords, writeStore } from './store.js'
import { listenToWakeUps, stopListeningToWakeUps } from './wake.js'

const handlerNames = [
  ...['onConnected', 'onConnectionLost', 'onConnecting', 'onMessageArrived', 'onPublished', 'onPublishFailed'],
  ...['onSubscriptionLost', 'onQueueDrained', 'onBytes', 'onTimersThrottled', 'onError'],
]

export class Client implements Contract {
  declare readonly $link: Link
  declare readonly $place: Place

  /** @param given (host, port, path, clientId), (host, port, clientId) or (uri, clientId) */
  constructor(...given: unknown[]) {
    const { place, uri, clientId } = readConstructorArguments(given)
    const connection = Module.createConnection(typeof uri === 'function' ? '' : uri, clientId)
    const link = new Link(this, connection, uri)
    Object.defineProperties(this, { $link: { value: link }, $place: { value: place } })
    links.set(connection, link)
    listenToWakeUps()
  }

  get host(): string {
    return this.$place.host
  }

  get port(): number {
    return this.$place.port
  }

  get path(): string {
    return this.$place.path
  }

  get uri(): string {
    return Module.uriOf(linkOf(this).connection)
  }

  get clientId(): string {
    return Module.clientIdOf(linkOf(this).connection)
  }

  get unfinishedMessages(): number {
    return _wsmq_unfinished_messages(linkOf(this).connection)
  }

  get unfinishedBytes(): number {
    return _wsmq_unfinished_bytes(linkOf(this).connection)
  }

  connect(options: ConnectOptions = {}): void {
    const link = linkOf(this)
    const { dispatch } = link
    if (_wsmq_is_started(link.connection) && !dispatch.isStopping) refuse('The client is connected, or connecting, already.')
    const block = encodeOptions(options, link.uri)
    const kept = { ...options }
    if (!dispatch.isRunning) return start(link, block, kept)
    dispatch.defer('connect', () => {
      try {
        start(link, block, kept)
      } catch (thrown) {
        const error = errorNumber((thrown as MqttError).code as ErrorName)
        callHandler(link, kept.onFailure, { ...outcomeOf(kept), ...failureOf(error, 0) })
      }
    })
  }

  disconnect(reasonCode = 0): void {
    const { connection, dispatch } = linkOf(this)
    checkInteger('The reason code', reasonCode, 0, 0xff)
    const run = () => _wsmq_stop(connection, reasonCode)
    if (dispatch.isRunning) dispatch.defer('disconnect', run)
    else run()
  }

  isConnected() {
    const link = this.$link
    return link.connection !== 0 && !link.dispatch.isStopping && _wsmq_is_connected(link.connection) !== 0
  }

  subscribe(filter: string | (string | FilterOptions)[], options: SubscribeOptions = {}) {
    const link = linkOf(this)
    const filters = encodeFilters(filter, options)
    const properties = encodeProperties(options.properties)
    passArguments(filters, properties)
    const operation = operationOrThrow(_wsmq_subscribe(link.connection, filters.length, properties.length), 'Subscribing')
    link.operations.set(operation, { kind: 'subscribe', options: { ...options } })
    return operation
  }

  unsubscribe(filter: string | string[], options: UnsubscribeOptions = {}) {
    const link = linkOf(this)
    const filters = encodeFilters(filter, {})
    const properties = encodeProperties(options.properties)
    passArguments(filters, properties)
    const operation = operationOrThrow(_wsmq_unsubscribe(link.connection, filters.length, properties.length), 'Unsubscribing')
    link.operations.set(operation, { kind: 'unsubscribe', options: { ...options } })
    return operation
  }

  send(topic: string, payload: Payload, qos: 0 | 1 | 2 = 0, retained = false) {
    const flags = publishFlags({ qos, retain: retained }) | PublishFlag.mustBeConnected
    return publishNow(linkOf(this), topic, payload, flags, undefined)
  }

  publish(topic: string, payload: Payload, options?: PublishOptions) {
    const link = linkOf(this)
    if (options === undefined) return publishNow(link, topic, payload, 0, undefined)
    return publishNow(link, topic, payload, publishFlags(options), options.properties)
  }

  cancel(operation: number): void {
    _wsmq_cancel(linkOf(this).connection, operation)
  }

  wakeUp(): void {
    _wsmq_wake_up(linkOf(this).connection)
  }

  reconnect(): void {
    _wsmq_reconnect(linkOf(this).connection)
  }

  flush(): void {
    _wsmq_flush(linkOf(this).connection)
  }

  reauthenticate(data: Uint8Array) {
    const link = linkOf(this)
    const bytes = bytesOf(data, 'The authentication data')
    passArguments(bytes)
    const error = _wsmq_reauthenticate(link.connection, bytes.length)
    if (error !== 0) throw mqttError(error, 'Authenticating anew')
  }

  delete(): void {
    const link = this.$link
    const { connection, dispatch } = link
    if (connection === 0) return
    writeStore(link, true)
    links.delete(connection)
    link.connection = 0
    link.operations.clear()
    if (links.size === 0) stopListeningToWakeUps()
    const run = () => _wsmq_destroy(connection)
    // A disconnect() of the same handler comes first.
    if (dispatch.hasCalls) dispatch.defer('delete', run)
    else run()
  }

  isDeleted() {
    return this.$link.connection === 0
  }

  get negotiated(): Negotiated {
    const row = _wsmq_negotiated(linkOf(this).connection) >>> 2
    const value = (cell: NegotiatedRow) => HEAPU32[row + cell]
    return {
      keepAlive: value(NegotiatedRow.keepAlive),
      sessionExpiryInterval: value(NegotiatedRow.sessionExpiryInterval),
      receiveMaximum: value(NegotiatedRow.receiveMaximum),
      maximumPacketSize: value(NegotiatedRow.maximumPacketSize),
      topicAliasMaximum: value(NegotiatedRow.topicAliasMaximum),
      maximumQos: value(NegotiatedRow.maximumQos) as 0 | 1 | 2,
      retainAvailable: value(NegotiatedRow.retainAvailable) !== 0,
      wildcardSubscriptionAvailable: value(NegotiatedRow.wildcardSubscriptionAvailable) !== 0,
      subscriptionIdentifierAvailable: value(NegotiatedRow.subscriptionIdentifierAvailable) !== 0,
      sharedSubscriptionAvailable: value(NegotiatedRow.sharedSubscriptionAvailable) !== 0,
    }
  }
}

const prototype = Client.prototype as unknown as Record<string | symbol, unknown>
if (Symbol.dispose) prototype[Symbol.dispose] = prototype['delete']
for (const name of handlerNames) prototype[name] = null
// The properties $link and $place are fixed, and Vue's deep proxies would change what they give: Vue leaves such objects alone.
prototype['__v_skip'] = true

function start(link: Link, block: Uint8Array, options: ConnectOptions) {
  // start() may replace the engine: events that it still holds are reported first.
  if (link.scheduled && !link.dispatch.isRunning) _wsmq_flush(link.connection)
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
