/// <reference lib="esnext.disposable" preserve="true" />
import { checkOptions } from './check.js'
import { moduleOptions } from './connect-options.js'
import { Emitter, reportUncaught } from './emitter.js'
import { InvalidArgumentError, MqttError } from './errors.js'
import { callError, connectionError, thrownError } from './failure.js'
import { NO_PARAMS, type TopicParams } from './filter.js'
import { Held } from './held.js'
import { Message } from './message.js'
import type { ArrivedMessage, Client, Failure, Module, Negotiated, Payload, Properties } from './module.js'
import type { ConnectOptions, DisconnectOptions, PublishOptions, SubscribeOptions } from './options.js'
import { seeThroughProxies } from './proxies.js'
import { encoded, type JsonPayload } from './payload.js'
import { checkPublishOptions, DISCONNECT_OPTIONS } from './publish-options.js'
import { Publisher, type PublishResult, SENT } from './publisher.js'
import { onAbort, type WaitOptions } from './signals.js'
import type { Backlog, Closed, ConnectionEvents, ConnectionState, StateChange } from './state.js'
import { Subscription } from './subscription.js'
import { Subscriptions } from './subscriptions.js'
import type { Uri } from './uris.js'

export type MessageHandler<P> = (message: Message<P>) => unknown

type Facts = Pick<Client, 'clientId' | 'uri' | 'negotiated' | 'unfinishedMessages' | 'unfinishedBytes'>

/** A connection to a broker, as {@link connect} gives it. It takes itself up again when it is lost. */
export class Connection {
  readonly #module: Module
  readonly #client: Client
  readonly #events: Emitter<ConnectionEvents>
  readonly #publisher: Publisher
  readonly #subscriptions: Subscriptions
  readonly #held = new Held()
  readonly #closed: Promise<Closed>
  #resolveClosed!: (closed: Closed) => void
  /** What can still be read once the client is gone. */
  #last: Facts | undefined
  #state: ConnectionState = 'connecting'
  #ending: Promise<Closed> | undefined
  #lastError: MqttError | undefined
  #sessionPresent = false
  /** Somebody listens to `message`: kept here, as every message asks. */
  #isWatched = false
  #serverProperties: Properties = {}

  /** Which MQTT is spoken: 5, 4 (3.1.1) or 3 (3.1). */
  readonly protocolVersion: 3 | 4 | 5

  /** @internal */
  static open(module: Module, client: Client, uris: readonly Uri[], options: ConnectOptions): Promise<Connection> {
    return new Connection(module, client, options).#open(uris, options)
  }

