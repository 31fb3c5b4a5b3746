/// <reference lib="esnext.disposable" preserve="true" />
import { checkOptions } from './check.js'
import { moduleOptions } from './connect-options.js'
import { EarlyMessages } from './early-messages.js'
import { Emitter, reportUncaught } from './emitter.js'
import { InvalidArgumentError, MqttError } from './errors.js'
import { callError, connectionError, thrownError } from './failure.js'
import { NO_PARAMS, type TopicParams } from './filter.js'
import type { WatchPackets } from './load-packet-watch.js'
import type { PacketWatch } from './packets/packet-watch.js'
import type { Packet } from './packets/packet.js'
import { type Log, logTo } from './log.js'
import { Message } from './message.js'
import type { ArrivedMessage, Client, Failure, Module, Negotiated, Payload, Properties } from './module.js'
import type { ConnectOptions, DisconnectOptions, FrameSubscribeOptions, PublishOptions, SubscribeOptions } from './options.js'
import { seeThroughProxies } from './proxies.js'
import { encoded, type JsonPayload } from './payload.js'
import { checkPublishOptions, DISCONNECT_OPTIONS } from './publish-options.js'
import { Publisher, type PublishResult, SENT } from './publisher.js'
import { TIMERS_THROTTLED } from './timer/throttled.js'
import { onAbort, type WaitOptions } from './signals.js'
import type { Backlog, Closed, ConnectionEvents, ConnectionState, StateChange } from './state.js'
import { Subscription } from './subscription.js'
import { Asking } from './renewal/asking.js'
import { stateLog } from './state-log.js'
import { Subscriptions } from './subscriptions.js'
import type { Outbox } from './outbox/open-outbox.js'
import type { Stored } from './outbox/events.js'
import type { Uri } from './uris.js'

export type MessageHandler<P> = (message: Message<P>) => unknown
/** With `deliver: 'frame'`. */
export type BatchHandler<P> = (messages: Message<P>[]) => unknown

/** What a connection has only for an option. */
export interface ConnectionParts {
  readonly watchPackets?: WatchPackets | undefined
  readonly outbox?: Outbox | undefined
}

type Facts = Pick<Client, 'clientId' | 'uri' | 'negotiated' | 'unfinishedMessages' | 'unfinishedBytes'>

/** A connection to a broker, as {@link connect} gives it. It reconnects automatically. */
export class Connection {
  readonly #module: Module
  readonly #client: Client
  readonly #outbox: Outbox | undefined
  readonly #events: Emitter<ConnectionEvents>
  readonly #publisher: Publisher
  readonly #subscriptions: Subscriptions
  readonly #early = new EarlyMessages()
  #asking: Asking | undefined
  readonly #log: Log
  readonly #packetWatch: PacketWatch | undefined
  readonly #closed: Promise<Closed>
  #resolveClosed!: (closed: Closed) => void
  /** What can still be read once the client is gone. */
  #last: Facts | undefined
  #state: ConnectionState = 'connecting'
  #ending: Promise<Closed> | undefined
  #lastError: MqttError | undefined
  #sessionPresent = false
  /** Whether `message` has handlers: cached, as every message asks. */
  #hasMessageHandlers = false
  #serverProperties: Properties = {}

  /** The MQTT version: 5, 4 (3.1.1) or 3 (3.1). */
  readonly protocolVersion: 3 | 4 | 5

  /** @internal */
  static open(
    module: Module,
    client: Client,
    uris: readonly Uri[],
    options: ConnectOptions,
    parts: ConnectionParts = {},
  ): Promise<Connection> {
    return new Connection(module, client, options, parts).#open(uris, options)
  }

