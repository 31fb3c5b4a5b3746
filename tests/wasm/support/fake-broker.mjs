// A broker that does what the test says, over real WebSockets.
import { once } from 'node:events'
import { WebSocketServer } from 'ws'
import * as packets from './packets.mjs'

/** One connection of a client. */
export class Peer {
  #socket
  #rest = Buffer.alloc(0)
  /** @type {packets.Packet[]} */
  #arrived = []
  /** @type {(() => void) | undefined} */
  #wake
  /** The sizes of the WebSocket messages that came. @type {number[]} */
  messages = []
  /** Answers instead of the test. @type {((packet: packets.Packet, peer: Peer) => void) | undefined} */
  onPacket

  /** @param {import('ws').WebSocket} socket */
  constructor(socket) {
    this.#socket = socket
    this.protocol = socket.protocol
    this.extensions = socket.extensions
    this.closed = once(socket, 'close').then(([code]) => code)
    socket.on('error', () => {})
    socket.on('message', (/** @type {Buffer} */ data, isBinary) => {
      if (!isBinary) throw new Error('A text message came.')
      this.messages.push(data.length)
      const { packets: whole, rest } = packets.split(Buffer.concat([this.#rest, data]))
      this.#rest = Buffer.from(rest)
      for (const packet of whole) {
        if (this.onPacket) this.onPacket(packet, this)
        else this.#arrived.push(packet)
      }
      this.#wake?.()
    })
    socket.on('close', () => this.#wake?.())
  }

  /**
   * The next packet, which must be of this type.
   * @param {keyof typeof packets.types} type
   */
  async take(type) {
    while (this.#arrived.length === 0) {
      if (this.#socket.readyState !== this.#socket.OPEN) throw new Error(`Closed while waiting for ${type}.`)
      await new Promise((resolve) => (this.#wake = () => resolve(undefined)))
    }
    const packet = /** @type {packets.Packet} */ (this.#arrived.shift())
    if (packet.type !== type) throw new Error(`${packet.type} came instead of ${type}.`)
    return packet
  }

  /** How many packets came and were not taken. */
  get waiting() {
    return this.#arrived.length
  }

  /** @param {...Uint8Array} parts sent as one WebSocket message */
  send(...parts) {
    this.#socket.send(Buffer.concat(parts))
  }

  /** @param {string} text */
  sendText(text) {
    this.#socket.send(text)
  }

  /** Reads nothing until resume(). */
  pause() {
    this.#socket.pause()
  }

  resume() {
    this.#socket.resume()
  }

  /** @param {number} [code] */
  close(code) {
    this.#socket.close(code)
  }

  terminate() {
    this.#socket.terminate()
  }

  /** @param {Parameters<typeof packets.connack>[0]} [answer] */
  async accept(answer) {
    const connect = await this.take('connect')
    this.send(packets.connack(answer))
    return connect
  }

  /** From now on answers like a broker that delivers nothing. */
  serve() {
    this.onPacket = answer
    for (const packet of this.#arrived.splice(0)) answer(packet, this)
  }
}

/**
 * @param {packets.Packet} packet
 * @param {Peer} peer
 */
export function answer({ type, flags, body }, peer) {
  if (type === 'connect') peer.send(packets.connack({ version: body[6] }))
  else if (type === 'pingreq') peer.send(packets.packet('pingresp', 0))
  else if (type === 'subscribe') peer.send(packets.subscribeAnswer('suback', body.readUInt16BE(0), [0]))
  else if (type === 'unsubscribe') peer.send(packets.subscribeAnswer('unsuback', body.readUInt16BE(0), [0]))
  else if (type === 'pubrel') peer.send(packets.acknowledgement('pubcomp', body.readUInt16BE(0)))
  else if (type === 'publish' && (flags & 6) !== 0)
    peer.send(packets.acknowledgement((flags & 6) === 2 ? 'puback' : 'pubrec', body.readUInt16BE(2 + body.readUInt16BE(0))))
}

export class FakeBroker {
  #server
  /** @type {Peer[]} */
  #peers = []
  /** @type {((peer: Peer) => void)[]} */
  #waiting = []
  /** Whether every connection is served at once. */
  serves = false

  /** @param {WebSocketServer} server */
  constructor(server) {
    this.#server = server
    this.port = /** @type {import('node:net').AddressInfo} */ (server.address()).port
    server.on('connection', (socket) => {
      const peer = new Peer(socket)
      if (this.serves) peer.serve()
      const waiting = this.#waiting.shift()
      if (waiting) waiting(peer)
      else this.#peers.push(peer)
    })
  }

  get url() {
    return `ws://127.0.0.1:${this.port}/ws_mqtt`
  }

  /** @returns {Promise<Peer>} the next connection */
  peer() {
    const peer = this.#peers.shift()
    return peer ? Promise.resolve(peer) : new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** @param {Parameters<typeof packets.connack>[0]} [answer] @returns {Promise<Peer>} */
  async accept(answer) {
    const peer = await this.peer()
    await peer.accept(answer)
    return peer
  }

  async close() {
    for (const socket of this.#server.clients) socket.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** @param {import('ws').ServerOptions} [options] */
export async function startFakeBroker(options) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', ...options })
  await once(server, 'listening')
  return new FakeBroker(server)
}
