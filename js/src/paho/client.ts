import type { Load } from '../load.js'
import { seeThroughProxies } from '../proxies.js'
import { Engine } from './engine.js'
import { error } from './errors.js'
import type {
  Handlers,
  OnConnectedHandler,
  OnConnectionLostHandler,
  OnErrorHandler,
  OnMessageDeliveredHandler,
  OnMessageHandler,
} from './handlers.js'
import { isMessage, Message, type Qos, type TypedArray } from './message.js'
import { addOlderNames } from './older-names.js'
import { address, checkConnectOptions, type ConnectionOptions, parseUri } from './options.js'
import { Persistence } from './persistence.js'
import { Plan } from './plan.js'
import { checkSubscribe, checkUnsubscribe, subscribe, type SubscribeOptions, unsubscribe, type UnsubscribeOptions } from './subscribe.js'
import { Trace, type TraceFunction } from './trace.js'
import { asText } from './validate.js'

/** In the order in which mqttws31.js has them on its objects. */
const METHODS = [
  ...(['connect', 'subscribe', 'unsubscribe', 'send', 'publish', 'disconnect'] as const),
  ...(['getTraceLog', 'startTrace', 'stopTrace', 'isConnected'] as const),
]

/** The client of mqttws31.js. The constructor returns at once; the module is loaded meanwhile. */
export class PahoClient {
  readonly #host: string
  readonly #port: number
  readonly #path: string
  readonly #clientId: string
  readonly #trace = new Trace()
  readonly #handlers: Handlers = {}
  readonly #engine: Engine
  #uri: string
  #disconnectedPublishing: unknown = false
  #disconnectedBufferSize: unknown = 5000

