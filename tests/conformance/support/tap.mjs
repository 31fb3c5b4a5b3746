import { once } from 'node:events'
import { connect, createServer } from 'node:net'

const connectType = 1
const publishType = 3
const subscribeType = 8

/** What the broker delivers with this in its payload reaches the service flagged as retained. */
export const asRetained = 'as if retained'

/** Between a service and its broker: it flags messages as retained, as a broker does, and notes what is subscribed. */
export class Tap {
  /** Each filter of each SUBSCRIBE, and its options byte. @type {{ filter: string, options: number }[]} */
  subscriptions = []
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set()
  #server

  /** @param {number} brokerPort */
  constructor(brokerPort) {
    this.#server = createServer((service) => this.#join(service, connect(brokerPort, '127.0.0.1')))
  }

  /** @param {number} brokerPort */
  static async open(brokerPort) {
    const tap = new Tap(brokerPort)
    tap.#server.listen(0, '127.0.0.1')
    await once(tap.#server, 'listening')
    return tap
  }

  get url() {
    return `mqtt://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (this.#server.address()).port}`
  }

  close() {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
  }

  /** @param {import('node:net').Socket} service @param {import('node:net').Socket} broker */
  #join(service, broker) {
    let isMqtt5 = false
    const sent = eachPacket((packet, body) => {
      if (typeOf(packet) === connectType) isMqtt5 = body[6] === 5 // behind the protocol's name
      if (typeOf(packet) === subscribeType) this.subscriptions.push(...readSubscriptions(body, isMqtt5))
    })
    const delivered = eachPacket((packet) => {
      if (typeOf(packet) === publishType && packet.includes(asRetained)) packet[0] = firstByte(packet) | 1
      service.write(packet)
    })
    service.on('data', sent).pipe(broker)
    broker.on('data', delivered).on('end', () => service.end())
    for (const [socket, other] of [
      [service, broker],
      [broker, service],
    ]) {
      this.#sockets.add(/** @type {import('node:net').Socket} */ (socket))
      socket?.on('error', () => {}).on('close', () => other?.destroy())
    }
  }
}

/** @param {Buffer} bytes */
const firstByte = (bytes) => /** @type {number} */ (bytes[0])

/** @param {Buffer} packet */
const typeOf = (packet) => firstByte(packet) >> 4

/**
 * Cuts a stream of bytes into MQTT packets.
 * @param {(packet: Buffer, body: Buffer) => void} onPacket
 */
function eachPacket(onPacket) {
  let held = Buffer.alloc(0)
  return (/** @type {Buffer} */ chunk) => {
    held = Buffer.concat([held, chunk])
    for (;;) {
      const { value: length, next: start } = readLength(held, 1)
      if (start === undefined || held.length < start + length) return
      const packet = held.subarray(0, start + length)
      held = held.subarray(start + length)
      onPacket(packet, packet.subarray(start))
    }
  }
}

/**
 * A Variable Byte Integer; `next` is where it ends, if it is there whole.
 * @param {Buffer} bytes @param {number} start
 * @returns {{ value: number, next?: number }}
 */
function readLength(bytes, start) {
  let value = 0
  for (let at = start; at < bytes.length; ++at) {
    const byte = /** @type {number} */ (bytes[at])
    value += (byte & 0x7f) << (7 * (at - start))
    if (byte < 0x80) return { value, next: at + 1 }
  }
  return { value }
}

/** @param {Buffer} body @param {boolean} isMqtt5 */
function readSubscriptions(body, isMqtt5) {
  const subscriptions = []
  let at = 2 // behind the packet identifier
  if (isMqtt5) {
    const { value, next = at } = readLength(body, at)
    at = next + value
  }
  while (at < body.length) {
    const end = at + 2 + body.readUInt16BE(at)
    subscriptions.push({ filter: body.toString('utf8', at + 2, end), options: body.readUInt8(end) })
    at = end + 1
  }
  return subscriptions
}
