/* global Event, EventTarget */
// What a scenario acts on: a page with one of the libraries, a broker that it plays itself, and the record of every
// effect. Events (calls and handlers) and what the broker sees (sockets and packets) are recorded apart, each with its virtual time.
import { Clock, settle } from './clock.mjs'
import { readPackets, connack } from './packets.mjs'
import { messageText, valueText } from './show.mjs'
import { ScriptedStorage } from './storage.mjs'
import { webSocketClass } from './web-socket.mjs'

/** @typedef {import('./web-socket.mjs').ScriptedWebSocket} Socket */
/** @typedef {{ events: string[], wire: string[], storage: string[], frames: number }} Recorded */

/** What frees a packet identifier. */
const answers = new Set(['PUBACK', 'PUBCOMP', 'SUBACK', 'UNSUBACK'])

export class World {
  clock = new Clock()
  storage = new ScriptedStorage()
  /** @type {Socket[]} */
  sockets = []
  /** @type {Recorded} */
  recorded = { events: [], wire: [], storage: [], frames: 0 }
  /** @type {any} */ Client
  /** @type {any} */ Message
  /** What the page's own listeners are told. @type {EventTarget} */
  page = new EventTarget()
  /** Names for packet identifiers, which are the library's to choose. @type {Map<number, string>} */
  #identifiers = new Map()
  /** Identifiers that are free again. @type {Set<number>} */
  #answered = new Set()
  #named = 0

  /**
   * @param {(globals: Record<string, unknown>) => Promise<import('./libraries.mjs').Library>} load
   * @param {{ strict?: boolean, noStorage?: boolean, noWebSocket?: boolean }} [settings]
   */
  constructor(load, settings = {}) {
    this.load = load
    this.settings = settings
  }

  /** Loads the page, or loads it again: what it kept in storage stays, its sockets and timers end. */
  async open() {
    this.page.dispatchEvent(new Event('pagehide'))
    await settle()
    const { now } = this.clock
    this.clock = new Clock()
    this.clock.now = now
    for (const socket of this.sockets) {
      socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null
      socket.readyState = 3
    }
    this.page = new EventTarget()
    const WebSocket = webSocketClass((socket, event, detail) => this.#watch(socket, event, detail), this.sockets)
    const { Client, Message } = await this.load({
      ...this.clock.globals(),
      ...(this.settings.noWebSocket ? { WebSocket: undefined } : { WebSocket }),
      localStorage: this.settings.noStorage ? undefined : this.storage,
      addEventListener: this.page.addEventListener.bind(this.page),
      removeEventListener: this.page.removeEventListener.bind(this.page),
      reportError: (/** @type {unknown} */ thrown) => this.event(`uncaught ${valueText(thrown)}`),
      crypto: { getRandomValues: (/** @type {any} */ array) => array.fill(0x5a5a5a5a) },
      Math: Object.assign(Object.create(Math), { random: () => 0.5 }),
    })
    this.Client = Client
    this.Message = Message
  }

  /** A new page with the same storage. */
  async reload() {
    this.event('reload')
    await this.open()
  }

  /** @param {string} text */
  event(text) {
    this.recorded.events.push(`${this.clock.now} ${text}`)
  }

  /** What the broker's side sees. @param {string} text */
  wire(text) {
    this.recorded.wire.push(`${this.clock.now} ${text}`)
  }

  /**
   * Calls, and records what is thrown or returned.
   * @template T
   * @param {string} label
   * @param {() => T} run
   * @returns {Promise<T | undefined>}
   */
  async call(label, run) {
    this.event(`call ${label}`)
    let result
    try {
      result = run()
      if (result !== undefined && !(result instanceof this.Client)) this.event(`  returned ${valueText(result)}`)
    } catch (thrown) {
      this.event(`  threw ${valueText(thrown)}`)
    }
    await settle()
    return result
  }

  /** A client whose handlers are all recorded. @param {...unknown} given default: 'h', 80, '/p', 'id' */
  async client(...given) {
    const all = given.length === 0 ? ['h', 80, '/p', 'id'] : given
    const client = await this.call(`new Client(${all.map(valueText).join(', ')})`, () => new this.Client(...all))
    if (client) this.watchHandlers(client)
    return client
  }

  /** @param {any} client */
  watchHandlers(client) {
    client.onConnected = this.handler('onConnected')
    client.onConnectionLost = this.handler('onConnectionLost')
    client.onMessageDelivered = this.handler('onMessageDelivered')
    client.onMessageArrived = this.handler('onMessageArrived')
  }

  /** @param {string} name @param {(...given: any[]) => unknown} [then] @returns {(...given: any[]) => unknown} */
  handler(name, then) {
    return (...given) => {
      const texts = given.map((value) => (value instanceof this.Message ? messageText(value) : valueText(value)))
      this.event(`${name}(${texts.join(', ')})`)
      return then?.(...given)
    }
  }

  /** connect() with recorded callbacks. @param {any} client @param {object} [options] */
  async connect(client, options = {}) {
    const all = this.options({ onSuccess: this.handler('onSuccess'), onFailure: this.handler('onFailure'), ...options })
    await this.call('connect', () => client.connect(all))
    return all
  }

  /** Of connect(); ours may be asked for the old behaviour. @param {object} options */
  options(options) {
    return this.settings.strict ? { ...options, strict: true } : options
  }

  /** A client with a connection that stands. @param {object} [options] of connect() @param {unknown[]} [given] */
  async connected(options, given = []) {
    const client = await this.client(...given)
    await this.connect(client, options)
    await this.accept()
    return client
  }

  get socket() {
    const socket = this.sockets.at(-1)
    if (socket === undefined) throw new Error('There is no socket.')
    return socket
  }

  /** The connection opens, and the broker accepts. @param {number} [code] @param {boolean} [sessionPresent] */
  async accept(code = 0, sessionPresent = false) {
    await this.opens()
    await this.receive(connack(code, sessionPresent))
  }

  async opens() {
    await this.#other(() => this.socket.open())
  }

  /** One WebSocket message for each. @param {...Uint8Array} frames */
  async receive(...frames) {
    for (const frame of frames) {
      for (const { type, id } of readPackets(Buffer.from(frame)).packets) if (id !== undefined && answers.has(type)) this.#answered.add(id)
      await this.#other(() => this.socket.receive(frame))
    }
  }

  /** @param {number} [code] */
  async closes(code = 1006) {
    await this.#other(() => this.socket.finish(code, code === 1000))
  }

  async fails() {
    await this.#other(() => this.socket.fail())
  }

  /** @param {number} seconds */
  async wait(seconds) {
    await this.clock.advance(seconds * 1000)
  }

  /** The identifier of a packet that was sent: the last one of its type, or the one before it. @param {string} type @param {number} [at] */
  id(type, at = -1) {
    const all = this.sockets.flatMap((socket) => socket.packets).filter((packet) => packet.type === type)
    const id = all.at(at)?.id
    if (id === undefined) this.event(`no ${type} was sent`)
    return id ?? 0xffff
  }

  /** How often a packet was sent. @param {string} type */
  count(type) {
    return this.sockets.flatMap((socket) => socket.packets).filter((packet) => packet.type === type).length
  }

  /** Records what storage holds now. @param {string} [label] */
  async stored(label = 'stored') {
    await this.clock.advance(100)
    this.recorded.storage.push(`${this.clock.now} ${label}:`)
    for (const [key, value] of Object.entries(this.storage).sort(([a], [b]) => (a < b ? -1 : 1)))
      this.recorded.storage.push(
        `  ${key.replace(/\d+$/, '<id>')} = ${String(value).replace(/"messageIdentifier":\d+/, '"messageIdentifier":<id>')}`,
      )
  }

  /** What the browser calls does not throw into the scenario. @param {() => void} run */
  async #other(run) {
    try {
      run()
    } catch (thrown) {
      this.event(`uncaught ${valueText(thrown)}`)
    }
    await settle()
  }

