// What a record of the module says (session/store_record.hpp): format, protocol version, state, packet identifier, and
// then the encoded PUBLISH, which is absent once the broker has confirmed a QoS 2 message (PUBREC), and ignored where it is
// still there.

/** The kinds of records (wsmq/store.hpp). */
export const OUTGOING = 1
export const RECEIVED = 2
/** Not the module's: which messages of a tab are over, of which that may not have heard (remote/origins.ts). */
export const OVER = 3

export const FORMAT = 1
export const AWAITING_PUBCOMP = 3
export const HEADER = 5

const MESSAGE_EXPIRY = 0x02
const CORRELATION_DATA = 0x09
/** Sizes of the values of properties of a PUBLISH (MQTT 5.0, 2.2.2.2): bytes, or how many texts with their lengths. */
const INTEGERS: Partial<Record<number, number>> = { 0x01: 1, [MESSAGE_EXPIRY]: 4 }
const TEXTS: Partial<Record<number, number>> = { 0x03: 1, 0x08: 1, [CORRELATION_DATA]: 1, 0x26: 2 }

/** A PUBLISH. What lies in the record is a view of it. */
export interface StoredMessage {
  readonly topic: string
  readonly qos: 1 | 2
  readonly retain: boolean
  readonly payload: Uint8Array
  /** Where the Message Expiry Interval stands in the record; undefined if it has none. */
  readonly expiryAt: number | undefined
  readonly isCorrelated: boolean
}

export function packetIdentifierOf(record: Uint8Array): number {
  return byte(record, 3) * 256 + byte(record, 4)
}

/** Undefined where the record has no message any more. It is the module's own, and so it is sound. */
export function storedMessage(record: Uint8Array): StoredMessage | undefined {
  if (record.length <= HEADER) return undefined
  const first = byte(record, HEADER)
  let at = HEADER + 1
  while (byte(record, at++) > 0x7f);
  const topicAt = at + 2
  at = topicAt + byte(record, at) * 256 + byte(record, at + 1)
  const topic = new TextDecoder().decode(record.subarray(topicAt, at))
  const properties = record[1] === 5 ? readProperties(record, at + 2) : { end: at + 2, expiryAt: undefined, isCorrelated: false }
  return {
    topic,
    qos: ((first >> 1) & 3) as 1 | 2,
    retain: (first & 1) === 1,
    payload: record.subarray(properties.end),
    expiryAt: properties.expiryAt,
    isCorrelated: properties.isCorrelated,
  }
}

function readProperties(record: Uint8Array, start: number) {
  let at = start
  let size = 0
  for (let shift = 0, more = true; more; shift += 7) {
    const next = byte(record, at++)
    size |= (next & 0x7f) << shift
    more = next > 0x7f
  }
  const end = at + size
  let expiryAt: number | undefined
  let isCorrelated = false
  while (at < end) {
    const id = byte(record, at++)
    if (id === MESSAGE_EXPIRY) expiryAt = at
    if (id === CORRELATION_DATA) isCorrelated = true
    const texts = TEXTS[id]
    if (texts === undefined) at += INTEGERS[id] ?? end
    else for (let text = 0; text < texts; text++) at += 2 + byte(record, at) * 256 + byte(record, at + 1)
  }
  return { end, expiryAt, isCorrelated }
}

/** 0 behind the end, which a sound record does not have. */
function byte(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0
}
