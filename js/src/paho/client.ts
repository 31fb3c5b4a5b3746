import { reportUncaught } from '../emitter.js'
import type { Load } from '../load.js'
import type { Client as ModuleClient, ConnectionLoss, Failure, Module } from '../module.js'
import { error, told } from './errors.js'
import { pahoFailure } from './failure.js'
import { Message, type Qos, type TypedArray } from './message.js'
import { address, checkConnectOptions, type ConnectionOptions, connectUris, moduleOptions, parseUri } from './options.js'
import { checkSubscribe, checkUnsubscribe, subscribe, type SubscribeOptions, unsubscribe, type UnsubscribeOptions } from './subscribe.js'
import { Trace } from './trace.js'
import { shown } from './validate.js'

export interface MQTTError {
  errorCode: number
  errorMessage: string
  /** Whether another attempt follows. */
  reconnect?: boolean
  uri?: string
}

export type OnConnectedHandler = (reconnect: boolean, uri: string) => void
export type OnConnectionLostHandler = (error: MQTTError) => void
export type OnMessageHandler = (message: Message) => void
export type TraceFunction = (record: { severity: 'Debug'; message: string }) => void

/** disconnected -> connecting -> connected -> disconnected, or with `reconnect` -> reconnecting -> connected */
type State = 'disconnected' | 'connecting' | 'connected' | 'reconnecting'

/** For publish(): one object for each combination, so that sending makes none. */
const PUBLISH_OPTIONS = ([0, 1, 2] as const).map((qos) => [false, true].map((retain) => Object.freeze({ qos, retain })))

/** The client of mqttws31.js. The constructor works at once; the module is loaded behind it. */
export class PahoClient {
  readonly #load: Load
  readonly #host: string
  readonly #port: number
  readonly #path: string
  readonly #clientId: string
  readonly #trace = new Trace()
  readonly #unacknowledged = new Map<number, Message>()
  #uri: string
  #module: Module | undefined
  #client: ModuleClient | undefined
  #state: State = 'disconnected'
  /** Counts the calls of connect() and disconnect(): what was begun before the last one is no longer wanted. */
  #round = 0
  /** disconnect() while connecting waits for the connection, as it always did. */
  #disconnectSoon = false
  #onConnected: OnConnectedHandler | undefined
  #onConnectionLost: OnConnectionLostHandler | undefined
  #onMessageDelivered: OnMessageHandler | undefined
  #onMessageArrived: OnMessageHandler | undefined

  /** Whether messages may be sent while a reconnection is under way. Default false. */
  disconnectedPublishing = false
  /** How many messages may wait then. Default 5000. */
  disconnectedBufferSize = 5000

