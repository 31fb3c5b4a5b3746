// Where the module is: it owns the connection, and serves any number of pages.
import { MqttError } from '../errors.js'
import type { Client, Failure, Module } from '../module.js'
import type { Outbox } from '../outbox/open-outbox.js'
import { Deliveries, type Ending } from './deliveries.js'
import { DirectExchange, type Exchange, failureOf, failureOfError } from './exchange.js'
import { HostPort } from './host-port.js'
import { MergedExchange } from './merged.js'
import {
  type Channel,
  type ConnectRequest,
  type Facts,
  type HostCommand,
  leftOf,
  type PageCommand,
  plainError,
  PROTOCOL,
} from './protocol.js'
import { type OpenOutbox, messageOf, openHosted } from './hosted-outbox.js'
import { Origins } from './origins.js'
import { plain } from './plain.js'
import { Questions } from './questions.js'
import type { LayerStart } from './webapp/commands.js'
import type { CreateLayer, LayerHost } from './webapp/layer-host.js'

export interface HostOptions {
  /** Whether several pages share the connection. */
  readonly isShared: boolean
  /** A lock that is held for as long as this host lives; empty: none. */
  readonly lock?: string
  /** Calls back once the page that holds this lock is gone. */
  readonly whenReleased?: (lock: string, call: () => void) => void
  /** Resolves when what was sent last has left. */
  readonly settled?: () => Promise<void>
  /** Resolves when the pages of a former host are there. */
  readonly gather?: () => Promise<void>
  /** Whether no other host has taken over. */
  readonly leads?: () => Promise<boolean>
  readonly openOutbox?: OpenOutbox
  /** The name of the connection, where a host can be deposed. */
  readonly group?: string
  /** Where the module has messaging. */
  readonly createLayer?: CreateLayer
}

type Handlers = {
  readonly [Name in PageCommand[0]]: (
    port: HostPort,
    command: Extract<PageCommand, readonly [Name, ...unknown[]]>,
    buffer: ArrayBuffer | undefined,
  ) => void
}

/** The one connection, while there is one. */
interface Open {
  readonly client: Client
  readonly exchange: Exchange
  readonly request: ConnectRequest
  readonly outbox: Outbox | undefined
  readonly origins: Origins | undefined
  readonly layer: LayerHost | undefined
  /** What a page that joins late has to be told. */
  connected: { sessionPresent: boolean; properties: object } | undefined
  connecting: { uri: string; attempt: number } | undefined
  wasConnected: boolean
  ending: ReturnType<typeof setTimeout> | undefined
}

/** How long messages of pages that are gone are waited for, in milliseconds. */
const PATIENCE = 5000
/** MQTT 5.0, 3.14.2.1. */
const WITH_WILL = 4
const REASON_CODES = 256

export class Host {
  readonly #module: Module
  readonly #options: HostOptions
  readonly #ports = new Set<HostPort>()
  readonly #questions = new Questions(this.#ports)
  readonly #deliveries = new Deliveries()
  #open: Open | undefined
  /** Commands of pages that came while the connection is being prepared, or is ending. */
  #waiting: (() => void)[] | undefined
  #isEnding = false
  #isAbandoned = false
  /** When the former connection is over, and what it left is stored. */
  #forgotten: Promise<void> = Promise.resolve()

  constructor(module: Module, options: HostOptions) {
    this.#module = module
    this.#options = options
  }

