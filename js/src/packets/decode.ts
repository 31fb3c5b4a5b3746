// Packets, decoded.
import { MalformedPacket, type PropertyBlock, Reader, type Version } from './wire.js'

export type Qos = 0 | 1 | 2

/** A message as a broker passes it on. */
export interface WireMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: PropertyBlock
}

export interface ConnectPacket {
  readonly type: 'connect'
  readonly version: Version
  readonly clientId: string
  readonly cleanStart: boolean
  /** Seconds; 0 is none. */
  readonly keepAlive: number
  readonly username: string | undefined
  readonly password: Uint8Array | undefined
  readonly will: WireMessage | undefined
  readonly properties: PropertyBlock
}
export interface PublishPacket extends WireMessage {
  readonly type: 'publish'
  readonly packetIdentifier: number
  readonly duplicate: boolean
}
export interface AcknowledgementPacket {
  readonly type: 'puback' | 'pubrec' | 'pubrel' | 'pubcomp'
  readonly packetIdentifier: number
  readonly reasonCode: number
  readonly properties: PropertyBlock
}
export interface SubscribePacket {
  readonly type: 'subscribe'
  readonly packetIdentifier: number
  readonly properties: PropertyBlock
  readonly filters: readonly {
    readonly filter: string
    readonly qos: Qos
    readonly noLocal: boolean
    readonly retainAsPublished: boolean
    readonly retainHandling: number
  }[]
}
export interface UnsubscribePacket {
  readonly type: 'unsubscribe'
  readonly packetIdentifier: number
  readonly filters: readonly string[]
}
export interface DisconnectPacket {
  readonly type: 'disconnect' | 'auth'
  readonly reasonCode: number
  readonly properties: PropertyBlock
}
/** A packet that a client sent. */
export type ClientPacket =
  | ConnectPacket
  | PublishPacket
  | AcknowledgementPacket
  | SubscribePacket
  | UnsubscribePacket
  | DisconnectPacket
  | { readonly type: 'pingreq' }

/** A packet that only a broker sends. */
export type BrokerPacket =
  | { readonly type: 'connack'; readonly sessionPresent: boolean; readonly reasonCode: number; readonly properties: PropertyBlock }
  | {
      readonly type: 'suback' | 'unsuback'
      readonly packetIdentifier: number
      readonly reasonCodes: readonly number[]
      readonly properties: PropertyBlock
    }
  | { readonly type: 'pingresp' }

/** Packets of either side. */
export function decodeAny(first: number, body: Uint8Array, version: Version): ClientPacket | BrokerPacket {
  const reader = new Reader(body)
  switch (first >> 4) {
    case 2: {
      const sessionPresent = reader.byte() === 1
      return { type: 'connack', sessionPresent, ...reasonAndProperties(reader, version) }
    }
    case 9:
    case 11: {
      const packetIdentifier = identifier(reader)
      const properties = reader.properties(version)
      return { type: first >> 4 === 9 ? 'suback' : 'unsuback', packetIdentifier, properties, reasonCodes: [...reader.rest()] }
    }
    case 13:
      return { type: 'pingresp' }
    default:
      return decode(first, body, version)
  }
}

/** `version`: of the connection; a CONNECT says its own. */
export function decode(first: number, body: Uint8Array, version: Version): ClientPacket {
  const reader = new Reader(body)
  switch (first >> 4) {
    case 1:
      return connect(reader)
    case 3:
      return publish(reader, first & 15, version)
    case 4:
    case 5:
    case 6:
    case 7: {
      const type = (['puback', 'pubrec', 'pubrel', 'pubcomp'] as const)[(first >> 4) - 4] as AcknowledgementPacket['type']
      return { type, packetIdentifier: identifier(reader), ...reasonAndProperties(reader, version) }
    }
    case 8:
      return subscribe(reader, version)
    case 10: {
      const packetIdentifier = identifier(reader)
      reader.properties(version)
      const filters = []
      while (!reader.isAtEnd) filters.push(reader.text())
      return { type: 'unsubscribe', packetIdentifier, filters: some(filters) }
    }
    case 12:
      return { type: 'pingreq' }
    case 14:
    case 15:
      return { type: first >> 4 === 14 ? 'disconnect' : 'auth', ...reasonAndProperties(reader, version) }
    default:
      throw new MalformedPacket(`A client sends no packet of type ${first >> 4}.`)
  }
}

function connect(reader: Reader): ConnectPacket {
  const [protocol, level] = [reader.text(), reader.byte()]
  const version = protocol === 'MQIsdp' && level === 3 ? 3 : protocol === 'MQTT' && (level === 4 || level === 5) ? level : undefined
  if (version === undefined) throw new MalformedPacket(`There is no version ${level} of ${protocol}.`)
  const flags = reader.byte()
  const keepAlive = reader.two()
  const properties = reader.properties(version)
  const clientId = reader.text()
  const will =
    (flags & 4) === 0
      ? undefined
      : {
          properties: reader.properties(version),
          topic: reader.text(),
          payload: reader.binary(),
          qos: ((flags >> 3) & 3) as Qos,
          retain: (flags & 32) !== 0,
        }
  const username = flags & 128 ? reader.text() : undefined
  const password = flags & 64 ? reader.binary() : undefined
  return { type: 'connect', version, clientId, cleanStart: (flags & 2) !== 0, keepAlive, username, password, will, properties }
}

function publish(reader: Reader, flags: number, version: Version): PublishPacket {
  const qos = (flags >> 1) & 3
  if (qos > 2) throw new MalformedPacket('There is no QoS 3.')
  const topic = reader.text()
  const packetIdentifier = qos > 0 ? identifier(reader) : 0
  const properties = reader.properties(version)
  return {
    type: 'publish',
    topic,
    packetIdentifier,
    properties,
    payload: reader.rest(),
    qos: qos as Qos,
    retain: (flags & 1) !== 0,
    duplicate: (flags & 8) !== 0,
  }
}

function subscribe(reader: Reader, version: Version): SubscribePacket {
  const packetIdentifier = identifier(reader)
  const properties = reader.properties(version)
  const filters = []
  while (!reader.isAtEnd) {
    const [filter, options] = [reader.text(), reader.byte()]
    if ((options & 3) === 3) throw new MalformedPacket('There is no QoS 3.')
    filters.push({
      filter,
      qos: (options & 3) as Qos,
      noLocal: (options & 4) !== 0,
      retainAsPublished: (options & 8) !== 0,
      retainHandling: (options >> 4) & 3,
    })
  }
  return { type: 'subscribe', packetIdentifier, properties, filters: some(filters) }
}

/** Both may be left out (MQTT 5.0, 3.4.2.1). */
function reasonAndProperties(reader: Reader, version: Version): { reasonCode: number; properties: PropertyBlock } {
  const reasonCode = reader.isAtEnd ? 0 : reader.byte()
  return { reasonCode, properties: reader.isAtEnd ? {} : reader.properties(version) }
}

function identifier(reader: Reader): number {
  const value = reader.two()
  if (value === 0) throw new MalformedPacket('A packet identifier is 0.')
  return value
}

/** [MQTT-3.8.3-2] [MQTT-3.10.3-2] */
function some<T>(filters: T[]): T[] {
  if (filters.length === 0) throw new MalformedPacket('There is no topic filter.')
  return filters
}