  constructor(load: Load, given: readonly unknown[]) {
    const { host, port, path, clientId, uri } = readArguments(given)
    seeThroughProxies(this, PahoClient)
    this.#host = host
    this.#port = port
    this.#path = path
    this.#clientId = clientId
    this.#uri = uri
    const persistence = new Persistence(host, port, path, clientId)
    persistence.onError = (thrown) => this.#notStored(thrown)
    this.#engine = new Engine(load, clientId, this.#handlers, persistence)
    // Bound, so that they work without their object; own properties, as in mqttws31.js.
    for (const name of METHODS) {
      const value: unknown = this[name].bind(this)
      Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true })
    }
  }

  get host(): string {
    return this.#host
  }
  set host(_: string) {
    throw error('UNSUPPORTED_OPERATION')
  }

  get port(): number {
    return this.#port
  }
  set port(_: number) {
    throw error('UNSUPPORTED_OPERATION')
  }

  get path(): string {
    return this.#path
  }
  set path(_: string) {
    throw error('UNSUPPORTED_OPERATION')
  }

  get uri(): string {
    return this.#uri
  }
  set uri(_: string) {
    throw error('UNSUPPORTED_OPERATION')
  }

  get clientId(): string {
    return this.#clientId
  }
  set clientId(_: string) {
    throw error('UNSUPPORTED_OPERATION')
  }

  // The community types have no undefined handlers, and code is written against them.

  /** Called after onSuccess of connect(), and after every reconnection. */
  get onConnected(): OnConnectedHandler {
    return this.#handlers.onConnected as OnConnectedHandler
  }
  set onConnected(handler: OnConnectedHandler | null | undefined) {
    this.#handlers.onConnected = checkHandler(handler, 'onConnected')
  }

  /** Called when a connection is lost, and after disconnect() with errorCode 0. */
  get onConnectionLost(): OnConnectionLostHandler {
    return this.#handlers.onConnectionLost as OnConnectionLostHandler
  }
  set onConnectionLost(handler: OnConnectionLostHandler | null | undefined) {
    this.#handlers.onConnectionLost = checkHandler(handler, 'onConnectionLost')
  }

  /** Called when a message is sent (QoS 0), or acknowledged by the broker (QoS 1 and 2). */
  get onMessageDelivered(): OnMessageDeliveredHandler {
    return this.#handlers.onMessageDelivered as OnMessageDeliveredHandler
  }
  set onMessageDelivered(handler: OnMessageDeliveredHandler | null | undefined) {
    this.#handlers.onMessageDelivered = checkHandler(handler, 'onMessageDelivered')
  }

  get onMessageArrived(): OnMessageHandler {
    return this.#handlers.onMessageArrived as OnMessageHandler
  }
  set onMessageArrived(handler: OnMessageHandler | null | undefined) {
    this.#handlers.onMessageArrived = checkHandler(handler, 'onMessageArrived')
  }

  get trace(): TraceFunction | undefined {
    return this.#trace.callback
  }
  set trace(callback: TraceFunction | null | undefined) {
    this.#trace.callback = checkHandler(callback, 'onTrace')
  }

  /**
   * Not in mqttws31.js. Called with what handlers throw, with messages that were not delivered, and if messages cannot be
   * stored. Without it the last is a warning on the console, and the others are uncaught exceptions.
   */
  get onError(): OnErrorHandler | undefined {
    return this.#handlers.onError
  }
  set onError(handler: OnErrorHandler | null | undefined) {
    this.#handlers.onError = checkHandler(handler, 'onError')
  }

  /** Whether messages may be sent while the client reconnects. Default false. */
  get disconnectedPublishing(): boolean {
    return this.#disconnectedPublishing as boolean
  }
  set disconnectedPublishing(wanted: boolean) {
    this.#disconnectedPublishing = wanted
  }

  /** How many messages may wait then. Default 5,000. */
  get disconnectedBufferSize(): number {
    return this.#disconnectedBufferSize as number
  }
  set disconnectedBufferSize(most: number) {
    this.#disconnectedBufferSize = most
  }

  connect(connectOptions?: ConnectionOptions | null): void {
    const given = connectOptions ?? {}
    const options = { ...given }
    checkConnectOptions(options)
    this.#trace.record('Client.connect', options, this.#engine.isConnected)
    const { state } = this.#engine
    if (state === 'connected' || state === 'connecting') throw error('INVALID_STATE', 'already connected')
    const plan = new Plan(options, given, this.#uri, this.#path)
    // With `hosts` and `ports`, `uri` is the last of them, as in mqttws31.js.
    this.#uri = lastAddress(options, this.#path) ?? this.#uri
    this.#engine.connect(plan)
  }

  subscribe(filter: string | string[], subscribeOptions?: SubscribeOptions | null): void {
    const options = { ...subscribeOptions }
    checkSubscribe(filter, options)
    this.#trace.record('Client.subscribe', filter, options)
    const client = this.#engine.requireConnected()
    if (this.#engine.strict && subscribeOptions) subscribeOptions.qos = options.qos ?? 0
    subscribe(client, filter, options, this.#engine)
  }

  unsubscribe(filter: string | string[], unsubscribeOptions?: UnsubscribeOptions | null): void {
    const options = { ...unsubscribeOptions }
    checkUnsubscribe(filter, options)
    this.#trace.record('Client.unsubscribe', filter, options)
    unsubscribe(this.#engine.requireConnected(), filter, options, this.#engine)
  }

  send(message: Message): void
  send(topic: string | Message, payload: string | ArrayBuffer | TypedArray, qos?: Qos, retained?: boolean): void
  send(topic?: string | Message, payload?: string | ArrayBuffer | TypedArray, qos?: Qos, retained?: boolean): void {
    // The hot path: no handler needs a Message.
    const isPlain =
      typeof topic === 'string' &&
      (typeof payload === 'string' || payload instanceof Uint8Array) &&
      (qos === 0 || arguments.length === 2) &&
      (typeof retained === 'boolean' || arguments.length < 4)
    if (isPlain && !this.#trace.isOn && this.#engine.sendUnobserved(topic, payload, retained === true)) return
    const message = outgoing(arguments.length, topic, payload, qos, retained)
    if (this.#trace.isOn) this.#trace.record('Client.send', message)
    const { disconnectedPublishing, disconnectedBufferSize } = this
    this.#engine.send(message, disconnectedPublishing ? disconnectedBufferSize : undefined)
  }

  publish(message: Message): void
  publish(topic: string | Message, payload: string | ArrayBuffer | TypedArray, qos?: Qos, retained?: boolean): void
  publish(...given: unknown[]): void {
    ;(this.send as (...same: unknown[]) => void)(...given)
  }

  disconnect(): void {
    this.#trace.record('Client.disconnect')
    this.#engine.disconnect()
  }

  isConnected(): boolean {
    return this.#engine.isConnected
  }

  /** Undefined unless startTrace() was called, which the community types do not say. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  getTraceLog(): any[] {
    if (this.#trace.log !== undefined) this.#trace.record('Client.getTraceLog', new Date(), this.#engine.unfinished)
    return this.#trace.log as string[]
  }

  startTrace(): void {
    this.#trace.start()
  }

  stopTrace(): void {
    this.#trace.stop()
  }

  /** Not an exception, as delivery goes on from memory. */
  #notStored(thrown: unknown): void {
    const text = `Messages in flight cannot be stored, and do not survive a reload: ${String(thrown)}`
    this.#trace.record(text)
    if (this.onError === undefined) console.warn(text)
    else this.#engine.report(thrown)
  }
}

addOlderNames(PahoClient.prototype, [
  ...['host', 'port', 'path', 'uri', 'clientId', 'trace', 'disconnectedPublishing', 'disconnectedBufferSize'],
  ...['onConnected', 'onConnectionLost', 'onMessageDelivered', 'onMessageArrived'],
])

function lastAddress({ hosts, ports }: ConnectionOptions, path: string): string | undefined {
  if (hosts == null || ports == null) return undefined
  return address(hosts.at(-1) ?? '', ports.at(-1) ?? NaN, path)
}

function readArguments(given: readonly unknown[]): { host: string; port: number; path: string; clientId: string; uri: string } {
  const [host, port] = given
  if (typeof host !== 'string') throw error('INVALID_TYPE', typeof host, 'host')
  if (given.length === 2) return { ...parseUri(host), clientId: checkClientId(port), uri: host }
  if (typeof port !== 'number' || port < 0) throw error('INVALID_TYPE', typeof port, 'port')
  const [path, clientId] = given.length === 3 ? ['/mqtt', given[2]] : [given[2], given[3]]
  if (typeof path !== 'string') throw error('INVALID_TYPE', typeof path, 'path')
  return { host, port, path, clientId: checkClientId(clientId), uri: address(host, port, path) }
}

function checkClientId(clientId: unknown): string {
  if (clientId === undefined || clientId === null) throw new TypeError(`Cannot read properties of ${clientId} (reading 'length')`)
  // At least as many as code points.
  if (typeof clientId !== 'string' || (clientId.length > 65_535 && Array.from(clientId).length > 65_535))
    throw error('INVALID_ARGUMENT', asText(clientId), 'clientId')
  return clientId
}

function checkHandler<Handler>(handler: Handler | null | undefined, name: string): Handler | undefined {
  if (typeof handler !== 'function' && handler !== null && handler !== undefined) throw error('INVALID_TYPE', typeof handler, name)
  return handler ?? undefined
}

function outgoing(count: number, topic: unknown, payload: unknown, qos: unknown, retained: unknown): Message {
  if (count === 0) throw new Error('Invalid argument.length')
  if (count === 1) {
    if (!isMessage(topic) && typeof topic !== 'string') throw new Error(`Invalid argument:${typeof topic}`)
    if (!isMessage(topic) || typeof topic.destinationName === 'undefined')
      throw error('INVALID_ARGUMENT', undefined, 'Message.destinationName')
    return topic
  }
  const message = new Message(payload as string)
  message.destinationName = topic as string
  if (count >= 3) message.qos = qos as Qos
  if (count >= 4) message.retained = retained as boolean
  return message
}
