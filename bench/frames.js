// Just enough of MQTT 3.1.1 to write and walk packets; it runs in Node and in the page alike. It is
// not the engine's codec on purpose: what checks the engine must not share its mistakes.

const utf8 = new TextEncoder()

export const PacketType = { connect: 1, connack: 2, publish: 3, puback: 4, subscribe: 8, suback: 9, pingreq: 12, pingresp: 13 }

function remainingLength(value) {
  const bytes = []
  do {
    const rest = value >> 7
    bytes.push((value & 0x7f) | (rest > 0 ? 0x80 : 0))
    value = rest
  } while (value > 0)
  return bytes
}

function text(value) {
  const bytes = utf8.encode(value)
  return [bytes.length >> 8, bytes.length & 0xff, ...bytes]
}

function packet(first, head, payload = new Uint8Array(0)) {
  const start = [first, ...remainingLength(head.length + payload.length), ...head]
  const bytes = new Uint8Array(start.length + payload.length)
  bytes.set(start)
  bytes.set(payload, start.length)
  return bytes
}

export function connect(clientId) {
  return packet(0x10, [...text('MQTT'), 4, 2, 0, 0, ...text(clientId)])
}

export function subscribe(identifier, filter, qos = 0) {
  return packet(0x82, [identifier >> 8, identifier & 0xff, ...text(filter), qos])
}

/** `identifier` 0: QoS 0, and no identifier in the packet. */
export function publish(topic, payload, identifier = 0) {
  const bytes = typeof payload === 'string' ? utf8.encode(payload) : payload
  const number = identifier > 0 ? [identifier >> 8, identifier & 0xff] : []
  return packet(identifier > 0 ? 0x32 : 0x30, [...text(topic), ...number], bytes)
}

export function join(packets) {
  const bytes = new Uint8Array(packets.reduce((sum, each) => sum + each.length, 0))
  let at = 0
  for (const each of packets) {
    bytes.set(each, at)
    at += each.length
  }
  return bytes
}

/** Cuts a stream of bytes into packets, wherever its pieces begin and end. */
export class PacketReader {
  #rest = null

  /** Calls `visit(first, bytes, start, end)` for every whole packet; start is behind the length. */
  push(chunk, visit) {
    const bytes = this.#rest ? join([this.#rest, chunk]) : chunk
    let at = 0
    while (at + 2 <= bytes.length) {
      let length = 0
      let shift = 0
      let start = at + 1
      let more = true
      while (more && start < bytes.length && shift < 28) {
        const byte = bytes[start++]
        length |= (byte & 0x7f) << shift
        shift += 7
        more = byte > 0x7f
      }
      if (more && shift >= 28) throw new Error('a remaining length of more than four bytes')
      if (more || start + length > bytes.length) break
      visit(bytes[at], bytes, start, start + length)
      at = start + length
    }
    this.#rest = at < bytes.length ? bytes.slice(at) : null
  }
}

const ascii = new TextDecoder('latin1')

/** The parts of a PUBLISH that `PacketReader` found. The payload is a view. */
export function readPublish(first, bytes, start, end) {
  const topicEnd = start + 2 + ((bytes[start] << 8) | bytes[start + 1])
  const acknowledged = (first & 0x06) !== 0
  const identifier = acknowledged ? (bytes[topicEnd] << 8) | bytes[topicEnd + 1] : 0
  return {
    topic: ascii.decode(bytes.subarray(start + 2, topicEnd)),
    identifier,
    payload: bytes.subarray(topicEnd + (acknowledged ? 2 : 0), end),
  }
}
