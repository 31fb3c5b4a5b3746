// The module's Client as a page has it whose connection lives elsewhere: calls become commands, commands become calls of
// handlers. Where the host may be followed by another one, it keeps what that one has to be told again.
import { defined } from '../defined.js'
import { callHandler, reportUncaught } from '../emitter.js'
import { callError } from '../failure.js'
import type { Client, FilterOptions, ModuleConnectOptions, Negotiated, Payload, Properties } from '../module.js'
import {
  checkedPayload,
  checkFilter,
  checkNegotiated,
  checkPublishProperties,
  checkQos,
  checkSize,
  checkSubscribeProperties,
  checkTopic,
} from './checks.js'
import type { Stored } from '../outbox/events.js'
import type { Link } from './link.js'
import { plain } from './plain.js'
import { PortMessage, TopicNumbers } from './port-message.js'
import {
  type Body,
  type ConnectRequest,
  errorOf,
  type Facts,
  type HostCommand,
  type PageCommand,
  plainError,
  type PlainError,
  type PublishOptions,
  type Question,
} from './protocol.js'
import type { Sender } from './sender.js'
import { listenToWakeUps } from './wake.js'

type Handler<Name extends keyof Client> = Exclude<Client[Name], undefined>
type SubscribeOptions = NonNullable<Parameters<Client['subscribe']>[1]>
type UnsubscribeOptions = NonNullable<Parameters<Client['unsubscribe']>[1]>
type Command<Name extends HostCommand[0]> = Extract<HostCommand, readonly [Name, ...unknown[]]>
type Handlers = { readonly [Name in HostCommand[0]]?: (command: Command<Name>, buffer: ArrayBuffer | undefined) => void }

/** Of an unfinished message. `again`: to be said to the next host. */
interface Unfinished {
  readonly bytes: number
  readonly again: { topic: string; payload: string | Uint8Array; options: PublishOptions | undefined } | undefined
}

interface Operation {
  readonly command: PageCommand
  readonly subscribe?: SubscribeOptions
  readonly unsubscribe?: UnsubscribeOptions
  readonly stored?: { resolve: (stored: Stored) => void; reject: (error: Error) => void }
}

/** Before a broker has said anything. */
const UNKNOWN: Negotiated = {
  keepAlive: 0,
  sessionExpiryInterval: 0,
  receiveMaximum: 65_535,
  maximumPacketSize: 268_435_460,
  topicAliasMaximum: 0,
  maximumQos: 2,
  retainAvailable: true,
  wildcardSubscriptionAvailable: true,
  subscriptionIdentifierAvailable: true,
  sharedSubscriptionAvailable: true,
}
/** Of a message beside its topic and its payload, so that empty ones count too. */
const OVERHEAD = 64
const LONGEST_CLIENT_ID = 65_535

export class PortClient implements Client {
  onConnected: Handler<'onConnected'> = null
  onConnectionLost: Handler<'onConnectionLost'> = null
  onConnecting: Handler<'onConnecting'> = null
  onMessageArrived: Handler<'onMessageArrived'> = null
  onPublished: Handler<'onPublished'> = null
  onPublishFailed: Handler<'onPublishFailed'> = null
  onSubscriptionLost: Handler<'onSubscriptionLost'> = null
  onQueueDrained: Handler<'onQueueDrained'> = null
  onError: Handler<'onError'> = null
  readonly host = ''
  readonly port = 0
  readonly path = ''
  readonly #link: Link
  #sender: Sender<PageCommand>
  #facts: Facts
  #options: ModuleConnectOptions = {}
  #request: ConnectRequest | undefined
  #isConnected = false
  #wasConnected = false
  #isConnecting = false
  #isDeleted = false
  #nextOperation = 1
  readonly #unfinished = new Map<number, Unfinished>()
  #unfinishedBytes = 0
  readonly #operations = new Map<number, Operation>()
  /** The filters that the host has, by the filter: what to subscribe again at the next one. */
  readonly #filters = new Map<string, { request: FilterOptions; properties: Properties | undefined }>()
  readonly #topics = new TopicNumbers()
  /** What functions of the page threw, by the question. */
  readonly #thrown = new Map<number, unknown>()
  #onBytes: Handler<'onBytes'> = null
  #lastTopic: string | undefined
  #stopListening: (() => void) | undefined

  constructor(link: Link, uri: string, clientId: string) {
    if (new TextEncoder().encode(clientId).length > LONGEST_CLIENT_ID) {
      void link.leave()
      throw callError('invalid_argument', 'The client identifier is longer than 65,535 bytes.')
    }
    this.#link = link
    this.#sender = link.sender
    this.#facts = { uri, clientId, negotiated: UNKNOWN }
    link.onCommand = (command, buffer) => this.#take(command, buffer)
    link.onHost = (sender) => this.#moveTo(sender)
    link.onHostLost = (error, isFinal) => this.#hostLost(error, isFinal)
  }

