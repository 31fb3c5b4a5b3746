// Packets of the broker's side, written by hand, and those of the client taken apart.

export const types = {
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
  unsuback: 11,
  pingreq: 12,
  pingresp: 13,
  disconnect: 14,
  auth: 15,
}

/** @typedef {{ type: string, flags: number, body: Buffer }} Packet */

/** @param {number} value */
export function variableInteger(value) {
  const bytes = []
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0))
    value >>>= 7
  } while (value > 0)
  return Buffer.from(bytes)
}

/** @param {string | Uint8Array} value */
export function field(value) {
  const bytes = Buffer.from(value)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

/** @param {number} value */
export const twoBytes = (value) => Buffer.from([value >> 8, value & 0xff])

/**
 * @param {keyof typeof types} type
 * @param {number} flags
 * @param {...(Uint8Array | number[])} parts
 */
export function packet(type, flags, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from([(types[type] << 4) | flags]), variableInteger(body.length), body])
}

/** @param {Uint8Array | number[]} [properties] */
export const block = (properties = []) => Buffer.concat([variableInteger(properties.length), Buffer.from(properties)])

/** All of MQTT 5, but for `version`. */
export const connack = ({ session = false, reason = 0, properties = Buffer.alloc(0), version = 5 } = {}) =>
  packet('connack', 0, [Number(session), reason], version === 5 ? block(properties) : [])

/**
 * @param {string} topic
 * @param {string | Uint8Array} payload
 * @param {{ qos?: number, id?: number, retain?: boolean, duplicate?: boolean, properties?: Uint8Array | number[], version?: number }} [options]
 */
export function publish(topic, payload, { qos = 0, id = 1, retain = false, duplicate = false, properties, version = 5 } = {}) {
  const flags = (qos << 1) | Number(retain) | (Number(duplicate) << 3)
  const parts = [field(topic), qos > 0 ? twoBytes(id) : [], version === 5 ? block(properties) : [], Buffer.from(payload)]
  return packet('publish', flags, ...parts)
}

/**
 * @param {'puback' | 'pubrec' | 'pubrel' | 'pubcomp'} type
 * @param {number} id
 * @param {number} [reason]
 */
export const acknowledgement = (type, id, reason = 0) =>
  packet(type, type === 'pubrel' ? 2 : 0, twoBytes(id), reason === 0 ? [] : [reason, 0])

/**
 * @param {'suback' | 'unsuback'} type
 * @param {number} id
 * @param {number[]} codes
 */
export const subscribeAnswer = (type, id, codes) => packet(type, 0, twoBytes(id), block(), codes)

/**
 * Takes whole packets off the front.
 * @param {Buffer} bytes
 * @returns {{ packets: Packet[], rest: Buffer }}
 */
export function split(bytes) {
  const packets = []
  for (;;) {
    let at = 1
    let length = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length) return { packets, rest: bytes }
      const byte = bytes.readUInt8(at++)
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    if (bytes.length < at + length) return { packets, rest: bytes }
    const name = Object.entries(types).find(([, number]) => number === bytes.readUInt8(0) >> 4)?.[0] ?? 'reserved'
    packets.push({ type: name, flags: bytes.readUInt8(0) & 0x0f, body: bytes.subarray(at, at + length) })
    bytes = bytes.subarray(at + length)
  }
}

/**
 * A PUBLISH of MQTT 5.
 * @param {Packet} packet
 */
export function readPublish({ flags, body }) {
  const qos = (flags >> 1) & 3
  const topicLength = body.readUInt16BE(0)
  let at = 2 + topicLength
  const id = qos > 0 ? body.readUInt16BE(at) : 0
  if (qos > 0) at += 2
  const propertiesLength = body.readUInt8(at++)
  const properties = body.subarray(at, at + propertiesLength)
  return {
    topic: body.toString('utf8', 2, 2 + topicLength),
    qos,
    id,
    retain: (flags & 1) !== 0,
    properties,
    payload: body.subarray(at + propertiesLength),
  }
}
