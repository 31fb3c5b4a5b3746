import { InvalidArgumentError } from '../errors.js'
import { topicMatches } from '../filter.js'
import { Connection } from './connection.js'
import { Exchange } from './exchange.js'
import type { Account, Host, Limits, Packet } from './host.js'
import type { ClientPacket, ConnectPacket, PublishPacket, Qos, WireMessage } from '../packets/decode.js'
import { Received, type TestMessage } from './received.js'
import { Session, type Subscribed } from './session.js'
import { TestWebSocket } from './socket.js'
import type { PropertyBlock, Version } from '../packets/wire.js'

/** What somebody wants to do. */
export interface Access extends Account {
  readonly action: 'publish' | 'subscribe'
  /** The topic name, or the topic filter without `$share/{name}/`. */
  readonly topic: string
}

export interface TestBrokerOptions extends Limits {
  /** Default: `ws://broker.test/ws_mqtt`. No name is looked up: whoever opens a WebSocket to it gets this broker. */
  url?: string
  /** Those that it takes; 3 is MQTT 3.1. Default: all. */
  versions?: readonly Version[]
  /** Who may connect: false refuses with 0x86, a number is the reason code. Default: everybody. */
  authenticate?: (account: Account) => boolean | number
  /** Who may publish and subscribe what. Default: everybody everything. */
  allow?: (access: Access) => boolean
  /** Further properties of the CONNACK of MQTT 5, such as `{ receiveMaximum: 10 }`. They are said, and not kept to. */
  announce?: PropertyBlock
  /** Milliseconds that everything takes on its way to clients. Default: 0, which needs no timer. */
  latency?: number
}

/** A client that is connected. */
export interface TestClient extends Account {
  readonly version: Version
  readonly filters: readonly string[]
}

/** A packet on its way, for rules: see {@link TestBroker.intercept}. */
export interface PacketOnItsWay {
  /** `in` comes from a client. */
  readonly direction: 'in' | 'out'
  readonly clientId: string
  readonly packet: Packet
}

/** What becomes of it: it is lost, or the connection is cut before it arrives. */
export type Verdict = 'drop' | 'cut' | undefined

/**
 * An MQTT broker in memory, for the tests of applications: MQTT 3.1, 3.1.1 and 5, all QoS, sessions, retained messages,
 * wills, shared subscriptions; refusals, losses and access rules by script. Its time is that of `setTimeout` and `Date`,
 * and so virtual under the fake timers of Vitest, Jest or `node:test`.
 *
 * ```ts
 * using broker = new TestBroker()
 * broker.install()
 * const mq = await connect(broker.url)
 * broker.publish('lab/1/temperature', '21.5', { retain: true })
 * ```
 */
export class TestBroker {
  readonly url: string
  /** All that clients have published, in order. */
  readonly messages: TestMessage[] = []
  readonly #options: TestBrokerOptions
  readonly #connections = new Set<Connection>()
  /** Of any socket, accepted or not. */
  readonly #sockets = new Set<Connection>()
  readonly #rules = new Set<(packet: PacketOnItsWay) => Verdict>()
  readonly #watchers = new Set<() => void>()
  readonly #wills = new Map<string, ReturnType<typeof setTimeout>>()
  #refusals: number[] = []
  #isOnline = true
  #taken = 0
  #names = 0
  #uninstall: (() => void) | undefined

  constructor(options: TestBrokerOptions = {}) {
    this.#options = options
    this.url = new URL(options.url ?? 'ws://broker.test/ws_mqtt').href
  }

  /** Puts itself in the place of `WebSocket` for its own URL; other URLs go where they did. `close()` undoes it. */
  install(target: { WebSocket?: unknown } = globalThis): this {
    if (this.#uninstall !== undefined) return this
    const before = Object.getOwnPropertyDescriptor(target, 'WebSocket')
    const original = target.WebSocket as (new (url: string | URL, protocols?: string | string[]) => unknown) | undefined
    const connect = (url: string | URL, protocols?: string | string[]) =>
      new URL(url).href === this.url ? this.connect(protocols) : undefined
    // Not an arrow: it is called with new.
    const WebSocket = function (url: string | URL, protocols?: string | string[]): unknown {
      const own = connect(url, protocols)
      if (own !== undefined) return own
      if (original === undefined) throw new DOMException(`There is no server at ${String(url)} in this test.`, 'SyntaxError')
      return new original(url, protocols)
    }
    Object.assign(WebSocket, { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 })
    Object.defineProperty(target, 'WebSocket', { value: WebSocket, configurable: true, writable: true })
    this.#uninstall = () => {
      if (before === undefined) delete target.WebSocket
      else Object.defineProperty(target, 'WebSocket', before)
    }
    return this
  }