  get uri(): string {
    return this.#facts.uri
  }

  get clientId(): string {
    return this.#facts.clientId
  }

  get negotiated(): Negotiated {
    return this.#facts.negotiated
  }

  get unfinishedMessages(): number {
    return this.#unfinished.size
  }

  get unfinishedBytes(): number {
    return this.#unfinishedBytes
  }

  get onBytes(): Handler<'onBytes'> {
    return this.#onBytes
  }

  set onBytes(handler: Handler<'onBytes'>) {
    this.#onBytes = handler
    this.#sender.add(['watchBytes', this.#onBytes !== null])
  }

  /** What the host needs for a layer over the connection. */
  protected get layer(): ConnectRequest['layer'] {
    return undefined
  }

  /** The connection has another client identifier. */
  protected rename(clientId: string): void {
    this.#facts = { ...this.#facts, clientId }
  }

  connect(options: ModuleConnectOptions = {}): void {
    const { uris = [], credentials, authenticate } = options
    // Functions stay here; all else is data.
    const data = Object.entries(options).filter(([name, value]) => typeof value !== 'function' && name !== 'uris' && name !== 'store')
    this.#options = options
    this.#isConnecting = true
    this.#request = {
      uris: uris.map((uri) => (typeof uri === 'string' ? uri : null)),
      clientId: this.clientId,
      isNamed: this.#link.user['clientId'] !== undefined,
      user: this.#link.user,
      options: plain(Object.fromEntries(data)),
      hasCredentials: credentials !== undefined,
      hasAuthenticate: authenticate !== undefined,
      common: this.#link.common,
      layer: this.layer,
    }
    this.#stopListening ??= listenToWakeUps(() => this.wakeUp())
    this.#sender.add(['connect', this.#request])
  }

  disconnect(reasonCode = 0): void {
    this.#isConnected = false
    this.#request = undefined
    this.#sender.add(['disconnect', reasonCode])
    this.#sender.flush()
  }

  isConnected(): boolean {
    return this.#isConnected
  }

  publish(topic: string, payload: Payload, options?: PublishOptions): number {
    if (topic !== this.#lastTopic) checkTopic(topic)
    this.#lastTopic = topic
    const { qos = 0, retain = false, whenBlocked, properties } = options ?? {}
    const given = checkedPayload(payload)
    const bytes = topic.length + given.length
    if (options !== undefined) {
      checkQos(qos)
      if (properties !== undefined) checkPublishProperties(properties)
    }
    checkSize(bytes)
    if (this.#isConnected) checkNegotiated(this.negotiated, bytes, qos, retain)
    else if (whenBlocked === 'fail') throw callError('not_connected', 'There is no connection')
    const operation = this.#nextOperation++
    const kept = options && keptOf(options)
    // A message of QoS 0 that was not sent yet, either: without a connection it waits.
    const isRepeated = this.#link.survives && (qos > 0 || !this.#isConnected)
    const again = isRepeated ? { topic, payload: typeof given === 'string' ? given : given.slice(), options: kept } : undefined
    this.#unfinished.set(operation, { bytes: bytes + OVERHEAD, again })
    this.#unfinishedBytes += bytes + OVERHEAD
    this.#sender.add(['publish', operation, topic, this.#body(given), kept])
    return operation
  }

  send(topic: string, payload: Payload, qos: 0 | 1 | 2 = 0, retain = false): number {
    if (!this.#isConnected) throw callError('not_connected', 'There is no connection')
    return this.publish(topic, payload, { qos, retain })
  }

  cancel(operation: number): void {
    this.#sender.add(['cancel', operation])
  }

  subscribe(filter: string | (string | FilterOptions)[], options: SubscribeOptions = {}): number {
    const { qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 } = options
    const properties = plain(options.properties)
    checkSubscribeProperties(properties)
    const requests = [filter].flat().map((each): FilterOptions => ({
      ...{ qos, noLocal, retainAsPublished, retainHandling },
      ...(typeof each === 'string' ? { topicFilter: each } : each),
    }))
    for (const { topicFilter } of requests) checkFilter(topicFilter)
    for (const request of requests) this.#filters.set(request.topicFilter, { request, properties })
    return this.#ask((operation) => ({
      command: ['subscribe', operation, requests, properties],
      subscribe: options,
    }))
  }

  unsubscribe(filter: string | string[], options: UnsubscribeOptions = {}): number {
    const filters = [filter].flat()
    for (const each of filters) this.#filters.delete(each)
    return this.#ask((operation) => ({ command: ['unsubscribe', operation, filters], unsubscribe: options }))
  }

  /** What waits in the host's outbox: the next host is asked if this one goes. */
  stored(): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#ask((operation) => ({ command: ['stored', operation], stored: { resolve, reject } }))
    })
  }

  reauthenticate(data: Uint8Array): void {
    if (this.#options.authenticationMethod === undefined)
      throw callError('not_supported', 'The connection was made without the authentication option')
    if (!this.#isConnected) throw callError('not_connected', 'There is no connection')
    this.#sender.add(['reauthenticate', data.slice()])
  }

  wakeUp(): void {
    this.#sender.add(['wakeUp'])
  }

  reconnect(): void {
    this.#sender.add(['reconnect'])
  }

  flush(): void {
    this.#sender.flush()
  }

  delete(): void {
    if (this.#isDeleted) return
    this.#isDeleted = true
    this.#stopListening?.()
    this.#unfinished.clear()
    this.#operations.clear()
    this.#sender.add(['leave'])
    this.#sender.flush()
    void this.#link.leave()
  }

  isDeleted(): boolean {
    return this.#isDeleted
  }

  #body(payload: string | Uint8Array): Body {
    return typeof payload === 'string' ? payload : this.#sender.pack(payload)
  }

  #ask(create: (operation: number) => Operation): number {
    const number = this.#nextOperation++
    const operation = create(number)
    this.#operations.set(number, operation)
    this.#sender.add(operation.command)
    return number
  }

  #take(command: HostCommand, buffer: ArrayBuffer | undefined): void {
    if (this.#isDeleted) return
    const handle = this.#handlers[command[0]] as ((command: HostCommand, buffer: ArrayBuffer | undefined) => void) | undefined
    handle?.(command, buffer)
  }

  readonly #handlers: Handlers = {
    connecting: ([, uri, attempt]) => {
      this.#facts = { ...this.#facts, uri }
      this.#call(this.onConnecting, uri, attempt)
    },
    connected: ([, reconnected, sessionPresent, properties, facts]) => {
      const isFirst = this.#isConnecting
      this.#facts = facts
      this.#isConnected = this.#wasConnected = true
      this.#isConnecting = false
      if (isFirst) this.#call(this.#options.onSuccess, { sessionPresent, properties })
      this.#call(this.onConnected, reconnected || !isFirst, facts.uri, sessionPresent, properties)
    },
    lost: ([, loss, cause, socketError]) => {
      this.#isConnected = false
      this.#facts = { ...this.#facts, uri: loss.uri }
      this.#call(this.onConnectionLost, { ...loss, ...this.#reasons(cause, socketError) })
    },
    failed: ([, failure, cause, socketError]) => {
      const all = { ...failure, ...this.#reasons(cause, socketError) }
      this.#isConnected = false
      if (this.#isConnecting) this.#call(this.#options.onFailure, all)
      else this.#call(this.onConnectionLost, { ...all, reconnect: false, retryIn: 0, wasConnected: this.#wasConnected, uri: this.uri })
      this.#isConnecting = false
    },
    message: ([, topic, flags, body, properties, identifier], buffer) => {
      const message = new PortMessage(topic, this.#topics.of(topic), flags, body, buffer, properties, identifier)
      this.#call(this.onMessageArrived, message)
    },
    sent: ([, operations]) => {
      for (const operation of operations) this.#finished(operation, () => this.#call(this.onPublished, operation, 0, {}))
      this.#call(this.onQueueDrained)
    },
    published: ([, operation, reasonCode, properties]) =>
      this.#finished(operation, () => this.#call(this.onPublished, operation, reasonCode, properties)),
    publishFailed: ([, operation, error]) => this.#finished(operation, () => this.#call(this.onPublishFailed, operation, error)),
    granted: ([, operation, grantedQos, properties]) => this.#answered(operation)?.subscribe?.onSuccess?.({ grantedQos, properties }),
    refused: ([, number, failure, grantedQos]) => {
      const operation = this.#answered(number)
      if (operation?.command[0] === 'subscribe') for (const { topicFilter } of operation.command[2]) this.#filters.delete(topicFilter)
      operation?.unsubscribe?.onFailure?.(failure)
      operation?.subscribe?.onFailure?.({ ...failure, ...(grantedQos && { grantedQos }) })
    },
    unsubscribed: ([, operation, reasonCodes]) => this.#answered(operation)?.unsubscribe?.onSuccess?.({ reasonCodes }),
    stored: ([, operation, stored, error]) => {
      const asked = this.#answered(operation)?.stored
      if (stored !== undefined) asked?.resolve(stored)
      else if (error !== undefined) asked?.reject(errorOf(error))
    },
    subscriptionLost: ([, filter, reasonCode]) => {
      this.#filters.delete(filter)
      this.#call(this.onSubscriptionLost, filter, reasonCode)
    },
    ask: ([, question, asked]) => void this.#answer(question, asked),
    error: ([, error]) => this.#call(this.onError, this.#errorOf(error)),
    overflow: ([, dropped]) =>
      this.#call(
        this.onError,
        callError(
          'queue_full',
          `This page read too slowly: ${dropped} messages for it were dropped. Handle messages faster, or subscribe to less.`,
        ),
      ),
    bytes: ([, body, isSent], buffer) => {
      if (typeof body !== 'string' && buffer !== undefined) this.#call(this.#onBytes, new Uint8Array(buffer, body[0], body[1]), isSent)
    },
  }

  /** Errors that come back to where they were thrown are what was thrown. */
  #reasons(cause: PlainError | undefined, socketError: PlainError | undefined): { cause?: unknown; socketError?: unknown } {
    return {
      ...(cause && { cause: this.#errorOf(cause) }),
      ...(socketError && { socketError: this.#errorOf(socketError) }),
    }
  }

  #errorOf(error: PlainError): unknown {
    return error.question !== undefined && this.#thrown.has(error.question) ? this.#thrown.get(error.question) : errorOf(error)
  }

  async #answer(question: number, [kind, ...given]: Question): Promise<void> {
    const { uris = [], credentials, authenticate } = this.#options
    this.#thrown.clear()
    try {
      const address = uris[given[0] as number]
      const answer =
        kind === 'credentials'
          ? await credentials?.call(this)
          : kind === 'authenticate'
            ? await authenticate?.call(this, ...(given as unknown as [Uint8Array, Properties]))
            : await (typeof address === 'function' ? address() : address)
      this.#sender.add(['answer', question, structuredClone(answer), undefined])
    } catch (thrown) {
      this.#thrown.set(question, thrown)
      this.#sender.add(['answer', question, undefined, plainError(thrown, question)])
    }
  }

  #finished(operation: number, report: () => void): void {
    const unfinished = this.#unfinished.get(operation)
    if (unfinished === undefined) return
    this.#unfinished.delete(operation)
    this.#unfinishedBytes -= unfinished.bytes
    report()
  }

  #answered(number: number): Operation | undefined {
    const operation = this.#operations.get(number)
    this.#operations.delete(number)
    return operation
  }

  /** The host is gone. Another follows, unless this is final. */
  #hostLost(error: Error, isFinal: boolean): void {
    const failure = { errorCode: 0, error: 'transport_closed', errorMessage: error.message, reasonCode: 0 }
    if (this.#isDeleted || this.#request === undefined) return
    this.#isConnected = false
    if (isFinal && this.#isConnecting) {
      this.#isConnecting = false
      this.#call(this.#options.onFailure, failure)
    } else if (isFinal || this.#wasConnected)
      this.#call(this.onConnectionLost, { ...failure, reconnect: !isFinal, retryIn: 0, wasConnected: this.#wasConnected, uri: this.uri })
  }

  /** The next host is told what the former may not have done: the order is that of the calls. */
  #moveTo(sender: Sender<PageCommand>): void {
    this.#sender = sender
    if (this.#request === undefined) return
    const isNamed = this.#request.isNamed || this.#wasConnected
    sender.add(['connect', { ...this.#request, clientId: this.clientId, isNamed, layer: this.layer }])
    if (this.#onBytes !== null) sender.add(['watchBytes', true])
    const asked = new Set<string>()
    for (const { command } of this.#operations.values())
      if (command[0] === 'subscribe') for (const { topicFilter } of command[2]) asked.add(topicFilter)
    for (const [filter, { request, properties }] of this.#filters)
      if (!asked.has(filter)) sender.add(['subscribe', 0, [request], properties])
    for (const { command } of [...this.#operations.values()]) sender.add(command)
    for (const [operation, { again }] of [...this.#unfinished]) {
      if (again !== undefined) sender.add(['publish', operation, again.topic, this.#body(again.payload), again.options])
      // At most once: it was on its way.
      else this.#finished(operation, () => this.#call(this.onPublished, operation, 0, {}))
    }
  }

  #call<Given extends unknown[]>(handler: ((...given: Given) => void) | null | undefined, ...given: Given): void {
    if (typeof handler !== 'function' || this.#isDeleted) return
    callHandler(
      (all: Given) => handler.apply(this, all),
      given,
      (thrown) => {
        if (handler === (this.onError as unknown) || typeof this.onError !== 'function') reportUncaught(thrown)
        else this.onError(thrown)
      },
    )
  }
}

/** The options that the host needs, as they are now. */
function keptOf({ qos, retain, whenBlocked, properties }: PublishOptions): PublishOptions {
  return defined({ qos, retain, whenBlocked, properties: plain(properties) })
}
