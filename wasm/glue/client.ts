// The methods of Client that Embind does not have, and the functions of the module.
import { NegotiatedRow, PublishFlag } from '../boundary/calls.js'
import type {
  Address,
  Client as Contract,
  ConnectOptions,
  FilterOptions,
  Negotiated,
  Payload,
  PublishOptions,
  SubscribeOptions,
  UnsubscribeOptions,
} from '../wsmq.js'
import { bytesOf, encodeText, passArguments, randomNumber } from './bytes.js'
import { type ErrorName } from '../boundary/engine.js'
import { errorNumber, MqttError, mqttError, operationOrThrow, refuse } from './errors.js'
import { failureOf, outcomeOf } from './failure.js'
import { encodeFilters } from './filters.js'
import { callHandler, Link, linkOf, links, type LinkedClient } from './link.js'
import { checkInteger, checkUri, encodeOptions } from './options.js'
import { encodeProperties } from './properties.js'
import { publishFlags, publishNow } from './publish.js'
import { addRecords, writeStore } from './store.js'
import { listenToWakeUps, stopListeningToWakeUps } from './wake.js'

/** Embind's class. Objects of ours are its objects, with another prototype. */
const BoundClient = Module.Client as unknown as { new (...given: unknown[]): BoundClientObject; prototype: BoundClientObject }
interface BoundClientObject extends LinkedClient {
  connection?(): number
}
const bound = BoundClient.prototype
const { connection: connectionOf, delete: deleteBound, isConnected: isBoundConnected } = bound
delete bound.connection

const longestClientId = 0xffff

function checkConstructorArguments(given: unknown[]): unknown[] {
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

type Added =
  | ('connect' | 'disconnect' | 'isConnected' | 'subscribe' | 'unsubscribe' | 'send' | 'publish')
  | ('reauthenticate' | 'delete' | 'isDeleted' | 'negotiated')
/** Embind's methods and properties, and handlers: the class below has them by its prototype. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unsafe-declaration-merging
export interface Client extends Omit<Contract, Added> {}

// eslint-disable-next-line @typescript-eslint/no-unsafe-declaration-merging
export class Client {
  declare readonly $link: Link

  /** @param given (host, port, path, clientId), (host, port, clientId) or (uri, clientId) */
  constructor(...given: unknown[]) {
    const [address] = given
    const client = new BoundClient(...checkConstructorArguments(given))
    try {
      if (client.uri !== '') checkUri(client.uri)
    } catch (thrown) {
      deleteBound.call(client)
      throw thrown
    }
    Object.setPrototypeOf(client, new.target.prototype as object)
    const link = new Link(client, connectionOf!.call(client), typeof address === 'function' ? (address as Address) : client.uri)
    Object.defineProperty(client, '$link', { value: link })
    links.set(link.connection, link)
    listenToWakeUps()
    return client as unknown as this
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
    return link.connection !== 0 && !link.dispatch.isStopping && isBoundConnected.call(this)
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

  reauthenticate(data: Uint8Array) {
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
    const run = () => deleteBound.call(this as unknown as BoundClientObject)
    if (link.dispatch.hasCalls) link.dispatch.defer('delete', run)
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

// Methods of Embind that have no meaning here.
const clientPrototype = Object.setPrototypeOf(Client.prototype, bound) as Record<string | symbol, unknown>
for (const name of ['clone', 'deleteLater', 'isAliasOf']) clientPrototype[name] = undefined
if (Symbol.dispose) clientPrototype[Symbol.dispose] = clientPrototype.delete
for (const name of handlerNames) clientPrototype[name] = null
// Embind's properties are fixed, and Vue's deep proxies would change what they give: this tells it to leave clients alone.
clientPrototype.__v_skip = true

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