  /** @param {Socket} socket @param {string} event @param {unknown} detail */
  #watch(socket, event, detail) {
    const name = `socket ${socket.index}`
    switch (event) {
      case 'new':
        return this.wire(`${name} = new WebSocket(${/** @type {string[]} */ (detail).join(', ')})`)
      case 'open':
        return this.wire(`${name} opens, as ${socket.binaryType}`)
      case 'close':
        return this.wire(`${name}.close()`)
      case 'send':
        return this.#sent(socket, /** @type {Buffer} */ (detail))
    }
  }

  /** @param {Socket} socket @param {Buffer} frame */
  #sent(socket, frame) {
    this.recorded.frames++
    socket.unread = Buffer.concat([socket.unread, frame])
    const { packets, used } = readPackets(socket.unread)
    socket.unread = socket.unread.subarray(used)
    for (const packet of packets) {
      socket.packets.push(packet)
      this.wire(`${socket.index} ${this.#packetText(packet)}`)
    }
  }

  /** @param {import('./packets.mjs').Packet} packet */
  #packetText({ text, type, id, bytes, idAt }) {
    if (id === undefined) return `${text} ${bytes.length > 120 ? bytes.length : bytes.toString('hex')}`
    const hex = `${bytes.subarray(0, idAt).toString('hex')}[id]${bytes.subarray(idAt + 2).toString('hex')}`
    return `${text} ${this.#identifier(type, id)} ${bytes.length > 120 ? bytes.length : hex}`
  }

  /** Ours are named in the order of their first use; the broker's stay as they are. @param {string} type @param {number} id */
  #identifier(type, id) {
    if (type === 'PUBACK' || type === 'PUBREC' || type === 'PUBCOMP') return `id=${id}`
    if (id === 0) return 'id=0!'
    const begins = type !== 'PUBREL' && this.#answered.delete(id)
    if (begins || !this.#identifiers.has(id)) this.#identifiers.set(id, `id-${++this.#named}`)
    return this.#identifiers.get(id)
  }
}
