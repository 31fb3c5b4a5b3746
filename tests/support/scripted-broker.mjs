// A broker that follows a test's script: what to do about each packet. A packet without an instruction gets a normal answer.
import { once } from 'node:events'
import { createServer } from 'node:net'

/** @type {Record<number, string>} */
const names = { 1: 'connect', 3: 'publish', 4: 'puback', 8: 'subscribe', 10: 'unsubscribe', 12: 'pingreq', 14: 'disconnect' }

/** @typedef {{ name: string, flags: number, body: Buffer, id: number }} Packet `id`: 0 where it has none */
/** @typedef {(connection: Connection, packet: Packet) => void} Reaction */

class Connection {
  #rest = Buffer.alloc(0)
  /** That of MQTT, on the wire. */
  version = 5

  /** @param {import('node:net').Socket} socket @param {ScriptedBroker} broker */
  constructor(socket, broker) {
    this.socket = socket.setNoDelay()
    this.broker = broker
    socket.on('error', () => {})
    socket.on('data', (chunk) => this.#take(chunk))
  }

  /** @param {number} first @param {...number} body of less than 128 bytes */
  send(first, ...body) {
    this.socket.write(Buffer.from([first, body.length, ...body]))
  }

  /** CONNACK. @param {number} reason */
  accept(reason = 0) {
    this.send(0x20, 0, reason, ...this.properties)
  }

  /** DISCONNECT of MQTT 5, and the end. @param {number} reason */
  disconnect(reason) {
    this.send(0xe0, reason)
    this.socket.end()
  }

  close() {
    this.socket.end()
  }

  reset() {
    this.socket.resetAndDestroy()
  }

  /** None, where there is room for them. */
  get properties() {
    return this.version === 5 ? [0] : []
  }

  /** SUBACK, with the same for each filter. @param {Packet} packet @param {number} reason */
  grant({ id, body }, reason = 0) {
    this.send(0x90, id >> 8, id & 0xff, ...this.properties, ...Array.from({ length: filtersIn(body, this.version) }, () => reason))
  }

  /** What a sound broker says. @param {Packet} packet */
  answer(packet) {
    const { name, flags, id } = packet
    const bytes = [id >> 8, id & 0xff]
    if (name === 'connect') this.accept()
    if (name === 'publish' && flags & 6) this.send(0x40, ...bytes)
    if (name === 'subscribe') this.grant(packet)
    if (name === 'unsubscribe') this.send(0xb0, ...bytes, ...this.properties, ...(this.version === 5 ? [0] : []))
    if (name === 'pingreq') this.send(0xd0)
  }

  /** @param {Buffer} chunk */
  #take(chunk) {
    this.#rest = Buffer.concat([this.#rest, chunk])
    for (;;) {
      const { size, header } = lengthOf(this.#rest)
      if (this.#rest.length < header + size || header === 0) return
      const first = this.#rest[0] ?? 0
      const body = this.#rest.subarray(header, header + size)
      this.#rest = this.#rest.subarray(header + size)
      // The first bytes of TLS may look like a CONNECT.
      if (first >> 4 === 1 && body.length > 2) this.version = body[body.readUInt16BE(0) + 2] ?? 0
      this.broker.take(this, { name: names[first >> 4] ?? `${first >> 4}`, flags: first & 15, body, id: idIn(first, body) })
    }
  }
}

export class ScriptedBroker {
  /** The packets that came. @type {Packet[]} */
  heard = []
  /** @type {Set<() => void>} */
  #waiting = new Set()
  /** @type {Set<Connection>} */
  connections = new Set()

  /** @param {Record<string, Reaction>} script by the packet's name */
  constructor(script) {
    this.script = script
    this.server = createServer((socket) => {
      const connection = new Connection(socket, this)
      this.connections.add(connection)
      socket.on('close', () => this.connections.delete(connection))
    })
  }

  /** @param {Record<string, Reaction>} [script] */
  static async open(script = {}) {
    const broker = new ScriptedBroker(script)
    broker.server.listen(0, '127.0.0.1')
    await once(broker.server, 'listening')
    return broker
  }

  get port() {
    return /** @type {import('node:net').AddressInfo} */ (this.server.address()).port
  }

  /** @param {string} name */
  count(name) {
    return this.bodies(name).length
  }

  /** What the packets of a name hold. @param {string} name */
  bodies(name) {
    return this.heard.filter((packet) => packet.name === name).map(({ body }) => body)
  }

  /** @param {Connection} connection @param {Packet} packet */
  take(connection, packet) {
    this.heard.push(packet)
    const reaction = this.script[packet.name]
    if (reaction) reaction(connection, packet)
    else connection.answer(packet)
    this.#waiting.forEach((each) => each())
  }

  /** Until so many packets of a name have come. @param {string} name @param {number} [count] */
  async until(name, count = 1) {
    while (this.count(name) < count) {
      await new Promise((resolve) => {
        const done = () => (this.#waiting.delete(done), resolve(undefined))
        this.#waiting.add(done)
      })
    }
  }

  async close() {
    for (const { socket } of this.connections) socket.destroy()
    this.server.close()
    await once(this.server, 'close')
  }
}

/** A packet's remaining length, and how many bytes stand before its body; none where they are not here yet. @param {Buffer} bytes */
function lengthOf(bytes) {
  let size = 0
  for (let i = 1; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0
    size += (byte & 0x7f) * 128 ** (i - 1)
    if (byte < 0x80) return { size, header: i + 1 }
  }
  return { size: 0, header: 0 }
}

/** @param {number} first @param {Buffer} body */
function idIn(first, body) {
  const type = first >> 4
  if (type === 8 || type === 10) return body.readUInt16BE(0)
  return type === 3 && first & 6 ? body.readUInt16BE(body.readUInt16BE(0) + 2) : 0
}

/** How many filters a SUBSCRIBE has, with properties of less than 128 bytes. @param {Buffer} body @param {number} version */
function filtersIn(body, version) {
  let at = 2 + (version === 5 ? 1 + (body[2] ?? 0) : 0)
  let count = 0
  for (; at < body.length; count++) at += body.readUInt16BE(at) + 3
  return count
}