  private constructor(module: Module, client: Client, options: ConnectOptions) {
    seeThroughProxies(this, Connection)
    this.#module = module
    this.#client = client
    this.protocolVersion = options.protocolVersion ?? 5
    const describe = (reasonCode: number) => module.describeReason(reasonCode)
    const onError = (error: unknown) => this.#report(error)
    this.#events = new Emitter<ConnectionEvents>((thrown, type) => (type === 'error' ? reportUncaught(thrown) : this.#report(thrown)))
    this.#publisher = new Publisher(client, describe, onError)
    this.#subscriptions = new Subscriptions(client, {
      protocolVersion: this.protocolVersion,
      describe,
      onError,
      onOverflow: (overflow) => this.#events.emit('overflow', overflow),
    })
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve))
  }

  /** `connecting`, `connected`, `reconnecting` or, for good, `closed`. */
  get state(): ConnectionState {
    return this.#state
  }

  /** Ours, or the one that the broker assigned. */
  get clientId(): string {
    return this.#facts.clientId
  }

  /** The broker of the current or the last attempt. */
  get uri(): string {
    return this.#facts.uri
  }

  /** What holds on this connection, after the broker's word (MQTT 5.0, 3.2.2.3). Its times are in seconds. */
  get negotiated(): Negotiated {
    return this.#facts.negotiated
  }

  /** Whether the broker still had our session at the last connect. */
  get sessionPresent(): boolean {
    return this.#sessionPresent
  }

  /** The MQTT 5 properties of the broker's last CONNACK. */
  get serverProperties(): Properties {
    return this.#serverProperties
  }

  /** How far the broker is behind: see {@link drained}. */
  get backlog(): Backlog {
    const { unfinishedMessages, unfinishedBytes } = this.#facts
    return { messages: unfinishedMessages, bytes: unfinishedBytes }
  }

  /** Resolves when the connection ended for good, by an error or by `disconnect()`; never rejects. */
  get closed(): Promise<Closed> {
    return this.#closed
  }

  /** The result takes the handler away again. A handler that throws is reported as `error` and stops nothing. */
  on<Type extends keyof ConnectionEvents>(type: Type, handler: (event: ConnectionEvents[Type]) => void): () => void {
    const off = this.#events.on(type, handler)
    if (type !== 'message') return off
    this.#isWatched = true
    this.#held.release((message) => this.#events.emit('message', new Message(message, NO_PARAMS)))
    return () => {
      off()
      this.#isWatched = this.#events.has('message')
    }
  }

  /**
   * Publishes text, bytes, or `{ json: value }`. QoS 0: resolves at once, when the message is on its way or in the
   * queue's care, with or without a connection; what becomes of it there is told as of {@link post}. QoS 1 and 2: when
   * the broker has it. All that is published in one task leaves together. While there is no connection, messages wait in
   * the queue (`whenBlocked` says what else may happen), and {@link drained} waits for it to empty.
   *
   * Rejects with {@link InvalidArgumentError} (topic, text or property not valid), {@link QueueFullError},
   * {@link PublishError} (refused by the broker, or the connection was ended first), or the signal's reason.
   */
  publish(topic: string, payload: Payload | JsonPayload, options?: PublishOptions): Promise<PublishResult> {
    try {
      checkPublishOptions(options)
      const signal = options?.signal
      signal?.throwIfAborted()
      this.#requireOpen()
      const operation = this.#client.publish(topic, encoded(payload), options)
      if ((options?.qos ?? 0) > 0) return this.#publisher.track(operation, topic, signal)
      if (operation !== 0 && signal !== undefined) this.#publisher.callBackOn(signal, operation, topic)
      return SENT
    } catch (thrown) {
      return Promise.reject(thrownError(thrown))
    }
  }

  /**
   * As {@link publish}, without a promise: for streams of values of which nobody awaits each. Throws what is wrong
   * with the call; what goes wrong later is an `error` event. A `signal` is not looked at.
   */
  post(topic: string, payload: Payload | JsonPayload, options?: PublishOptions): void {
    this.#requireOpen()
    checkPublishOptions(options)
    try {
      this.#client.publish(topic, encoded(payload), options)
    } catch (thrown) {
      throw thrownError(thrown)
    }
  }

  /**
   * Subscribes to one topic filter or several. Wildcards may have names: `lab/+room/temperature` asks the broker for
   * `lab/+/temperature`, and `message.params.room` is what stands there; `#rest` names all the remaining levels.
   * Subscriptions that use the same filter share one on the broker. It is renewed after a reconnection where the
   * broker lost it. With filters that overlap a broker may send a message more than once (MQTT 5.0, 3.3.4).
   *
   * With a handler, it is called for each message; without, iterate over the result. What a handler throws or rejects
   * with is an `error` event. Throws {@link InvalidArgumentError}; a refusal of the broker is `subscription.ready`'s.
   */
  subscribe<const F extends string | readonly string[]>(filter: F, handler: MessageHandler<TopicParams<F>>): Subscription<TopicParams<F>>
  subscribe<const F extends string | readonly string[]>(
    filter: F,
    options?: SubscribeOptions,
    handler?: MessageHandler<TopicParams<F>>,
  ): Subscription<TopicParams<F>>
  subscribe<const F extends string | readonly string[]>(
    filter: F,
    optionsOrHandler?: SubscribeOptions | MessageHandler<TopicParams<F>>,
    handler?: MessageHandler<TopicParams<F>>,
  ): Subscription<TopicParams<F>> {
    this.#requireOpen()
    const [options = {}, handle] = typeof optionsOrHandler === 'function' ? [{}, optionsOrHandler] : [optionsOrHandler, handler]
    if (handle !== undefined && typeof handle !== 'function') throw new InvalidArgumentError('A handler is a function.')
    const sink = this.#subscriptions.add(filter, options, handle as MessageHandler<unknown> | undefined)
    this.#held.release((message) => this.#subscriptions.deliver(message) > 0)
    return Subscription.of<TopicParams<F>>(sink)
  }

  /**
   * Resolves when at most `limit` messages are waiting or unacknowledged: `await mq.drained(1000)` in a loop that
   * publishes keeps it going without ever filling the queue. Also resolves when the connection ends. Rejects with the
   * signal's reason.
   */
  drained(limit = 0, { signal }: WaitOptions = {}): Promise<void> {
    return this.#publisher.drained(limit, signal)
  }

  /** MQTT 5: authenticates anew on the standing connection (4.12.1); needs the `authentication` option. */
  reauthenticate(data: Uint8Array): void {
    this.#requireOpen()
    try {
      this.#client.reauthenticate(data)
    } catch (thrown) {
      throw thrownError(thrown)
    }
  }

  /**
   * Ends the connection for good. Waits up to `timeout` for messages that are on their way, and tells how many were
   * left. Publishing is over from this call on. A second call returns the same promise. Rejects with
   * {@link InvalidArgumentError} alone.
   */
  disconnect(options: DisconnectOptions = {}): Promise<Closed> {
    try {
      checkOptions(options, DISCONNECT_OPTIONS)
    } catch (thrown) {
      return Promise.reject(thrown)
    }
    this.#ending ??= this.#state === 'closed' ? this.#closed : this.#end(options)
    return this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.disconnect()
  }

  #open(uris: readonly Uri[], options: ConnectOptions): Promise<Connection> {
    const { signal } = options
    const request = () => ({ uri: this.#client.uri, clientId: this.#client.clientId, lastError: this.#lastError })
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#finish(undefined)
        this.#client.disconnect()
        reject(signal?.reason as Error)
      }
      const settled = () => signal?.removeEventListener('abort', onAbort)
      signal?.addEventListener('abort', onAbort, { once: true })
      void this.#closed.then(({ error }) => {
        settled()
        reject(error ?? new MqttError('closed', 'The connection was ended before it stood.'))
      })
      this.#listen(() => {
        settled()
        this.#held.keepForAWhile()
        resolve(this)
      })
      try {
        this.#client.connect({
          ...moduleOptions(uris, options, request),
          onFailure: (failure) => {
            this.#finish(this.#error(failure, false))
          },
        })
        options.prepare?.(this)
      } catch (thrown) {
        this.#finish(undefined)
        reject(thrownError(thrown))
      }
    })
  }

  #listen(onFirst: () => void): void {
    const client = this.#client
    client.onConnecting = (uri, attempt) => {
      if (this.#state !== 'closed')
        this.#change(this.#state === 'connecting' ? 'connecting' : 'reconnecting', { uri, attempt, error: this.#lastError })
    }
    client.onConnected = (_reconnected, uri, sessionPresent, properties) => {
      if (this.#state === 'closed') return
      const first = this.#state === 'connecting'
      this.#lastError = undefined
      this.#sessionPresent = sessionPresent
      this.#serverProperties = properties
      this.#subscriptions.connected(first, sessionPresent)
      if (first) onFirst()
      this.#change('connected', { uri })
    }
    client.onConnectionLost = (loss) => {
      const error = loss.error === 'none' ? undefined : this.#error(loss, loss.wasConnected)
      this.#lastError = error
      if (this.#state === 'closed') return
      if (!loss.reconnect) this.#finish(error)
      else this.#change(this.#state === 'connecting' ? 'connecting' : 'reconnecting', { uri: loss.uri, retryIn: loss.retryIn, error })
    }
    client.onMessageArrived = (message) => this.#arrived(message)
    client.onPublished = (operation, reasonCode, properties) => this.#publisher.published(operation, reasonCode, properties)
    client.onPublishFailed = (operation, error) => this.#publisher.failed(operation, error)
    client.onSubscriptionLost = (filter, reasonCode) => this.#subscriptions.lost(filter, reasonCode)
    client.onQueueDrained = () => this.#publisher.check()
    client.onError = (error) => this.#report(thrownError(error))
  }

  #arrived(message: ArrivedMessage): void {
    const taken = this.#subscriptions.deliver(message)
    if (this.#isWatched) this.#events.emit('message', new Message(message, NO_PARAMS))
    else if (taken === 0) this.#held.keep(message)
  }

  async #end({ timeout = 5000, reasonCode = 0, signal }: DisconnectOptions): Promise<Closed> {
    if (timeout > 0 && this.#state !== 'connecting' && this.#client.unfinishedMessages > 0) {
      let giveUp!: () => void
      const given = new Promise<void>((resolve) => (giveUp = resolve))
      const timer = setTimeout(giveUp, timeout)
      const stop = onAbort(signal, giveUp)
      await Promise.race([this.#publisher.drained(0), this.#closed, given])
      clearTimeout(timer)
      stop()
    }
    if (this.#state !== 'closed') {
      this.#finish(undefined)
      this.#client.disconnect(reasonCode)
    }
    return this.#closed
  }

  /** What the engine still says about it afterwards is not listened to. */
  #finish(error: MqttError | undefined): void {
    if (this.#state === 'closed') return
    const { clientId, uri, negotiated, unfinishedMessages } = this.#client
    this.#last = { clientId, uri, negotiated, unfinishedMessages: 0, unfinishedBytes: 0 }
    this.#held.drop()
    this.#publisher.close()
    this.#subscriptions.close(error)
    this.#change('closed', { uri, error })
    this.#resolveClosed({ error, unfinished: unfinishedMessages })
    // Not from within one of its own calls.
    setTimeout(() => this.#client.delete())
  }

  #change(state: ConnectionState, detail: Partial<StateChange> & { uri: string }): void {
    this.#state = state
    this.#events.emit('state', {
      attempt: undefined,
      retryIn: undefined,
      error: undefined,
      sessionPresent: this.#sessionPresent,
      ...detail,
      state,
    })
  }

  #error(failure: Failure, wasConnected: boolean): MqttError {
    const describe = (reasonCode: number) => this.#module.describeReason(reasonCode)
    const isFinal = (reasonCode: number) => this.#module.isFinalRefusal(reasonCode)
    return connectionError(failure, this.#client.uri, describe, wasConnected, isFinal)
  }

  #report(error: unknown): void {
    if (!this.#events.emit('error', error)) reportUncaught(error)
  }

  get #facts(): Facts {
    return this.#last ?? this.#client
  }

  #requireOpen(): void {
    if (this.#ending !== undefined || this.#state === 'closed')
      throw callError('closed', 'This connection was closed: connect() gives a new one.')
  }
}