  private constructor(module: Module, client: Client, options: ConnectOptions, { watchPackets, outbox }: ConnectionParts) {
    seeThroughProxies(this, Connection)
    this.#module = module
    this.#client = client
    this.#outbox = outbox
    this.#log = logTo(options.log)
    client.onTimersThrottled = () => this.#log?.('warn', TIMERS_THROTTLED)
    this.protocolVersion = options.protocolVersion ?? 5
    this.#packetWatch = watchPackets?.(client, {
      log: this.#log,
      version: this.protocolVersion,
      onPacket: (packet) => this.#events.emit('packet', packet),
    })
    const describe = (reasonCode: number) => module.describeReason(reasonCode)
    const onError = (error: unknown) => this.#report(error)
    this.#events = new Emitter<ConnectionEvents>((thrown, type) => (type === 'error' ? reportUncaught(thrown) : this.#report(thrown)))
    this.#publisher = new Publisher(client, describe, onError, this.#log)
    this.#subscriptions = new Subscriptions(client, {
      protocolVersion: this.protocolVersion,
      describe,
      onError,
      onOverflow: (overflow) => this.#events.emit('overflow', overflow),
      log: this.#log,
    })
    this.#closed = new Promise((resolve) => (this.#resolveClosed = resolve))
  }

  /** `connecting`, `connected`, `reconnecting` or, for good, `closed`. */
  get state(): ConnectionState {
    return this.#state
  }

  /** The `clientId` option, or what the broker assigned. */
  get clientId(): string {
    return this.#facts.clientId
  }

  /** The broker of the current or the last attempt. */
  get uri(): string {
    return this.#facts.uri
  }

  /** The limits of this connection as negotiated in CONNACK (MQTT 5.0, 3.2.2.3). Times are in seconds, sizes in bytes. */
  get negotiated(): Negotiated {
    return this.#facts.negotiated
  }

  /**
   * Why the last attempt, or the connection, ended; undefined while connected, and after `disconnect()`. In the state
   * `closed` it is what ended the connection for good.
   */
  get lastError(): MqttError | undefined {
    return this.#lastError
  }

  /** Whether the broker resumed a session at the last connection (Session Present). */
  get sessionPresent(): boolean {
    return this.#sessionPresent
  }

  /** The MQTT 5 properties of the broker's last CONNACK. */
  get serverProperties(): Properties {
    return this.#serverProperties
  }

  /** Messages that are queued or unacknowledged: see {@link drained}. */
  get backlog(): Backlog {
    const { unfinishedMessages, unfinishedBytes } = this.#facts
    return { messages: unfinishedMessages, bytes: unfinishedBytes }
  }

  /** The latest packets of all connections, the oldest first; none without the option `packets`. */
  packets(): readonly Packet[] {
    return this.#packetWatch?.packets ?? []
  }

  /** Resolves when the connection has ended for good, by an error or by `disconnect()`; never rejects. */
  get closed(): Promise<Closed> {
    return this.#closed
  }

  /** Adds a handler; call the result to remove it. What a handler throws is an `error` event and stops nothing. */
  on<Type extends keyof ConnectionEvents>(type: Type, handler: (event: ConnectionEvents[Type]) => void): () => void {
    const off = this.#events.on(type, handler)
    if (type !== 'message') return off
    this.#hasMessageHandlers = true
    this.#early.release((message) => this.#events.emit('message', new Message(message, NO_PARAMS)))
    return () => {
      off()
      this.#hasMessageHandlers = this.#events.has('message')
    }
  }

  /**
   * Publishes text, bytes, or `{ json: value }`. QoS 0 resolves at once, when the message was sent or queued, with or
   * without a connection; a later failure is an `error` event. QoS 1 and 2 resolve when the broker has acknowledged the
   * message. Everything published in one task is sent together. While there is no connection, messages wait in the queue
   * (`whenBlocked` selects other behaviours), and {@link drained} waits for it to empty.
   *
   * Rejects with {@link InvalidArgumentError} (codes `invalid_...`), {@link QueueFullError}, {@link PublishError}
   * (`publish_refused`, `broker_closed`, `expired`, `stopped` and others), another {@link MqttError} (`closed`,
   * `not_connected`, `not_supported`, `packet_too_large`), or the signal's reason.
   */
  publish(topic: string, payload: Payload | JsonPayload, options?: PublishOptions): Promise<PublishResult> {
    try {
      checkPublishOptions(options)
      const signal = options?.signal
      signal?.throwIfAborted()
      this.#requireOpen()
      const operation = this.#client.publish(topic, encoded(payload), options)
      if ((options?.qos ?? 0) > 0) return this.#publisher.track(operation, topic, signal)
      if (operation !== 0 && signal !== undefined) this.#publisher.cancelOn(signal, operation, topic)
      return SENT
    } catch (thrown) {
      return Promise.reject(thrownError(thrown))
    }
  }

  /**
   * Like {@link publish}, without a promise: for streams of values that are not awaited one by one. Throws what
   * `publish()` rejects with at once; a later failure is an `error` event. Ignores `signal`.
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
   * `lab/+/temperature`, and `message.params.room` is the level that matched; `#rest` names all remaining levels.
   * Subscriptions to the same filter share one on the broker, which is renewed after a reconnection if the session was
   * lost. If filters overlap, a broker may send a message more than once (MQTT 5.0, 3.3.4).
   *
   * A handler is called for each message; without one, iterate over the result. What a handler throws or rejects with is
   * an `error` event. Throws {@link InvalidArgumentError} (`invalid_argument`, `invalid_topic`), {@link MqttError}
   * (`closed`, `not_supported`), or the signal's reason. `subscription.ready` rejects if the broker refuses.
   */
  subscribe<const F extends string | readonly string[]>(filter: F, handler: MessageHandler<TopicParams<F>>): Subscription<TopicParams<F>>
  subscribe<const F extends string | readonly string[]>(
    filter: F,
    options: FrameSubscribeOptions,
    handler?: BatchHandler<TopicParams<F>>,
  ): Subscription<TopicParams<F>, Message<TopicParams<F>>[]>
  subscribe<const F extends string | readonly string[]>(
    filter: F,
    options?: SubscribeOptions,
    handler?: MessageHandler<TopicParams<F>>,
  ): Subscription<TopicParams<F>>
  subscribe(
    filter: string | readonly string[],
    optionsOrHandler?: SubscribeOptions | FrameSubscribeOptions | ((given: never) => unknown),
    handler?: (given: never) => unknown,
  ): Subscription<never, never> {
    this.#requireOpen()
    const [options = {}, handle] = typeof optionsOrHandler === 'function' ? [{}, optionsOrHandler] : [optionsOrHandler, handler]
    if (handle !== undefined && typeof handle !== 'function')
      throw new InvalidArgumentError('A handler is a function: pass one, or leave it out.')
    const subscriber = this.#subscriptions.add(filter, options, handle)
    this.#early.release((message) => this.#subscriptions.deliver(message) > 0)
    return Subscription.of<never, never>(subscriber)
  }

  /**
   * Resolves when at most `limit` messages are queued or unacknowledged: `await mq.drained(1000)` keeps a loop that
   * publishes from filling the queue. Also resolves when the connection ends. Rejects with the signal's reason.
   */
  drained(limit = 0, { signal }: WaitOptions = {}): Promise<void> {
    return this.#publisher.drained(limit, signal)
  }

  /**
   * With an outbox: resolves when all that was published before is in storage, so that it survives this page, with what
   * waits there. Rejects with {@link MqttError} (`outbox_failed` if it cannot be stored now, `not_supported` without an
   * outbox, `closed`).
   */
  async stored(): Promise<Stored> {
    this.#requireOpen()
    if (this.#outbox === undefined) throw new MqttError('not_supported', 'This connection has no outbox: set the option outbox.')
    const stored = await Promise.race([this.#outbox.stored(), this.#closed])
    if ('unfinished' in stored) this.#requireOpen()
    return stored as Stored
  }

  /**
   * MQTT 5: re-authenticates on this connection (4.12.1). Throws {@link MqttError} (`closed`, `not_connected`,
   * `not_supported`) if there is no connection or it was made without the `authentication` option.
   */
  reauthenticate(data: Uint8Array): void {
    this.#requireOpen()
    try {
      this.#client.reauthenticate(data)
    } catch (thrown) {
      throw thrownError(thrown)
    }
  }

  /**
   * Replaces the connection by a new one, for credentials or an address that have changed: their functions are called, and
   * the session, its messages and its subscriptions go on. What is on its way is acknowledged before, which is waited for
   * for at most 5 s; what is published meanwhile follows on the new connection. If the next attempt is already awaited, it
   * begins now. Throws {@link MqttError} (`closed`).
   */
  reconnect(): void {
    this.#requireOpen()
    this.#client.reconnect()
  }

  /**
   * Ends the connection for good. Waits up to `timeout` milliseconds for unfinished messages, and resolves with how many
   * were left. Nothing can be published after this call. A second call returns the same promise. Rejects with
   * {@link InvalidArgumentError} only.
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
    const { credentials } = options
    const asking = (this.#asking = new Asking({
      timers: this.#module,
      log: this.#log,
      report: (error) => this.#report(error),
      isConnected: () => this.#state === 'connected',
      ask: () => (typeof credentials === 'function' ? credentials(request()) : {}),
      renew: (given) => this.#renew(given?.authenticationData),
    }))
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
        reject(error ?? new MqttError('closed', 'disconnect() was called before the broker accepted the connection.'))
      })
      this.#listen(() => {
        settled()
        this.#outbox?.connected()
        this.#early.start()
        resolve(this)
      })
      this.#outbox?.attach(this.#client, {
        delivered: (delivered) => this.#events.emit('delivered', delivered),
        error: (error) => this.#report(error),
        over: () => this.#publisher.check(),
      })
      try {
        this.#client.connect({
          ...moduleOptions(uris, options, request, asking),
          ...this.#outbox?.session,
          onFailure: (failure) => {
            this.#finish(this.#error(failure, false))
          },
        })
        options.prepare?.(this)
        if (options.prepare !== undefined) this.#outbox?.prepared()
      } catch (thrown) {
        this.#finish(undefined)
        reject(thrownError(thrown))
      }
    })
  }

  /** Before the credentials expire. */
  #renew(authenticationData: Uint8Array | undefined): void {
    this.#log?.('info', 'Renewing the connection before its credentials expire.')
    if (authenticationData === undefined) this.#client.reconnect()
    else this.#client.reauthenticate(authenticationData)
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
      this.#change('connected', { uri, sessionPresent })
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
    if (this.#hasMessageHandlers) this.#events.emit('message', new Message(message, NO_PARAMS))
    else if (taken === 0) this.#early.keep(message)
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

  /** Events of the engine that come later are ignored. */
  #finish(error: MqttError | undefined): void {
    if (this.#state === 'closed') return
    const { clientId, uri, negotiated, unfinishedMessages } = this.#client
    this.#last = { clientId, uri, negotiated, unfinishedMessages: 0, unfinishedBytes: 0 }
    this.#lastError = error
    this.#asking?.stop()
    this.#early.drop()
    this.#publisher.close()
    this.#subscriptions.close(error)
    this.#change('closed', { uri, error })
    const closed = { error, unfinished: unfinishedMessages }
    if (this.#outbox === undefined) this.#resolveClosed(closed)
    // Not from within a call of the client's own.
    setTimeout(() => {
      this.#client.delete()
      void this.#outbox?.close().then(() => this.#resolveClosed(closed))
    })
  }

  #change(state: ConnectionState, detail: Partial<StateChange> & { uri: string }): void {
    this.#state = state
    this.#log?.(...stateLog(state, detail))
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
    return connectionError(failure, this.#client.uri, wasConnected, this.#module)
  }

  #report(error: unknown): void {
    this.#log?.(error instanceof MqttError ? 'warn' : 'error', error, { error })
    if (!this.#events.emit('error', error)) reportUncaught(error)
  }

  get #facts(): Facts {
    return this.#last ?? this.#client
  }

  #requireOpen(): void {
    if (this.#ending !== undefined || this.#state === 'closed')
      throw callError('closed', 'This connection was closed: make a new one with connect().')
  }
}
