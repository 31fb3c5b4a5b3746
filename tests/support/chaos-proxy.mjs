import { WebSocket, WebSocketServer } from 'ws'
import { Reshaper } from './reshape.mjs'

/** @typedef {import('./reshape.mjs').Shape} Shape */

/**
 * @typedef {object} ChaosOptions
 * @property {string} target the broker's WebSocket address
 * @property {Shape} [toClient] how what the broker sends is cut into WebSocket messages
 * @property {Shape} [toBroker] the same for what the client sends
 */

/**
 * A WebSocket relay before a broker that re-cuts messages, stalls, and cuts connections on command.
 * Settings hold for connections made after they change.
 */
export class ChaosProxy {
  /** @type {Set<Link>} */
  #links = new Set()
  /** @type {WebSocketServer} */
  #server
  #stalled = false
  /** @type {number | undefined} */
  #cutAfterBytes

  /** @param {ChaosOptions} options */
  constructor({ target, toClient = { kind: 'as-is' }, toBroker = { kind: 'as-is' } }) {
    this.target = target
    this.toClient = toClient
    this.toBroker = toBroker
    /** While set, new connections are closed as soon as they arrive. */
    this.refusing = false
    /** How many connections have been made in all. */
    this.accepted = 0
    this.#server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      perMessageDeflate: false,
      handleProtocols: (offered) => [...offered][0] ?? false,
    })
    this.#server.on('connection', (client) => this.#accept(client))
  }

  async listen() {
    if (!this.#server.address()) await new Promise((resolve) => this.#server.once('listening', () => resolve(undefined)))
    return this
  }

  get port() {
    return /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/ws_mqtt`
  }

  get connections() {
    return this.#links.size
  }

  /** Breaks every connection without a closing handshake, as a lost network does. */
  cut() {
    for (const link of this.#links) link.cut()
  }

  /**
   * Breaks each connection once the client has sent this many bytes on it; undefined ends that.
   * @param {number | undefined} bytes
   */
  cutAfter(bytes) {
    this.#cutAfterBytes = bytes
  }

  /** Connections stay open and nothing passes, in either direction, until `resume`. */
  stall() {
    this.#stalled = true
    for (const link of this.#links) link.stall()
  }

  resume() {
    this.#stalled = false
    for (const link of this.#links) link.resume()
  }

  async close() {
    this.cut()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async [Symbol.asyncDispose]() {
    await this.close()
  }

  /** @param {WebSocket} client */
  #accept(client) {
    this.accepted += 1
    if (this.refusing) return client.terminate()
    const link = new Link(client, this, this.#cutAfterBytes)
    this.#links.add(link)
    client.once('close', () => this.#links.delete(link))
    if (this.#stalled) link.stall()
  }
}

/**
 * @param {ChaosOptions} options
 */
export function startChaosProxy(options) {
  return new ChaosProxy(options).listen()
}

/** One client's connection and the one to the broker behind it. */
class Link {
  /**
   * @param {WebSocket} client
   * @param {{ target: string, toClient: Shape, toBroker: Shape }} settings
   * @param {number | undefined} cutAfterBytes
   */
  constructor(client, { target, toClient, toBroker }, cutAfterBytes = Infinity) {
    this.client = client
    this.broker = new WebSocket(target, client.protocol ? [client.protocol] : [], { perMessageDeflate: false })
    this.toClient = new Reshaper(toClient, (message) => send(client, message))
    this.toBroker = new Reshaper(toBroker, (message) => send(this.broker, message))
    let received = 0
    /** @type {Buffer[]} */
    const early = []
    client.on('message', (data) => {
      const message = /** @type {Buffer} */ (data)
      received += message.length
      if (received > cutAfterBytes) return this.cut()
      if (this.broker.readyState === WebSocket.CONNECTING) early.push(message)
      else this.toBroker.push(message)
    })
    this.broker.on('open', () => early.forEach((message) => this.toBroker.push(message)))
    this.broker.on('message', (data) => this.toClient.push(/** @type {Buffer} */ (data)))
    client.on('close', () => this.#end(this.broker, this.toBroker))
    this.broker.on('close', () => this.#end(client, this.toClient))
    for (const socket of [client, this.broker]) socket.on('error', () => socket.terminate())
  }

  cut() {
    this.toClient.drop()
    this.toBroker.drop()
    this.client.terminate()
    this.broker.terminate()
  }

  stall() {
    this.client.pause()
    if (this.broker.readyState === WebSocket.CONNECTING) this.broker.once('open', () => this.broker.pause())
    else this.broker.pause()
  }

  resume() {
    this.client.resume()
    this.broker.resume()
  }

  /**
   * @param {WebSocket} other
   * @param {Reshaper} towards
   */
  #end(other, towards) {
    towards.flush()
    if (other.readyState === WebSocket.OPEN) other.close()
    else other.terminate()
  }
}

/**
 * @param {WebSocket} socket
 * @param {Buffer} message
 */
function send(socket, message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(message)
}
