/** What the tap reads and changes of MQTT packets. */

export const type = Object.freeze({
  connect: 1,
  connack: 2,
  publish: 3,
  puback: 4,
  subscribe: 8,
  suback: 9,
  unsubscribe: 10,
})

export const property = Object.freeze({ receiveMaximum: 0x21, sharedSubscriptionAvailable: 0x2a })

/** Properties of a CONNACK by the bytes that they take; what is not here is text. */
const fixedSizes = new Map([
  [0x11, 4],
  [0x13, 2],
  [property.receiveMaximum, 2],
  [0x22, 2],
  [0x24, 1],
  [0x25, 1],
  [0x27, 4],
  [0x28, 1],
  [0x29, 1],
  [property.sharedSubscriptionAvailable, 1],
])
const userProperty = 0x26

/** @param {Buffer} packet */
export const typeOf = (packet) => firstByte(packet) >> 4

/** @param {Buffer} bytes */
export const firstByte = (bytes) => /** @type {number} */ (bytes[0])

/**
 * Cuts a stream of bytes into MQTT packets.
 * @param {(packet: Buffer, body: Buffer) => void} onPacket
 */
export function eachPacket(onPacket) {
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

/** @param {number} value */
function writeLength(value) {
  const bytes = []
  for (; value > 0x7f; value >>= 7) bytes.push((value & 0x7f) | 0x80)
  return Buffer.from([...bytes, value])
}

/** Where the properties end that begin there. @param {Buffer} body @param {number} start @param {boolean} isMqtt5 */
export function behindProperties(body, start, isMqtt5) {
  if (!isMqtt5) return start
  const { value, next = start } = readLength(body, start)
  return next + value
}

/** The filters of a SUBSCRIBE or an UNSUBSCRIBE, where each begins, and the options byte of a subscription. @param {Buffer} packet @param {Buffer} body @param {boolean} isMqtt5 */
export function readFilters(packet, body, isMqtt5) {
  const hasOptions = typeOf(packet) === type.subscribe
  const filters = []
  let at = behindProperties(body, 2, isMqtt5) // behind the packet identifier
  while (at < body.length) {
    const end = at + 2 + body.readUInt16BE(at)
    filters.push({ filter: body.toString('utf8', at + 2, end), start: at + 2, options: hasOptions ? body.readUInt8(end) : 0 })
    at = end + (hasOptions ? 1 : 0)
  }
  return filters
}

/** A CONNACK of MQTT 5 with these properties in place of its own. @param {Buffer} body @param {Map<number, number>} wanted */
export function connackWith(body, wanted) {
  const { next: start = 3 } = readLength(body, 2)
  const properties = []
  for (let at = start; at < body.length;) {
    const id = body.readUInt8(at)
    const end = endOfProperty(body, at)
    if (!wanted.has(id)) properties.push(body.subarray(at, end))
    at = end
  }
  for (const [id, value] of wanted) {
    properties.push(Buffer.from(fixedSizes.get(id) === 2 ? [id, value >> 8, value & 0xff] : [id, value]))
  }
  const all = Buffer.concat(properties)
  const rest = Buffer.concat([body.subarray(0, 2), writeLength(all.length), all])
  return Buffer.concat([Buffer.from([type.connack << 4]), writeLength(rest.length), rest])
}

/** @param {Buffer} body @param {number} at */
function endOfProperty(body, at) {
  const id = body.readUInt8(at)
  const size = fixedSizes.get(id)
  if (size) return at + 1 + size
  const end = at + 3 + body.readUInt16BE(at + 1)
  return id === userProperty ? end + 2 + body.readUInt16BE(end) : end
}

/** @param {number} reason */
export const disconnectPacket = (reason) => Buffer.from([0xe0, 2, reason, 0])

/** @param {number} identifier */
export const pubackPacket = (identifier) => Buffer.from([0x40, 2, identifier >> 8, identifier & 0xff])