  constructor(load: Load, given: readonly unknown[]) {
    this.#load = load
    const { host, port, path, clientId, uri } = readArguments(given)
    this.#host = host
    this.#port = port
    this.#path = path
    this.#clientId = clientId
    this.#uri = uri
    // Ahead of connect(), which reports what goes wrong.
    load().catch(() => {})
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

  /** Called when a connection stands, after onSuccess; with `reconnect`, every time. */
  get onConnected(): OnConnectedHandler | undefined {
    return this.#onConnected
  }
  set onConnected(handler: OnConnectedHandler | null | undefined) {
    this.#onConnected = checkHandler(handler, 'onConnected')
  }

  /** Called when a connection was lost, and after disconnect() with errorCode 0. */
  get onConnectionLost(): OnConnectionLostHandler | undefined {
    return this.#onConnectionLost
  }
  set onConnectionLost(handler: OnConnectionLostHandler | null | undefined) {
    this.#onConnectionLost = checkHandler(handler, 'onConnectionLost')
  }

  /** Called when a sent message is over: QoS 0 at once, QoS 1 and 2 when the broker has it. */
  get onMessageDelivered(): OnMessageHandler | undefined {
    return this.#onMessageDelivered
  }
  set onMessageDelivered(handler: OnMessageHandler | null | undefined) {
    this.#onMessageDelivered = checkHandler(handler, 'onMessageDelivered')
  }

  get onMessageArrived(): OnMessageHandler | undefined {
    return this.#onMessageArrived
  }
  set onMessageArrived(handler: OnMessageHandler | null | undefined) {
    this.#onMessageArrived = checkHandler(handler, 'onMessageArrived')
  }

  get trace(): TraceFunction | undefined {
    return this.#trace.callback
  }
  set trace(callback: TraceFunction | null | undefined) {
    this.#trace.callback = checkHandler(callback, 'onTrace')
  }

  connect(connectOptions?: ConnectionOptions | null): void {
    const options = { ...(connectOptions ?? {}) }
    checkConnectOptions(options)
    this.#trace.record('Client.connect', options, this.#state)
    if (this.#state === 'connected' || this.#state === 'connecting') throw error('INVALID_STATE', 'already connected')
    if (this.#state === 'reconnecting') this.#client?.disconnect()
    this.#state = 'connecting'
    this.#disconnectSoon = false
    const round = ++this.#round
    const uris = connectUris(options, this.#uri, this.#path)
    const invocationContext: unknown = options.invocationContext
    this.#load().then(
      (module) => {
        if (round === this.#round) this.#start(module, options, uris, options.mqttVersion ?? 4)
      },
      (reason: unknown) => {
        if (round !== this.#round) return
        this.#state = 'disconnected'
        this.#call(options.onFailure, {
          invocationContext,
          ...told('INTERNAL_ERROR', (reason as Error).message, 'No Error Stack Available'),
        })
      },
    )
  }

  subscribe(filter: string | string[], subscribeOptions?: SubscribeOptions | null): void {
    const options = { ...(subscribeOptions ?? {}) }
    checkSubscribe(filter, options)
    this.#trace.record('Client.subscribe', filter, options)
    subscribe(this.#requireConnected(), filter, options, this.#call)
  }

  unsubscribe(filter: string | string[], unsubscribeOptions?: UnsubscribeOptions | null): void {
    const options = { ...(unsubscribeOptions ?? {}) }
    checkUnsubscribe(filter, options)
    this.#trace.record('Client.unsubscribe', filter, options)
    unsubscribe(this.#requireConnected(), filter, options, this.#call)
  }

  send(message: Message): void
  send(topic: string | Message, payload: string | ArrayBuffer | TypedArray, qos?: Qos, retained?: boolean): void
  send(topic?: string | Message, payload?: string | ArrayBuffer | TypedArray, qos?: Qos, retained?: boolean): void {
    const message = outgoing(arguments.length, topic, payload, qos, retained)
    const client = this.#client
    if (this.#state !== 'connected') this.#requireBuffer()
    const quality = message.qos
    const options = PUBLISH_OPTIONS[quality]?.[Number(message.retained)]
    const operation = (client as ModuleClient).publish(
      message.destinationName,
      message.raw,
      message.properties === undefined ? options : { ...options, properties: message.properties },
    )
    if (quality > 0 || (operation !== 0 && this.#state !== 'connected')) this.#unacknowledged.set(operation, message)
    else if (this.#onMessageDelivered !== undefined) this.#call(this.#onMessageDelivered, message)
  }

  publish(message: Message): void
  publish(topic: string | Message, payload: string | ArrayBuffer | TypedArray, qos?: Qos, retained?: boolean): void
  publish(...given: unknown[]): void {
    ;(this.send as (...same: unknown[]) => void)(...given)
  }

  disconnect(): void {
    this.#trace.record('Client.disconnect')
    switch (this.#state) {
      case 'disconnected':
        throw error('INVALID_STATE', 'not connecting or connected')
      case 'connecting':
        this.#disconnectSoon = true
        return
      case 'reconnecting':
        this.#end()
        return
      case 'connected':
        this.#end()
        this.#call(this.#onConnectionLost, { ...told('OK'), reconnect: false, uri: this.#uri })
    }
  }

  isConnected(): boolean {
    return this.#state === 'connected'
  }

  getTraceLog(): unknown[] | undefined {
    return this.#trace.log
  }

  startTrace(): void {
    this.#trace.start()
  }

  stopTrace(): void {
    this.#trace.stop()
  }

  #start(module: Module, options: ConnectionOptions, uris: string[], mqttVersion: 3 | 4 | 5): void {
    const round = this.#round
    this.#module = module
    const client = (this.#client ??= new module.Client(uris[0] ?? this.#uri, this.#clientId))
    const invocationContext: unknown = options.invocationContext
    client.onConnected = (reconnected, uri) => {
      this.#state = 'connected'
      this.#uri = uri
      this.#call(options.onSuccess, { invocationContext })
      this.#call(this.#onConnected, reconnected, uri)
      if (this.#disconnectSoon) this.disconnect()
    }
    client.onConnectionLost = (loss) => this.#lost(loss, mqttVersion)
    client.onMessageArrived = (arrived) => this.#onMessageArrived?.(new Message(undefined, arrived))
    client.onPublished = (operation) => this.#delivered(operation)
    client.onPublishFailed = (operation) => this.#unacknowledged.delete(operation)
    const onFailure = (failure: Failure) => {
      if (round !== this.#round) return
      if (mqttVersion === 4 && options.mqttVersion === undefined && !this.#disconnectSoon) {
        this.#start(module, options, uris, 3)
        return
      }
      this.#state = 'disconnected'
      this.#call(options.onFailure, { invocationContext, ...this.#told(failure, mqttVersion) })
    }
    try {
      client.connect({ ...moduleOptions(options, uris, mqttVersion), onFailure })
    } catch (thrown) {
      this.#state = 'disconnected'
      this.#call(options.onFailure, { invocationContext, ...told('INTERNAL_ERROR', (thrown as Error).message, 'No Error Stack Available') })
    }
  }

  #lost(loss: ConnectionLoss, mqttVersion: 3 | 4 | 5): void {
    const wasConnected = this.#state === 'connected'
    if (!wasConnected && this.#state !== 'reconnecting') return
    this.#state = loss.reconnect ? 'reconnecting' : 'disconnected'
    if (!loss.reconnect) this.#unacknowledged.clear()
    // Attempts that fail in between are not told, except the last one.
    if (wasConnected || !loss.reconnect)
      this.#call(this.#onConnectionLost, { ...this.#told(loss, mqttVersion), reconnect: loss.reconnect, uri: loss.uri })
  }

  #end(): void {
    this.#round++
    this.#state = 'disconnected'
    this.#client?.disconnect()
  }

  #delivered(operation: number): void {
    const message = this.#unacknowledged.get(operation)
    if (message === undefined) return
    this.#unacknowledged.delete(operation)
    this.#call(this.#onMessageDelivered, message)
  }

  #requireConnected(): ModuleClient {
    if (this.#state !== 'connected' || this.#client === undefined) throw error('INVALID_STATE', 'not connected')
    return this.#client
  }

  #requireBuffer(): void {
    if (this.#state !== 'reconnecting' || !this.disconnectedPublishing) throw error('INVALID_STATE', 'not connected')
    if ((this.#client?.unfinishedMessages ?? 0) > this.disconnectedBufferSize) throw error('BUFFER_FULL', this.disconnectedBufferSize)
  }

  #told(failure: Failure, mqttVersion: number): ReturnType<typeof told> {
    return pahoFailure(failure, mqttVersion, (reasonCode) => this.#module?.describeReason(reasonCode) ?? '')
  }

  /** A handler that throws is reported as an uncaught exception, and stops nothing. */
  readonly #call = <Arguments extends unknown[]>(handler: ((...given: Arguments) => void) | undefined, ...given: Arguments): void => {
    try {
      handler?.(...given)
    } catch (thrown) {
      reportUncaught(thrown)
    }
  }
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
    throw error('INVALID_ARGUMENT', shown(clientId), 'clientId')
  return clientId
}

function checkHandler<Handler>(handler: Handler | null | undefined, name: string): Handler | undefined {
  if (typeof handler !== 'function' && handler !== null && handler !== undefined) throw error('INVALID_TYPE', typeof handler, name)
  return handler ?? undefined
}

function outgoing(count: number, topic: unknown, payload: unknown, qos: unknown, retained: unknown): Message {
  if (count === 0) throw new Error('Invalid argument.length')
  if (count === 1) {
    if (!(topic instanceof Message) && typeof topic !== 'string') throw new Error(`Invalid argument:${typeof topic}`)
    if (!(topic instanceof Message) || typeof topic.destinationName === 'undefined')
      throw error('INVALID_ARGUMENT', undefined, 'Message.destinationName')
    return topic
  }
  const message = new Message(payload as string)
  message.destinationName = topic as string
  if (count >= 3) message.qos = qos as Qos
  if (count >= 4) message.retained = retained as boolean
  return message
}
