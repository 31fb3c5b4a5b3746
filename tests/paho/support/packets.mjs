// MQTT 3 packets: built for the scripted broker, read from what a library sent.

const names = [
  'RESERVED',
  'CONNECT',
  'CONNACK',
  'PUBLISH',
  'PUBACK',
  'PUBREC',
  'PUBREL',
  'PUBCOMP',
  'SUBSCRIBE',
  'SUBACK',
  'UNSUBSCRIBE',
  'UNSUBACK',
  'PINGREQ',
  'PINGRESP',
  'DISCONNECT',
  'AUTH',
]

/** @param {number} first @param {...(number[] | Buffer)} parts */
export function packet(first, ...parts) {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const header = [first]
  let length = body.length
  do {
    header.push((length & 0x7f) | (length > 0x7f ? 0x80 : 0))
    length >>= 7
  } while (length > 0)
  return Buffer.concat([Buffer.from(header), body])
}

/** @param {number} value */
const u16 = (value) => [value >> 8, value & 0xff]
/** @param {string} value */
const text = (value) => Buffer.concat([Buffer.from(u16(Buffer.byteLength(value))), Buffer.from(value)])

export const connack = (code = 0, sessionPresent = false) => packet(0x20, [Number(sessionPresent), code])
/** @param {number} id */
export const puback = (id) => packet(0x40, u16(id))
/** @param {number} id */
export const pubrec = (id) => packet(0x50, u16(id))
/** @param {number} id */
export const pubrel = (id) => packet(0x62, u16(id))
/** @param {number} id */
export const pubcomp = (id) => packet(0x70, u16(id))
/** @param {number} id @param {...number} codes */
export const suback = (id, ...codes) => packet(0x90, u16(id), codes)
/** @param {number} id */
export const unsuback = (id) => packet(0xb0, u16(id))
export const pingresp = () => packet(0xd0)

/**
 * @param {string} topic
 * @param {string | Uint8Array} payload
 * @param {{ qos?: number, id?: number, retain?: boolean, dup?: boolean }} [options]
 */
export function publish(topic, payload, { qos = 0, id = 1, retain = false, dup = false } = {}) {
  const first = 0x30 | (dup ? 8 : 0) | (qos << 1) | Number(retain)
  return packet(first, text(topic), qos > 0 ? u16(id) : [], Buffer.from(/** @type {string} */ (payload)))
}

/**
 * @typedef {object} Packet
 * @property {string} type
 * @property {number} flags
 * @property {number | undefined} id
 * @property {string} text what it says, without its identifier
 * @property {Buffer} bytes with the identifier's bytes at `idAt`
 * @property {number} idAt
 */

/** The complete packets at the beginning, and how many bytes they take. @param {Buffer} bytes */
export function readPackets(bytes) {
  /** @type {Packet[]} */
  const packets = []
  let at = 0
  for (;;) {
    let length = 0
    let size = 1
    for (let shift = 0; ; shift += 7, size++) {
      const byte = bytes[at + size]
      if (byte === undefined) return { packets, used: at }
      length |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const body = at + size + 1
    if (bytes.length < body + length) return { packets, used: at }
    packets.push(read(bytes.subarray(at, body + length), body - at))
    at = body + length
  }
}

/** @param {Buffer} bytes @param {number} body @returns {Packet} */
function read(bytes, body) {
  const first = bytes[0] ?? 0
  const type = names[first >> 4] ?? ''
  const reader = new Reader(bytes, body)
  const flags = first & 15
  let id
  let idAt = -1
  const takeId = () => {
    idAt = reader.at
    id = reader.u16()
  }
  let told = ''
  switch (type) {
    case 'CONNECT':
      told = readConnect(reader)
      break
    case 'PUBLISH': {
      const topic = reader.text()
      const qos = (flags >> 1) & 3
      if (qos > 0) takeId()
      told = `qos=${qos}${flags & 1 ? ' retain' : ''}${flags & 8 ? ' dup' : ''} ${topic} ${shown(reader.rest())}`
      break
    }
    case 'SUBSCRIBE':
      takeId()
      while (!reader.atEnd) told += ` ${reader.text()} qos=${reader.u8()}`
      break
    case 'UNSUBSCRIBE':
      takeId()
      while (!reader.atEnd) told += ` ${reader.text()}`
      break
    case 'PUBACK':
    case 'PUBREC':
    case 'PUBREL':
    case 'PUBCOMP':
    case 'SUBACK':
    case 'UNSUBACK':
      takeId()
  }
  return { type, flags, id, text: `${type} ${told.trim()}`.trim(), bytes, idAt }
}

/** @param {Reader} reader */
function readConnect(reader) {
  const name = reader.text()
  const version = reader.u8()
  const flags = reader.u8()
  let told = `${name}${version}${flags & 2 ? ' clean' : ''} keepAlive=${reader.u16()}`
  told += ` id=${reader.text()}`
  if (flags & 4) told += ` will=${reader.text()} ${shown(reader.bytes())} qos=${(flags >> 3) & 3}${flags & 32 ? ' retain' : ''}`
  if (flags & 128) told += ` user=${reader.text()}`
  if (flags & 64) told += ` password=${reader.text()}`
  return reader.atEnd ? told : `${told} and ${reader.rest().toString('hex')}`
}

/** @param {Buffer} payload */
function shown(payload) {
  if (payload.length > 64) return `${payload.length} bytes`
  const decoded = payload.toString()
  return Buffer.from(decoded).equals(payload) ? JSON.stringify(decoded) : payload.toString('hex')
}

class Reader {
  /** @param {Buffer} data @param {number} at */
  constructor(data, at) {
    this.data = data
    this.at = at
  }

  get atEnd() {
    return this.at >= this.data.length
  }

  u8() {
    return this.data[this.at++] ?? 0
  }

  u16() {
    return this.u8() * 256 + this.u8()
  }

  bytes() {
    const length = this.u16()
    this.at += length
    return this.data.subarray(this.at - length, this.at)
  }

  text() {
    return this.bytes().toString()
  }

  rest() {
    const rest = this.data.subarray(this.at)
    this.at = this.data.length
    return rest
  }
}
