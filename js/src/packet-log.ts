// The packets of a connection by their names, for a log: never a payload, a user name or a password.
import { hex } from './failure.js'

/** What a log shows of a packet. */
export interface PacketSummary {
  /** As the specification writes it: `PUBLISH`. */
  readonly name: string
  /** Bytes of the whole packet. */
  readonly size: number
  readonly packetIdentifier?: number
  /** Of a PUBLISH: its topic name, as far as the first 256 bytes of the packet hold it. */
  readonly topic?: string
  /** Of CONNACK, acknowledgements of messages, DISCONNECT and AUTH, where it is in the packet. */
  readonly reasonCode?: number
}

const NAMES =
  'CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT AUTH'.split(' ')
const LONGEST_HEAD = 256
/** The first byte, and the four that its length may have. */
const LONGEST_HEADER = 5

/** Cuts one direction of a connection, in chunks of any size, into packets. Bytes that are not MQTT end it. */
export function packetReader(): (chunk: Uint8Array) => PacketSummary[] {
  let head: number[] = []
  /** Of the packet that has begun; 0 while its length is not known. */
  let size = 0
  let seen = 0
  return (chunk) => {
    const packets: PacketSummary[] = []
    for (let at = 0; at < chunk.length;) {
      if (size === 0) {
        if (head.length === LONGEST_HEADER) return packets
        seen = head.push(chunk[at++] as number)
        size = sizeOf(head)
      }
      if (size === 0) continue
      const end = Math.min(chunk.length, at + size - seen)
      head.push(...chunk.subarray(at, Math.min(end, at + LONGEST_HEAD - head.length)))
      seen += end - at
      at = end
      if (seen < size) continue
      packets.push(summarize(head, size))
      head = []
      size = 0
    }
    return packets
  }
}

/** The whole packet's size; 0 where the header is not complete (MQTT 5.0, 2.1.4). */
function sizeOf(header: readonly number[]): number {
  const digits = header.slice(1)
  if (digits.length === 0 || (digits.at(-1) as number) >= 128) return 0
  return digits.reduce((size, digit, index) => size + (digit & 127) * 128 ** index, header.length)
}

function summarize(head: readonly number[], size: number): PacketSummary {
  const type = (head[0] as number) >> 4
  const start = head.findIndex((byte, index) => index > 0 && byte < 128) + 1
  const two = (at: number) => (head[at] as number) * 256 + (head[at + 1] as number)
  const name = NAMES[type - 1] ?? 'reserved'
  if (type === 3) {
    const end = start + 2 + two(start)
    const topic = new TextDecoder().decode(Uint8Array.from(head.slice(start + 2, end)))
    const hasIdentifier = ((head[0] as number) & 6) !== 0 && end + 1 < head.length
    return { name, size, topic, ...(hasIdentifier ? { packetIdentifier: two(end) } : {}) }
  }
  const identified = type >= 4 && type <= 11 ? { packetIdentifier: two(start) } : {}
  const reason = { 2: start + 1, 4: start + 2, 5: start + 2, 6: start + 2, 7: start + 2, 14: start, 15: start }[type]
  const reasonCode = reason === undefined ? undefined : head[reason]
  return { name, size, ...identified, ...(reasonCode === undefined ? {} : { reasonCode }) }
}

/** One line: `Sent PUBLISH "a/b", packet identifier 7, 12 bytes.` */
export function packetText({ name, size, packetIdentifier, topic, reasonCode }: PacketSummary, isSent: boolean): string {
  return [
    `${isSent ? 'Sent' : 'Received'} ${name}${topic === undefined ? '' : ` ${JSON.stringify(topic)}`}`,
    ...(packetIdentifier === undefined ? [] : [`packet identifier ${packetIdentifier}`]),
    ...(reasonCode === undefined ? [] : [`reason code ${hex(reasonCode)}`]),
    `${size} bytes.`,
  ].join(', ')
}