  /** A socket to this broker, for those who cannot `install()`. */
  connect(protocols?: string | readonly string[]): WebSocket {
    let connection: Connection | undefined
    const socket = new TestWebSocket(this.url, protocols, {
      open: (opened) => {
        if (!this.#isOnline) return false
        connection = new Connection(this.#host, opened)
        this.#sockets.add(connection)
        return true
      },
      received: (bytes) => connection?.receive(bytes),
      closed: () => connection?.gone(),
    })
    return socket as unknown as WebSocket
  }

  /** Who is connected now. */
  get clients(): TestClient[] {
    return [...this.#connections].map(({ account, version, session }) => ({
      ...account,
      version,
      filters: [...(session?.subscriptions.keys() ?? [])],
    }))
  }

  /** What is retained, by topic. */
  get retained(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#exchange.retained].map(([topic, { message }]) => [topic, message.payload]))
  }

  /** As another client would. */
  publish(
    topic: string,
    payload: string | Uint8Array | { json: unknown },
    { qos = 0, retain = false, properties = {} }: { qos?: Qos; retain?: boolean; properties?: PropertyBlock } = {},
  ): void {
    if (topic === '' || /[+#]/.test(topic)) throw new InvalidArgumentError(`"${topic}" is no topic name.`, 'invalid_topic')
    const bytes =
      payload instanceof Uint8Array
        ? payload.slice()
        : new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload.json))
    this.#exchange.route({ topic, payload: bytes, qos, retain, properties }, undefined)
  }

