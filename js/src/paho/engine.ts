// Drives the module's client for a Paho client: tries addresses and versions in turn, tracks messages in flight, and
// reconnects in one of two ways.
import { reportUncaught } from '../emitter.js'
import type { ErrorCode } from '../errors.js'
import { publishFailed } from '../failure.js'
import type { Load } from '../load.js'
import type { Address, Client as ModuleClient, ConnectionLoss, Failure, Module, Properties } from '../module.js'
import { redactedUri } from '../redacted-uri.js'
import { StrictReconnector } from './strict-reconnector.js'
import { error, errorDetails, type ErrorDetails } from './errors.js'
import { pahoFailure } from './failure.js'
import type { Handlers } from './handlers.js'
import { Message } from './message.js'
import { moduleOptions } from './options.js'
import type { Persistence } from './persistence.js'
import type { Plan } from './plan.js'
import { sendable } from './utf8.js'

/** disconnected -> connecting -> connected -> disconnected, or with `reconnect` -> reconnecting -> connected */
export type State = 'disconnected' | 'connecting' | 'connected' | 'reconnecting'

/** For publish(): one object for each combination, so that sending allocates none. */
const PUBLISH_OPTIONS = ([0, 1, 2] as const).map((qos) => [false, true].map((retain) => Object.freeze({ qos, retain })))
const RETAINED = PUBLISH_OPTIONS[0]?.[1]

export class Engine {
  readonly #load: Load
  readonly #clientId: string
  readonly #handlers: Handlers
  readonly #persistence: Persistence
  readonly #unacknowledged = new Map<number, Message>()
  /** With `strict`, what was sent while there was no connection. */
  #queue: Message[] = []
  #module: Module | undefined
  #client: ModuleClient | undefined
  #plan: Plan | undefined
  #reconnector: StrictReconnector | undefined
  /** disconnect() while connecting waits for the connection, as in mqttws31.js. */
  #disconnectSoon = false
  state: State = 'disconnected'

