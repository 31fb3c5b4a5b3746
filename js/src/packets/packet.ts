import { hex } from '../failure.js'
import type { Properties } from '../module.js'
import { decodeAny } from './decode.js'
import { MalformedPacket, type Version } from './wire.js'

/** A packet that was sent or received: never with a user name, a password or authentication data. */
export interface Packet {
  /** As the specification writes it: `PUBLISH`. */
  readonly name: string
  readonly isSent: boolean
  /** When it passed, in milliseconds since 1970. */
  readonly at: number
  /** Bytes of the whole packet. */
  readonly size: number
  readonly packetIdentifier?: number
  /** Of PUBLISH. */
  readonly topic?: string
  readonly qos?: 0 | 1 | 2
  readonly retain?: boolean
  readonly duplicate?: boolean
  /** Of PUBLISH: at most its first 4 KiB. */
  readonly payload?: Uint8Array
  /** Of SUBSCRIBE and UNSUBSCRIBE. */
  readonly filters?: readonly string[]
  /** Of CONNACK, acknowledgements, DISCONNECT and AUTH. */
  readonly reasonCode?: number
  /** Of SUBACK and UNSUBACK, one for each filter. */
  readonly reasonCodes?: readonly number[]
  /** MQTT 5. */
  readonly properties?: Properties
  /** Of CONNECT. */
  readonly clientId?: string
  readonly cleanStart?: boolean
  /** Of CONNECT, in seconds. */
  readonly keepAlive?: number
  /** Of CONNACK. */
  readonly sessionPresent?: boolean
}

const NAMES =
  'CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT AUTH'.split(' ')
const LONGEST_TOPIC = 250

/** `body` may lack its end. What cannot be decoded has a name and a size. */
export function packetOf(first: number, body: Uint8Array, size: number, isSent: boolean, version: Version): Packet {
  const common = { name: NAMES[(first >> 4) - 1] ?? 'reserved', isSent, at: Date.now(), size }
  try {
    return { ...common, ...fields(first, body, version) }
  } catch (thrown) {
    if (!(thrown instanceof MalformedPacket)) throw thrown
    return common
  }
}

function fields(first: number, body: Uint8Array, version: Version): Partial<Packet> {
  const packet = decodeAny(first, body, version)
  switch (packet.type) {
    case 'connect': {
      const { clientId, cleanStart, keepAlive, properties } = packet
      return { clientId, cleanStart, keepAlive, ...withProperties(properties) }
    }
    case 'publish': {
      const { topic, packetIdentifier, qos, retain, duplicate, payload, properties } = packet
      return { topic, qos, retain, duplicate, payload, ...(qos > 0 && { packetIdentifier }), ...withProperties(properties) }
    }
    case 'subscribe':
      return {
        packetIdentifier: packet.packetIdentifier,
        filters: packet.filters.map(({ filter }) => filter),
        ...withProperties(packet.properties),
      }
    case 'unsubscribe':
      return { packetIdentifier: packet.packetIdentifier, filters: packet.filters }
    case 'pingreq':
    case 'pingresp':
      return {}
    case 'suback':
    case 'unsuback':
      return { packetIdentifier: packet.packetIdentifier, reasonCodes: packet.reasonCodes, ...withProperties(packet.properties) }
    case 'connack':
      return { sessionPresent: packet.sessionPresent, reasonCode: packet.reasonCode, ...withProperties(packet.properties) }
    case 'disconnect':
    case 'auth':
      return { reasonCode: packet.reasonCode, ...withProperties(packet.properties) }
    default:
      return { packetIdentifier: packet.packetIdentifier, reasonCode: packet.reasonCode, ...withProperties(packet.properties) }
  }
}

function withProperties(all: Record<string, unknown>): Pick<Packet, 'properties'> {
  const properties = Object.entries(all).filter(([name]) => name !== 'authenticationData')
  return properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}
}

/** One line for a log, without payload: `Sent PUBLISH "a/b", packet identifier 7, 12 bytes.` */
export function packetText({ name, isSent, size, packetIdentifier, topic, reasonCode }: Packet): string {
  return [
    `${isSent ? 'Sent' : 'Received'} ${name}${topic === undefined ? '' : ` ${JSON.stringify(topic.slice(0, LONGEST_TOPIC))}`}`,
    ...(packetIdentifier === undefined ? [] : [`packet identifier ${packetIdentifier}`]),
    ...(reasonCode === undefined || (reasonCode === 0 && name !== 'CONNACK') ? [] : [`reason code ${hex(reasonCode)}`]),
    `${size} bytes.`,
  ].join(', ')
}