  add(channel: Channel): void {
    const port = new HostPort(channel, (from, command, buffer) => this.#take(from, command, buffer))
    this.#ports.add(port)
    const codes = [...Array(REASON_CODES).keys()]
    const reasons = codes.map((code) => this.#module.describeReason(code))
    port.send(['hello', PROTOCOL, reasons, codes.filter((code) => this.#module.isFinalRefusal(code)), this.#options.lock ?? ''])
    port.flush()
    port.listen()
  }

  get pages(): number {
    return this.#ports.size
  }

  /**
   * Gives the connection up at once, as another host takes over. The will is kept back: the pages are still there. Resolves
   * when all is stored.
   */
  abandon(): Promise<void> {
    this.#isAbandoned = true
    const { layer, request } = this.#open ?? {}
    const client = this.#forget()
    // First: the end of this client is none of theirs.
    for (const port of this.#ports) port.close()
    this.#ports.clear()
    // A webapp's goodbye would be heard by all. MQTT 5 keeps the will back until its delay is over; below it the reason is not sent.
    if (layer === undefined) client?.disconnect()
    else if ((request?.options['mqttVersion'] ?? 5) !== 5) client?.disconnect(WITH_WILL)
    client?.delete()
    return this.#forgotten
  }

  #take(port: HostPort, command: PageCommand, buffer: ArrayBuffer | undefined): void {
    if (this.#waiting !== undefined) {
      this.#waiting.push(() => this.#take(port, command, buffer))
      return
    }
    if (!this.#ports.has(port) || !Object.hasOwn(this.#handlers, command[0])) return
    const handle = this.#handlers[command[0]] as (port: HostPort, command: PageCommand, buffer: ArrayBuffer | undefined) => void
    handle(port, command, buffer)
  }

  readonly #handlers: Handlers = {
    attach: (port, [, { tab, lock }]) => {
      for (const other of this.#ports) if (other !== port && tab !== '' && other.tab === tab) this.#remove(other, true)
      port.tab = tab
      port.lock = lock
      this.#deliveries.attach(port)
      if (lock !== '') this.#options.whenReleased?.(lock, () => this.#vanished(port))
    },
    connect: (port, [, request]) => this.#connect(port, request),
    publish: (port, [, operation, topic, body, options], buffer) => {
      const client = this.#joined(port)
      if (client === undefined || this.#deliveries.isKnown(port, operation)) return
      const payload = typeof body === 'string' ? body : new Uint8Array(buffer ?? new ArrayBuffer(0), ...body)
      try {
        const number = client.publish(topic, payload, options)
        if (number === 0) port.sent(operation)
        else {
          this.#deliveries.began(port.tab, operation, number)
          if ((options?.qos ?? 0) > 0) this.#open?.origins?.published(port.tab, operation, topic, options?.qos ?? 0, payload)
        }
      } catch (thrown) {
        this.#deliveries.tell(port, ['publishFailed', operation, failureOfError(thrown).error])
      }
    },
    cancel: (port, [, operation]) => {
      const number = this.#deliveries.numberOf(port, operation)
      if (number !== undefined && number > 0) this.#open?.client.cancel(number)
    },
    subscribe: (port, [, operation, requests, properties]) =>
      this.#ask(port, operation, ({ exchange }) => exchange.subscribe(port, operation, requests, properties)),
    unsubscribe: (port, [, operation, filters]) =>
      this.#ask(port, operation, ({ exchange }) => exchange.unsubscribe(port, operation, filters)),
    stored: (port, [, operation]) => {
      const { outbox } = this.#open ?? {}
      outbox?.stored().then(
        (stored) => port.send(['stored', operation, stored, undefined]),
        (thrown: unknown) => port.send(['stored', operation, undefined, plainError(thrown)]),
      )
    },
    answer: (port, [, question, answer, error]) => this.#questions.answer(port, question, answer, error),
    reauthenticate: (port, [, data]) => {
      try {
        this.#joined(port)?.reauthenticate(data)
      } catch (thrown) {
        port.send(['error', plainError(thrown)])
      }
    },
    watchBytes: (port, [, isOn]) => {
      port.watchesBytes = isOn
      this.#watch()
    },
    wakeUp: (port) => this.#joined(port)?.wakeUp(),
    reconnect: (port) => this.#joined(port)?.reconnect(),
    read: (port, [, messages, bytes]) => {
      port.read(messages, bytes)
      this.#open?.layer?.read(port)
    },
    heard: (port, [, count]) => this.#deliveries.heard(port, count),
    disconnect: (port, [, reasonCode]) => this.#part(port, reasonCode),
    layer: (port, [, command]) => {
      if (port.isJoined) this.#open?.layer?.take(port, command)
    },
    goodbye: (port) => {
      if (!port.isJoined || this.#open === undefined) return
      const { client } = this.#open
      if ([...this.#ports].some((other) => other !== port && other.isJoined)) {
        port.send(leftOf(client.uri))
        return this.#part(port, 0)
      }
      // Whoever comes meanwhile opens another connection.
      this.#waiting = []
      this.#isEnding = true
      client.disconnect()
    },
    leave: (port) => {
      this.#remove(port, false)
      void this.#forgotten.then(this.#options.settled).then(() => {
        port.send(['ended'])
        port.close()
      })
    },
  }

  #joined(port: HostPort): Client | undefined {
    return port.isJoined ? this.#open?.client : undefined
  }

  #ask(port: HostPort, operation: number, call: (open: Open) => void): void {
    try {
      if (this.#open === undefined || !port.isJoined) throw new MqttError('not_started', 'There is no connection.')
      call(this.#open)
    } catch (thrown) {
      port.refuse(operation, failureOfError(thrown))
    }
  }

  #connect(port: HostPort, request: ConnectRequest): void {
    port.layer = request.layer
    const former = this.#open?.request.common
    if (former !== undefined) {
      const odd = Object.keys({ ...former, ...request.common }).find((name) => former[name] !== request.common[name])
      if (odd !== undefined) return this.#refuse(port, odd)
      clearTimeout(this.#open?.ending)
      port.isJoined = true
      return this.#welcome(port)
    }
    port.isJoined = true
    const { gather, openOutbox, group } = this.#options
    const hasOutbox = Boolean(request.user['outbox'])
    if (gather === undefined && !hasOutbox) return this.#start(request, undefined)
    const prepare = async (): Promise<Outbox | undefined> => {
      // The slot of the former connection is free then.
      await Promise.all([gather?.(), this.#forgotten])
      if (!hasOutbox) return undefined
      if (openOutbox === undefined) throw new MqttError('not_supported', 'There is no outbox here: leave the option outbox out.')
      return openHosted(openOutbox, this.#module, request, (question) => this.#questions.ask(question), group)
    }
    this.#waiting = []
    prepare()
      .then(
        (outbox) => (this.#isAbandoned ? outbox?.close() : this.#start(request, outbox)),
        (thrown: unknown) => this.#failed(failureOfError(thrown)),
      )
      .finally(() => this.#proceed())
  }

  /** In one go: what pages say from now on comes behind what has waited. */
  #proceed(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const take of waiting) take()
  }

  #refuse(port: HostPort, option: string): void {
    const text = `The option ${option} differs from that of the tab that opened this shared connection: use the same, or another name in shared: { name }.`
    port.send(['failed', failureOf('invalid_argument', text), undefined, undefined])
  }

  #start(request: ConnectRequest, outbox: Outbox | undefined): void {
    const { uris, options, hasCredentials, hasAuthenticate } = request
    try {
      const ask = (...question: Parameters<Questions['ask']>[0]) => this.#questions.ask(question) as Promise<never>
      const addresses = uris.map((uri, index) => uri ?? (() => ask('address', index)))
      const client = new this.#module.Client(addresses[0] ?? '', outbox?.clientId ?? request.clientId)
      const version = (options['mqttVersion'] ?? 5) as 3 | 4 | 5
      const exchange = this.#options.isShared
        ? new MergedExchange(this.#module, client, this.#ports, version)
        : new DirectExchange(client, this.#ports)
      const layer = request.layer && this.#createLayer(client, request.layer, outbox)
      const open: Open = {
        ...{ client, exchange, request, outbox, layer, wasConnected: false },
        origins: outbox && new Origins(outbox.store, this.#deliveries, messageOf),
        ...{ connected: undefined, connecting: undefined, ending: undefined },
      }
      this.#open = open
      this.#deliveries.onEnded = (tab, operation) => open.origins?.ended(tab, operation)
      this.#listen(open)
      this.#attach(open)
      this.#watch()
      client.connect({
        ...options,
        ...outbox?.session,
        uris: addresses,
        ...(hasCredentials && { credentials: () => ask('credentials') }),
        ...(hasAuthenticate && { authenticate: (data, properties) => ask('authenticate', data, properties) }),
        onFailure: (failure) => this.#failed(failure),
      })
    } catch (thrown) {
      if (this.#open === undefined) void outbox?.close()
      this.#failed(failureOfError(thrown))
    }
  }

  #createLayer(client: Client, start: LayerStart, outbox: Outbox | undefined): LayerHost | undefined {
    return this.#options.createLayer?.(client, this.#ports, start, {
      // The promises of join() resolve first, and its handlers are added.
      joined: () => setTimeout(() => outbox?.begin()),
      renamed: (uid) => outbox?.rename(uid),
      later: (act, delay) => void this.#module.setTimer(act, delay),
    })
  }

  #attach({ client, outbox }: Open): void {
    outbox?.attach(client, {
      delivered: (delivered) => this.#tell(['delivered', plain(delivered)]),
      error: (error) => this.#tell(['error', plainError(error)]),
      over: () => {},
    })
  }

  #listen(open: Open): void {
    const { client, exchange } = open
    client.onConnecting = (uri, attempt) => {
      open.connecting = { uri, attempt }
      this.#tell(['connecting', uri, attempt])
    }
    client.onConnected = (reconnected, _uri, sessionPresent, properties) => {
      exchange.connected(!open.wasConnected, sessionPresent)
      if (!open.wasConnected) open.outbox?.connected()
      open.wasConnected = true
      open.connected = { sessionPresent, properties }
      this.#tell(['connected', reconnected, sessionPresent, properties, factsOf(client)])
    }
    client.onConnectionLost = (loss) => {
      open.connected = undefined
      const tell = (): void => {
        if (this.#open !== open) return
        this.#tellFailure('lost', loss)
        if (!loss.reconnect) this.#over()
      }
      // The broker may tell that another host has taken over before anybody else does: that is not the end.
      const { leads } = this.#options
      if (loss.reconnect || leads === undefined) tell()
      else void leads().then((isSo) => isSo && tell())
    }
    client.onMessageArrived = (message) => exchange.deliver(message)
    client.onPublished = (number, reasonCode, properties) =>
      this.#ended(number, (operation) => ['published', operation, reasonCode, properties])
    client.onPublishFailed = (number, error) => this.#ended(number, (operation) => ['publishFailed', operation, error])
    client.onSubscriptionLost = (filter, reasonCode) => exchange.lost(filter, reasonCode)
    client.onError = (thrown) => {
      for (const port of this.#ports) if (port.isJoined) port.send(['error', this.#questions.plain(port, thrown) ?? plainError(thrown)])
    }
  }

  #ended(number: number, report: (operation: number) => Ending): void {
    this.#deliveries.ended(number, report)
    const { ending, client } = this.#open ?? {}
    if (ending !== undefined && client?.unfinishedMessages === 0) this.#finish(0)
  }

  /** To a page that joins a connection that others opened. */
  #welcome(port: HostPort): void {
    const { client, connected, connecting, layer } = this.#open as Open
    if (connecting !== undefined) port.send(['connecting', connecting.uri, connecting.attempt])
    if (connected !== undefined) port.send(['connected', false, connected.sessionPresent, connected.properties, factsOf(client)])
    layer?.welcome(port)
  }

  #tell(command: HostCommand): void {
    for (const port of this.#ports) if (port.isJoined) port.send(command)
  }

  #tellFailure(kind: 'lost' | 'failed', { cause, socketError, ...failure }: Failure): void {
    for (const port of this.#ports)
      if (port.isJoined)
        port.send([kind, failure, this.#questions.plain(port, cause), this.#questions.plain(port, socketError)] as unknown as HostCommand)
  }

  #failed(failure: Failure): void {
    this.#tellFailure('failed', failure)
    this.#over()
  }

  #watch(): void {
    if (this.#open === undefined) return
    const isWatched = [...this.#ports].some(({ watchesBytes }) => watchesBytes)
    this.#open.client.onBytes = isWatched
      ? (bytes, isSent) => {
          for (const port of this.#ports) port.showBytes(bytes, isSent)
        }
      : null
  }

  /** The page wants no more of the connection, which ends with the last one. */
  #part(port: HostPort, reasonCode: number | undefined): void {
    if (!port.isJoined) return
    port.isJoined = false
    this.#open?.exchange.leave(port)
    this.#open?.layer?.leave(port)
    this.#questions.gone(port)
    this.#endIfLast(reasonCode)
  }

  #vanished(port: HostPort): void {
    if (this.#ports.has(port)) this.#remove(port, true)
  }

  #remove(port: HostPort, mayReturn: boolean): void {
    this.#part(port, mayReturn ? undefined : 0)
    this.#ports.delete(port)
    this.#deliveries.detach(port, mayReturn)
    this.#watch()
    if (mayReturn) port.close()
  }

  /** What pages that are gone have published is delivered first. */
  #endIfLast(reasonCode: number | undefined): void {
    const open = this.#open
    if (open === undefined || [...this.#ports].some(({ isJoined }) => isJoined)) return
    if (!this.#options.isShared || !this.#deliveries.hasOrphans) return this.#finish(reasonCode)
    clearTimeout(open.ending)
    open.ending = setTimeout(() => this.#finish(reasonCode), PATIENCE)
  }

  /** Without a reason code the broker publishes the will: nobody said goodbye. */
  #finish(reasonCode: number | undefined): void {
    const client = this.#forget()
    if (reasonCode !== undefined) client?.disconnect(reasonCode)
  }

  /** The connection has ended by itself; the next page that connects opens another. */
  #over(): void {
    for (const port of this.#ports) port.isJoined = false
    this.#forget()
  }

  #forget(): Client | undefined {
    const open = this.#open
    this.#open = undefined
    if (open === undefined) return undefined
    clearTimeout(open.ending)
    // What the broker still confirms is over for the next host, too; what ends with this client is not.
    open.client.onPublishFailed = null
    if (open.outbox === undefined) this.#deliveries.clear()
    if (this.#isEnding) {
      this.#isEnding = false
      queueMicrotask(() => this.#proceed())
    }
    // Not from within a call of its own.
    this.#forgotten = new Promise((resolve) => setTimeout(resolve)).then(() => {
      open.client.delete()
      if (open.outbox !== undefined) this.#deliveries.clear()
      return open.outbox?.close()
    })
    return open.client
  }
}

function factsOf({ uri, clientId, negotiated }: Client): Facts {
  return { uri, clientId, negotiated: { ...negotiated } }
}