  constructor(load: Load, clientId: string, handlers: Handlers, persistence: Persistence) {
    this.#load = load
    this.#clientId = clientId
    this.#handlers = handlers
    this.#persistence = persistence
    persistence.onDelivered = (message) => this.call(handlers.onMessageDelivered, message)
    persistence.onArrived = (message) => this.call(handlers.onMessageArrived, message)
    // Ahead of connect(), which reports a failure.
    load().then(
      (module) => (this.#module = module),
      () => {},
    )
  }

  /** The number of messages without acknowledgement, and of queued ones. */
  get unfinished(): number {
    return this.#queue.length + (this.#client?.unfinishedMessages ?? 0)
  }

  get strict(): boolean {
    return this.#plan?.strict === true
  }

  get mqttVersion(): number {
    return this.#plan?.version ?? 4
  }

  connect(plan: Plan): void {
    const wasReconnecting = this.state === 'reconnecting'
    this.#reconnector?.stop()
    this.state = 'connecting'
    this.#disconnectSoon = false
    this.#plan = plan
    // Its events no longer belong to the plan.
    if (wasReconnecting) this.#client?.disconnect()
    if (this.#module !== undefined) {
      this.#start(this.#module, plan)
      return
    }
    this.#load().then(
      (module) => {
        this.#module = module
        if (plan === this.#plan) this.#start(module, plan)
      },
      (reason: unknown) => {
        if (plan === this.#plan) this.#fail(plan, internalError(reason))
      },
    )
  }

  /** Throws without a connection. */
  requireConnected(): ModuleClient {
    if (this.state !== 'connected' || this.#client === undefined) throw error('INVALID_STATE', 'not connected')
    return this.#client
  }

  /** `most`: how many messages may wait without a connection; undefined: none. */
  send(message: Message, most: number | undefined): void {
    const isConnected = this.state === 'connected'
    if (!isConnected) {
      if (this.state !== 'reconnecting' || most === undefined) throw error('INVALID_STATE', 'not connected')
      if (this.unfinished > most) throw error('BUFFER_FULL', most)
      if (this.strict) {
        this.#queue.push(message)
        if (message.qos > 0 && this.#plan?.cleanSession === false) this.#persistence.keep(message)
        return
      }
    }
    this.#publish(message, isConnected)
  }

  /** Publishes at QoS 0 without reporting the delivery. Returns false if that is not possible: send() it. */
  sendUnobserved(topic: string, payload: string | Uint8Array, retained: boolean): boolean {
    if (this.state !== 'connected' || this.#handlers.onMessageDelivered !== undefined) return false
    ;(this.#client as ModuleClient).publish(topic, sendable(payload), retained ? RETAINED : undefined)
    return true
  }

  disconnect(): void {
    const plan = this.#plan
    switch (this.state) {
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
        this.call(this.#handlers.onConnectionLost, {
          ...errorDetails('OK'),
          reconnect: plan?.options.reconnect,
          uri: redactedUri(plan?.uri ?? ''),
        })
    }
  }

  /** What a handler throws stops nothing; with `strict` it ends the connection, and this returns false. */
  readonly call = <Arguments extends unknown[]>(handler: ((...given: Arguments) => void) | undefined, ...given: Arguments): boolean => {
    try {
      handler?.(...given)
      return true
    } catch (thrown) {
      if (!this.strict || this.state !== 'connected') {
        this.report(thrown)
        return true
      }
      this.#breakDown(thrown)
      return false
    }
  }

  report(thrown: unknown): void {
    const { onError } = this.#handlers
    if (onError === undefined) return reportUncaught(thrown)
    try {
      onError(thrown)
    } catch (again) {
      reportUncaught(again)
    }
  }

  #start(module: Module, plan: Plan): void {
    try {
      this.#attempt(module, plan, plan.strict && plan.cleanSession, (failure) => this.#notConnected(module, plan, failure))
    } catch (thrown) {
      this.#fail(plan, internalError(thrown))
    }
  }

  /** `forget`: discards the stored messages, as their session has ended. */
  #attempt(module: Module, plan: Plan, forget: boolean, onFailure: (failure: Failure) => void): void {
    if (this.#client === undefined) {
      this.#client = new module.Client(plan.uris[0] as Address, this.#clientId)
      this.#persistence.offer()
    }
    const client = this.#client
    client.onConnecting = (uri) => (plan.uri = uri)
    client.onConnected = (reconnected, uri, _, properties) => this.#connected(plan, reconnected, uri, properties)
    client.onConnectionLost = (loss) => this.#lost(plan, loss)
    client.onMessageArrived = (arrived) => this.#arrived(new Message(undefined, arrived))
    client.onPublished = (operation, reasonCode, properties) => this.#delivered(operation, reasonCode, properties)
    client.onPublishFailed = (operation, code) => this.#failed(operation, code)
    client.onError = (thrown) => this.report(thrown)
    client.connect({ ...moduleOptions(plan), store: this.#persistence.session(forget), onFailure })
  }

  /** Tries the next address, then all of them with MQTT 3.1, then fails. */
  #notConnected(module: Module, plan: Plan, failure: Failure): void {
    if (plan !== this.#plan || this.state !== 'connecting') return
    const next = plan.uris.indexOf(plan.uri) + 1
    // The module tries the next address itself, except after a final refusal.
    if (next > 0 && next < plan.uris.length) {
      plan.uris = plan.uris.slice(next)
      this.#start(module, plan)
      return
    }
    if (plan.version === 4 && !plan.isExplicit) {
      plan.fallBack()
      this.#start(module, plan)
      return
    }
    this.#fail(plan, this.#detailsOf(failure))
  }

  #fail(plan: Plan, failure: ErrorDetails): void {
    this.state = 'disconnected'
    this.#rest()
    this.call(plan.options.onFailure, { ...plan.context, ...failure })
  }

  #connected(plan: Plan, reconnected: boolean, uri: string, properties: Properties): void {
    if (plan !== this.#plan || this.state === 'disconnected') return
    const isReconnection = reconnected || this.#reconnector?.isRunning === true
    this.#reconnector?.stop()
    this.state = 'connected'
    plan.uri = uri
    this.#sendQueue(plan)
    for (const [operation, message] of [...this.#unacknowledged]) if (message.qos === 0) this.#delivered(operation, 0)
    const outcome = plan.version === 5 ? { ...plan.context, properties } : plan.context
    if (!this.call(plan.options.onSuccess, outcome)) return
    if (!this.call(this.#handlers.onConnected, isReconnection, uri)) return
    if (this.#disconnectSoon && this.isConnected) this.disconnect()
  }

  get isConnected(): boolean {
    return this.state === 'connected'
  }

  #lost(plan: Plan, loss: ConnectionLoss): void {
    if (plan !== this.#plan || (this.state !== 'connected' && this.state !== 'reconnecting')) return
    if (this.#reconnector?.isRunning === true) return
    const wasConnected = this.isConnected
    const goesOn = plan.strict ? plan.options.reconnect === true : loss.reconnect
    // Of attempts that fail in between, only the last one is reported.
    if (wasConnected || !goesOn) this.#ended(plan, this.#detailsOf(loss), goesOn)
  }

  #ended(plan: Plan, why: ErrorDetails, goesOn: boolean): void {
    this.state = goesOn ? 'reconnecting' : 'disconnected'
    if (!goesOn) this.#rest()
    if (!goesOn && plan.cleanSession) this.#unacknowledged.clear()
    const reconnect = goesOn === (plan.options.reconnect === true) ? plan.options.reconnect : goesOn
    this.call(this.#handlers.onConnectionLost, { ...why, reconnect, uri: redactedUri(plan.uri) })
    if (goesOn && plan.strict && this.isReconnecting(plan)) this.#reconnectStrictly(plan)
  }

  isReconnecting(plan: Plan): boolean {
    return this.state === 'reconnecting' && plan === this.#plan
  }

  /** Like mqttws31.js: at the first address, with its times. */
  #reconnectStrictly(plan: Plan): void {
    plan.uris = plan.allUris.slice(0, 1)
    this.#reconnector = new StrictReconnector(plan.timeout, (over) => {
      this.#attempt(this.#module as Module, plan, plan.cleanSession, (failure) => over(failure.error === 'connection_refused'))
    })
    this.#reconnector.start()
  }

  /** Ends without a DISCONNECT, as after an error of the connection. */
  #breakDown(thrown: unknown): void {
    const plan = this.#plan as Plan
    this.#drop()
    this.#ended(plan, internalError(thrown), plan.options.reconnect === true)
  }

  #end(): void {
    this.#reconnector?.stop()
    this.state = 'disconnected'
    this.#queue = []
    this.#client?.disconnect()
    this.#rest()
  }

  /** Frees the module's client, unless it has messages for the next connect(). Not while handlers run. */
  #rest(): void {
    setTimeout(() => {
      if (this.state === 'disconnected' && this.#client?.unfinishedMessages === 0) this.#drop()
    })
  }

  #drop(): void {
    this.#client?.delete()
    this.#client = undefined
    this.#unacknowledged.clear()
  }

  #publish(message: Message, isConnected: boolean): void {
    const { qos, properties } = message
    const { onMessageDelivered } = this.#handlers
    // With `strict`, send() throws what the handler throws, and sends nothing.
    const isFirst = this.strict && qos === 0 && isConnected
    if (isFirst) onMessageDelivered?.(message)
    const options = PUBLISH_OPTIONS[qos]?.[Number(message.retained)]
    const operation = (this.#client as ModuleClient).publish(
      message.destinationName,
      message.raw,
      properties === undefined ? options : { ...options, properties },
    )
    if (qos > 0 || (operation !== 0 && !isConnected)) this.#unacknowledged.set(operation, message)
    else if (!isFirst && onMessageDelivered !== undefined) this.call(onMessageDelivered, message)
  }

  /** With a clean session, messages of QoS 1 and 2 are lost, as in mqttws31.js. */
  #sendQueue(plan: Plan): void {
    const queue = this.#queue
    this.#queue = []
    for (const message of queue) {
      this.#persistence.letGo(message)
      if (message.qos === 0 || !plan.cleanSession) this.#publish(message, true)
    }
  }

  #arrived(message: Message): void {
    const { onMessageArrived } = this.#handlers
    if (onMessageArrived !== undefined && this.state === 'connected') this.call(onMessageArrived, message)
  }

  #delivered(operation: number, reasonCode: number, properties?: Properties): void {
    const message = this.#unacknowledged.get(operation)
    if (message === undefined) return
    this.#unacknowledged.delete(operation)
    const { onMessageDelivered } = this.#handlers
    if (this.mqttVersion < 5) this.call(onMessageDelivered, message)
    else this.call(onMessageDelivered, message, { reasonCode, ...(properties === undefined ? {} : { properties }) })
  }

  /** mqttws31.js has no handler for messages that fail: onError is called, except for those ended on purpose. */
  #failed(operation: number, code: string): void {
    const topic = this.#unacknowledged.get(operation)?.destinationName
    this.#unacknowledged.delete(operation)
    if (code !== 'stopped' && code !== 'cancelled') this.report(publishFailed(code as ErrorCode, topic))
  }

  #detailsOf(failure: Failure): ErrorDetails {
    const { reasonCode, reasonString, properties } = failure
    const classic = pahoFailure(failure, this.mqttVersion, (code) => this.#module?.describeReason(code) ?? '')
    if (this.mqttVersion < 5) return classic
    return {
      ...classic,
      reasonCode,
      ...(reasonString === undefined ? {} : { reasonString }),
      ...(properties === undefined ? {} : { properties }),
    }
  }
}

function internalError(thrown: unknown): ErrorDetails {
  return errorDetails('INTERNAL_ERROR', (thrown as Partial<Error> | null | undefined)?.message ?? thrown, 'No Error Stack Available')
}