  /**
   * The next message for a filter, from the first that no call has given yet; waits for one where there is none. Rejects
   * with the signal's reason.
   */
  async next(filter: string, { signal }: { signal?: AbortSignal } = {}): Promise<TestMessage> {
    for (;;) {
      const index = this.messages.findIndex(({ topic }, at) => at >= this.#taken && topicMatches(filter, topic))
      const found = this.messages[index]
      if (found !== undefined) {
        this.#taken = index + 1
        return found
      }
      await this.until(
        (broker) => broker.messages.slice(this.#taken).some(({ topic }) => topicMatches(filter, topic)),
        signal ? { signal } : {},
      )
    }
  }

  /** Resolves as soon as the condition holds. Rejects with the signal's reason, and with what the condition throws. */
  async until(condition: (broker: this) => boolean, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    signal?.throwIfAborted()
    if (condition(this)) return
    await new Promise<void>((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#watchers.delete(look)
        signal?.removeEventListener('abort', abort)
        act()
      }
      const abort = () => settle(() => reject(signal?.reason as Error))
      const look = () => {
        try {
          if (condition(this)) settle(resolve)
        } catch (thrown) {
          settle(() => reject(thrown))
        }
      }
      this.#watchers.add(look)
      signal?.addEventListener('abort', abort)
    })
  }

  /** The next CONNECTs are answered with these reason codes, one each: `refuse(0x88, 0x88)`. */
  refuse(...reasonCodes: number[]): void {
    this.#refusals.push(...reasonCodes)
  }

  /** Connections are cut without a word: all, or those of one client. */
  cut(clientId?: string): void {
    for (const connection of [...this.#sockets]) if (clientId === undefined || connection.account.clientId === clientId) connection.cut()
  }

  /** MQTT 5 clients get a DISCONNECT with the reason first. */
  disconnect(reasonCode: number, clientId?: string): void {
    for (const connection of [...this.#connections])
      if (clientId === undefined || connection.account.clientId === clientId) connection.close(reasonCode)
  }

  /** Nobody can connect, and whoever is connected is cut. */
  goOffline(): void {
    this.#isOnline = false
    this.cut()
  }

  goOnline(): void {
    this.#isOnline = true
  }

  /** All are cut. Without `keepSessions`, sessions and retained messages are gone: a broker without persistence. */
  restart({ keepSessions = false }: { keepSessions?: boolean } = {}): void {
    this.cut()
    if (keepSessions) return
    for (const session of [...this.#exchange.sessions.values()]) this.#exchange.end(session)
    this.#exchange.retained.clear()
    for (const will of this.#wills.values()) clearTimeout(will)
    this.#wills.clear()
  }

  /**
   * Looks at every packet, both ways, and may lose it or cut the connection. The result takes the rule away.
   *
   * ```ts
   * const undo = broker.intercept(({ direction, packet }) => (direction === 'out' && packet.type === 'puback' ? 'drop' : undefined))
   * ```
   */
  intercept(rule: (packet: PacketOnItsWay) => Verdict): () => void {
    this.#rules.add(rule)
    return () => void this.#rules.delete(rule)
  }

  /** Ends everything, and gives `WebSocket` back. */
  close(): void {
    this.goOffline()
    this.restart()
    this.#uninstall?.()
    this.#uninstall = undefined
  }

  [Symbol.dispose](): void {
    this.close()
  }

  readonly #exchange = new Exchange(
    (session) => this.#connectionOf(session)?.flush(),
    (session) => this.#connectionOf(session) !== undefined,
  )

  readonly #host: Host = {
    limits: () => this.#options,
    connect: (connection, packet) => this.#accept(connection, packet),
    publish: (connection, packet) => this.#publishFrom(connection, packet),
    subscribe: (connection, subscribed) => this.#subscribe(connection, subscribed),
    disconnected: (connection, properties) => this.#takeLeave(connection, properties),
    ended: (connection) => this.#ended(connection),
    intercept: (connection, direction, packet) => this.#judge(connection, direction, packet),
    later: (act) => {
      if (this.#options.latency) setTimeout(act, this.#options.latency)
      else queueMicrotask(act)
    },
  }

  #connectionOf(session: Session): Connection | undefined {
    return [...this.#connections].find((connection) => connection.session === session)
  }

  #accept(connection: Connection, packet: ConnectPacket): ReturnType<Host['connect']> {
    const refusal = this.#refusalOf(connection, packet)
    if (refusal !== 0) return { reasonCode: refusal, sessionPresent: false, properties: {} }
    const { version, properties } = packet
    const clientId = packet.clientId || `test-${++this.#names}`
    connection.account = { ...connection.account, clientId }
    for (const other of [...this.#connections]) if (other.account.clientId === clientId) other.close(0x8e)
    clearTimeout(this.#wills.get(clientId))
    this.#wills.delete(clientId)
    const before = this.#exchange.sessions.get(clientId)
    if (before !== undefined) clearTimeout(before.expiry)
    const session = packet.cleanStart || before === undefined ? new Session(clientId) : before
    // Below MQTT 5 a session lasts as it began.
    session.expiresAfter =
      version === 5 ? ((properties['sessionExpiryInterval'] as number | undefined) ?? 0) : packet.cleanStart ? 0 : Infinity
    this.#exchange.sessions.set(clientId, session)
    connection.session = session
    this.#connections.add(connection)
    const { maximumQos, maximumPacketSize, topicAliasMaximum, announce } = this.#options
    const said = {
      maximumQos,
      maximumPacketSize,
      topicAliasMaximum,
      assignedClientIdentifier: packet.clientId ? undefined : clientId,
      ...announce,
    }
    this.#look()
    return { reasonCode: 0, sessionPresent: session === before, properties: said }
  }

  #refusalOf({ account }: Connection, { version, clientId, cleanStart }: ConnectPacket): number {
    const scripted = this.#refusals.shift()
    if (scripted !== undefined) return scripted
    if (!(this.#options.versions ?? [3, 4, 5]).includes(version)) return 0x84
    if (clientId === '' && version < 5 && !cleanStart) return 0x85
    const answer = this.#options.authenticate?.(account) ?? true
    return answer === true ? 0 : answer === false ? 0x86 : answer
  }

  #publishFrom({ account }: Connection, packet: PublishPacket): number {
    const { topic, payload, qos, retain, properties } = packet
    if (this.#options.allow?.({ ...account, action: 'publish', topic }) === false) return 0x87
    this.messages.push(new Received({ topic, payload, qos, retain, properties }, account.clientId))
    const isTaken = this.#exchange.route({ topic, payload, qos, retain, properties }, account.clientId)
    this.#look()
    return isTaken ? 0 : 0x10
  }

  #subscribe({ account, session }: Connection, subscribed: Subscribed): ReturnType<Host['subscribe']> {
    const refused = (reasonCode: number) => ({ reasonCode, deliverRetained: () => {} })
    if (session === undefined || !isFilter(subscribed.filter)) return refused(0x8f)
    const topic = subscribed.filter.replace(/^\$share\/[^/]+\//, '')
    if (this.#options.allow?.({ ...account, action: 'subscribe', topic }) === false) return refused(0x87)
    const isNew = !session.subscriptions.has(subscribed.filter)
    const qos = Math.min(subscribed.qos, this.#options.maximumQos ?? 2) as Qos
    session.subscriptions.set(subscribed.filter, { ...subscribed, qos })
    this.#look()
    return { reasonCode: qos, deliverRetained: () => this.#exchange.deliverRetained(session, { ...subscribed, qos }, isNew) }
  }

  #takeLeave({ session }: Connection, properties: PropertyBlock): void {
    const expiry = properties['sessionExpiryInterval'] as number | undefined
    if (session !== undefined && expiry !== undefined) session.expiresAfter = expiry
  }

  #ended(connection: Connection): void {
    this.#sockets.delete(connection)
    const { session, will } = connection
    if (!this.#connections.delete(connection) || session === undefined) return
    // A session that another connection has taken over is that one's.
    if (this.#exchange.sessions.get(session.clientId) === session && this.#connectionOf(session) === undefined) this.#expire(session)
    if (will !== undefined) this.#leaveBehind(session, will)
    this.#look()
  }

  #expire(session: Session): void {
    if (session.expiresAfter === 0) this.#exchange.end(session)
    else if (session.expiresAfter < 0xffff_ffff) session.expiry = after(session.expiresAfter, () => this.#exchange.end(session))
  }

  /** The will goes when its delay is over or the session ends, whichever is first (MQTT 5.0, 3.1.3.2.2). */
  #leaveBehind(session: Session, will: WireMessage): void {
    const { willDelayInterval = 0, ...properties } = will.properties
    const publish = () => {
      this.#wills.delete(session.clientId)
      this.messages.push(new Received({ ...will, properties }, session.clientId))
      this.#exchange.route({ ...will, properties }, session.clientId)
      this.#look()
    }
    const seconds = Math.min(willDelayInterval as number, session.expiresAfter)
    if (seconds === 0) publish()
    else this.#wills.set(session.clientId, after(seconds, publish))
  }

  #judge(connection: Connection, direction: 'in' | 'out', packet: Packet | ClientPacket): 'pass' | 'drop' {
    for (const rule of [...this.#rules]) {
      const verdict = rule({ direction, clientId: connection.account.clientId, packet: packet as Packet })
      if (verdict === 'cut') connection.cut()
      if (verdict !== undefined) return 'drop'
    }
    return 'pass'
  }

  #look(): void {
    for (const look of [...this.#watchers]) look()
  }
}

/** [MQTT-4.7.1-1] [MQTT-4.7.1-2] [MQTT-4.8.2-1] */
function isFilter(filter: string): boolean {
  const levels = filter.replace(/^\$share\/[^/+#]+\//, '').split('/')
  return (
    filter !== '' && levels.every((level, index) => level === '+' || (level === '#' && index === levels.length - 1) || !/[+#]/.test(level))
  )
}

/** A timer takes 24 days at most. */
function after(seconds: number, act: () => void): ReturnType<typeof setTimeout> {
  return setTimeout(act, Math.min(seconds * 1000, 2 ** 31 - 1))
}
