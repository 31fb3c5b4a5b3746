import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import {
  behindProperties,
  connackWith,
  disconnectPacket,
  eachPacket,
  firstByte,
  property,
  pubackPacket,
  readFilters,
  type,
  typeOf,
} from './wire.mjs'

const receiveMaximumExceeded = 0x93
const topicFilterInvalid = 0x80 // of MQTT 3.1.1: any failure
const shared = '$share/'

/** What the broker delivers with this in its payload reaches the service flagged as retained. */
export const asRetained = 'as if retained'

/**
 * How the broker behind the tap looks to the service.
 * @typedef {object} Look
 * @property {'connack' | number} [noSharing] it has no shared subscriptions: its CONNACK says so, or its SUBACK with this reason code
 * @property {number} [receiveMaximum] what its CONNACK says, and it ends the connection of whoever exceeds it
 * @property {boolean} [keepsRetained] it delivers no retained messages
 */

/** Between services and their broker: it changes what they see of the broker, and notes what they do. */
export class Tap {
  /** Each filter of each SUBSCRIBE, and its options byte. @type {{ filter: string, options: number }[]} */
  subscriptions = []
  /** Each filter of each UNSUBSCRIBE. @type {string[]} */
  unsubscribed = []
  /** Of messages that one service had sent and the broker not acknowledged. */
  mostUnacknowledged = 0
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set()
  #server

  /** @param {number} brokerPort @param {Look} look */
  constructor(brokerPort, look) {
    this.look = look
    this.#server = createServer((service) => this.#join(service, connect(brokerPort, '127.0.0.1')))
  }

  /** @param {number} brokerPort @param {Look} [look] */
  static async open(brokerPort, look = {}) {
    const tap = new Tap(brokerPort, look)
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
    const line = new Line(this, (packet) => broker.write(packet))
    const { receiveMaximum = Infinity } = this.look
    const sent = eachPacket((packet, body) => {
      line.handleSent(packet, body)
      if (line.unacknowledged <= receiveMaximum) broker.write(packet)
      else service.end(disconnectPacket(receiveMaximumExceeded))
    })
    const delivered = eachPacket((packet, body) => {
      const seen = line.handleDelivered(packet, body)
      if (seen) service.write(seen)
    })
    service.on('data', sent).on('end', () => broker.end())
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

/** One connection. */
class Line {
  unacknowledged = 0
  #isMqtt5 = false
  /** Which filters of a SUBSCRIBE are shared, by its packet identifier. @type {Map<number, number[]>} */
  #refused = new Map()

  /** @param {Tap} tap @param {(packet: Buffer) => void} toBroker */
  constructor(tap, toBroker) {
    this.tap = tap
    this.toBroker = toBroker
  }

  /** @param {Buffer} packet of the service @param {Buffer} body */
  handleSent(packet, body) {
    const { tap } = this
    switch (typeOf(packet)) {
      case type.connect:
        this.#isMqtt5 = body[6] === 5 // behind the protocol's name
        return
      case type.publish:
        if (firstByte(packet) & 0x06) this.unacknowledged += 1
        tap.mostUnacknowledged = Math.max(tap.mostUnacknowledged, this.unacknowledged)
        return
      case type.subscribe: {
        const filters = readFilters(packet, body, this.#isMqtt5)
        tap.subscriptions.push(...filters)
        if (tap.look.noSharing !== undefined) this.#refuse(body, filters)
        return
      }
      case type.unsubscribe:
        tap.unsubscribed.push(...readFilters(packet, body, this.#isMqtt5).map(({ filter }) => filter))
    }
  }

  /** The broker grants a filter that nothing matches. @param {Buffer} body @param {ReturnType<typeof readFilters>} filters */
  #refuse(body, filters) {
    const refused = []
    for (const [index, { filter, start }] of filters.entries()) {
      if (!filter.startsWith(shared)) continue
      body.write('refuse', start)
      refused.push(index)
    }
    this.#refused.set(body.readUInt16BE(0), refused)
  }

  /** What the service sees of it. @param {Buffer} packet of the broker @param {Buffer} body */
  handleDelivered(packet, body) {
    switch (typeOf(packet)) {
      case type.connack:
        return this.#isMqtt5 ? connackWith(body, this.#announced()) : packet
      case type.publish:
        if (this.tap.look.keepsRetained && firstByte(packet) & 1) return this.#withhold(packet, body)
        if (packet.includes(asRetained)) packet[0] = firstByte(packet) | 1
        return packet
      case type.puback:
        this.unacknowledged -= 1
        return packet
      case type.suback:
        for (const index of this.#refused.get(body.readUInt16BE(0)) ?? []) {
          const { noSharing } = this.tap.look
          const reason = this.#isMqtt5 && typeof noSharing === 'number' ? noSharing : topicFilterInvalid
          body[behindProperties(body, 2, this.#isMqtt5) + index] = reason
        }
        return packet
      default:
        return packet
    }
  }

  /** @param {Buffer} packet @param {Buffer} body */
  #withhold(packet, body) {
    if (firstByte(packet) & 0x06) this.toBroker(pubackPacket(body.readUInt16BE(2 + body.readUInt16BE(0))))
  }

  #announced() {
    const { noSharing, receiveMaximum } = this.tap.look
    const announced = new Map()
    if (noSharing === 'connack') announced.set(property.sharedSubscriptionAvailable, 0)
    if (receiveMaximum !== undefined) announced.set(property.receiveMaximum, receiveMaximum)
    return announced
  }
}
