// One connection of a client: what it says, and what the broker answers.
import {
  type ClientPacket,
  type ConnectPacket,
  decode,
  type PublishPacket,
  type SubscribePacket,
  type WireMessage,
} from '../packets/decode.js'
import type { Account, Host, Packet } from './host.js'
import type { Delivery, Session } from './session.js'
import type { TestWebSocket } from './socket.js'
import { Framer, MalformedPacket, type PropertyBlock, type Version, Writer } from '../packets/wire.js'

/** CONNACK below MQTT 5. */
const returnCodes: Partial<Record<number, number>> = { 0: 0, 0x84: 1, 0x85: 2, 0x88: 3, 0x86: 4, 0x87: 5 }

export class Connection {
  readonly #host: Host
  readonly #socket: TestWebSocket
  readonly #framer = new Framer()
  readonly #aliases = new Map<number, string>()
  #keepAlive: ReturnType<typeof setTimeout> | undefined
  #keepAliveSeconds = 0
  /** Sent and not acknowledged, for the client's Receive Maximum. */
  #quota = 65_535
  #isOver = false
  version: Version = 5
  session: Session | undefined
  account: Account = { clientId: '', username: undefined, password: undefined }
  will: WireMessage | undefined

  constructor(host: Host, socket: TestWebSocket) {
    this.#host = host
    this.#socket = socket
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** What the client sent. */
  receive(bytes: Uint8Array): void {
    if (this.#isOver) return
    try {
      for (const { first, body, size } of this.#framer.push(bytes)) {
        if (this.isOver) return
        const packet = decode(first, body, this.version)
        if (this.#host.intercept(this, 'in', packet) === 'drop') continue
        this.#handle(packet, size)
      }
    } catch (thrown) {
      if (!(thrown instanceof MalformedPacket)) throw thrown
      this.close(0x81)
    }
    this.#restartKeepAlive()
  }

  /** MQTT 5 says why in a DISCONNECT; below it, the connection just ends. */
  close(reasonCode: number): void {
    if (this.#isOver) return
    if (this.version === 5 && this.session !== undefined)
      this.#send(new Writer().byte(reasonCode).variable(0).packet(0xe0), { type: 'disconnect', reasonCode })
    this.cut(1000)
  }

  /** As when the network does; with a code, as a server that says goodbye. */
  cut(code = 1006): void {
    if (this.#isOver) return
    this.#end()
    this.#host.later(() => this.#socket.end(code))
  }

  /** The client is gone. */
  gone(): void {
    this.#end()
  }

  /** Sends as much of what waits as the client takes. */
  flush(): void {
    const { session } = this
    if (session === undefined || this.#isOver) return
    while (session.waiting.length > 0 && (this.#quota > 0 || session.waiting[0]?.message.qos === 0)) {
      const delivery = session.waiting.shift() as Delivery
      if (delivery.expires !== undefined && delivery.expires <= Date.now()) continue
      if (delivery.message.qos === 0) this.#publish(delivery, 0, false)
      else {
        this.#quota -= 1
        this.#publish(delivery, session.begin(delivery), false)
      }
    }
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#keepAlive)
    this.#host.ended(this)
  }

  #handle(packet: ClientPacket, size: number): void {
    if (this.session === undefined) {
      if (packet.type === 'connect') this.#connect(packet)
      else this.cut(1000)
      return
    }
    const { maximumPacketSize } = this.#host.limits()
    if (maximumPacketSize !== undefined && size > maximumPacketSize) return this.close(0x95)
    switch (packet.type) {
      case 'publish':
        return this.#received(packet)
      case 'puback':
      case 'pubcomp':
        return this.#delivered(packet.packetIdentifier)
      case 'pubrec':
        return this.#released(packet.packetIdentifier, packet.reasonCode)
      case 'pubrel':
        this.session.received.delete(packet.packetIdentifier)
        return this.#acknowledge('pubcomp', packet.packetIdentifier, 0)
      case 'subscribe':
        return this.#subscribe(packet)
      case 'unsubscribe': {
        const { session } = this
        const codes = packet.filters.map((filter) => (session.subscriptions.delete(filter) ? 0 : 0x11))
        const writer = new Writer().two(packet.packetIdentifier).properties({}, this.version)
        if (this.version === 5) for (const code of codes) writer.byte(code)
        return this.#send(writer.packet(0xb0), { type: 'unsuback', reasonCodes: codes })
      }
      case 'pingreq':
        return this.#send(new Writer().packet(0xd0), { type: 'pingresp' })
      case 'disconnect':
        if (packet.reasonCode !== 4) this.will = undefined
        this.#host.disconnected(this, packet.properties)
        return this.cut(1000)
      default:
        // A second CONNECT [MQTT-3.1.0-2], or an AUTH that nobody asked for.
        this.close(0x82)
    }
  }

  #connect(packet: ConnectPacket): void {
    const { version, clientId, username, password, keepAlive, properties } = packet
    this.version = version
    this.account = { clientId, username, password: password && new TextDecoder().decode(password) }
    const answer = this.#host.connect(this, packet)
    const code = version === 5 ? answer.reasonCode : (returnCodes[answer.reasonCode] ?? 3)
    const writer = new Writer().byte(answer.sessionPresent && version > 3 ? 1 : 0).byte(code)
    this.#send(writer.properties(answer.properties, version).packet(0x20), { type: 'connack', reasonCode: answer.reasonCode })
    if (answer.reasonCode !== 0) return this.cut(1000)
    this.will = packet.will
    this.#quota = (properties['receiveMaximum'] as number | undefined) ?? 65_535
    this.#keepAliveSeconds = keepAlive
    this.#resume()
  }

  /** Sends again what an earlier connection did not see acknowledged. */
  #resume(): void {
    const { session } = this
    if (session === undefined) return
    for (const [identifier, delivery] of session.inflight) {
      this.#quota -= 1
      if (delivery.isReceived) this.#acknowledge('pubrel', identifier, 0)
      else this.#publish(delivery, identifier, true)
    }
    this.flush()
  }

  #received(packet: PublishPacket): void {
    const { session } = this
    if (session === undefined) return
    const { properties, packetIdentifier, qos } = packet
    const { maximumQos, topicAliasMaximum = 0 } = this.#host.limits()
    if (maximumQos !== undefined && qos > maximumQos) return this.close(0x9b)
    const alias = properties['topicAlias'] as number | undefined
    if (alias !== undefined && (alias === 0 || alias > topicAliasMaximum)) return this.close(0x94)
    if (alias !== undefined && packet.topic !== '') this.#aliases.set(alias, packet.topic)
    const topic = packet.topic || (alias !== undefined && this.#aliases.get(alias)) || ''
    if (topic === '') return this.close(0x82)
    if (/[+#]/.test(topic)) return this.close(0x90)
    const isRepeated = qos === 2 && session.received.has(packetIdentifier)
    const rest = { ...properties, topicAlias: undefined }
    const reasonCode = isRepeated ? 0 : this.#host.publish(this, { ...packet, topic, properties: rest })
    if (qos === 1) this.#acknowledge('puback', packetIdentifier, reasonCode)
    if (qos === 2) {
      if (reasonCode < 0x80) session.received.add(packetIdentifier)
      this.#acknowledge('pubrec', packetIdentifier, reasonCode)
    }
  }

  #subscribe({ packetIdentifier, properties, filters }: SubscribePacket): void {
    const identifier = properties['subscriptionIdentifier'] as number | undefined
    const granted = filters.map((each) => this.#host.subscribe(this, { ...each, identifier }))
    const writer = new Writer().two(packetIdentifier).properties({}, this.version)
    const reasonCodes = granted.map(({ reasonCode }) => (reasonCode >= 0x80 && this.version < 5 ? 0x80 : reasonCode))
    for (const code of reasonCodes) writer.byte(code)
    this.#send(writer.packet(0x90), { type: 'suback', reasonCodes })
    for (const { deliverRetained } of granted) deliverRetained()
    this.flush()
  }

  #delivered(identifier: number): void {
    if (this.session?.inflight.delete(identifier) !== true) return
    this.#quota += 1
    this.flush()
  }

  #released(identifier: number, reasonCode: number): void {
    const delivery = this.session?.inflight.get(identifier)
    if (delivery === undefined) return this.#acknowledge('pubrel', identifier, 0x92)
    if (reasonCode >= 0x80) return this.#delivered(identifier)
    delivery.isReceived = true
    this.#acknowledge('pubrel', identifier, 0)
  }

  #acknowledge(type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp', identifier: number, reasonCode: number): void {
    const writer = new Writer().two(identifier)
    if (this.version === 5 && reasonCode !== 0) writer.byte(reasonCode).variable(0)
    this.#send(writer.packet({ puback: 0x40, pubrec: 0x50, pubrel: 0x62, pubcomp: 0x70 }[type]), {
      type,
      packetIdentifier: identifier,
      reasonCode,
    })
  }

  #publish({ message, expires }: Delivery, identifier: number, duplicate: boolean): void {
    const { topic, qos, retain, payload } = message
    const left = expires === undefined ? {} : { messageExpiryInterval: Math.max(1, Math.ceil((expires - Date.now()) / 1000)) }
    const properties = { ...message.properties, ...left } as PropertyBlock
    const writer = new Writer().text(topic)
    if (qos > 0) writer.two(identifier)
    writer.properties(properties, this.version).raw(payload)
    const first = 0x30 | (duplicate ? 8 : 0) | (qos << 1) | (retain ? 1 : 0)
    this.#send(writer.packet(first), { type: 'publish', topic, qos, retain, duplicate, payload, properties, packetIdentifier: identifier })
  }

  #send(bytes: Uint8Array, packet: Packet): void {
    if (this.#isOver || this.#host.intercept(this, 'out', packet) === 'drop') return
    this.#host.later(() => this.#socket.deliver(bytes))
  }

  #restartKeepAlive(): void {
    clearTimeout(this.#keepAlive)
    if (this.#keepAliveSeconds === 0 || this.#isOver) return
    // [MQTT-3.1.2-22]
    this.#keepAlive = setTimeout(() => this.close(0x8d), this.#keepAliveSeconds * 1500)
  }
}
