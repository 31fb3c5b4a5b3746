// MQTT 5 properties: objects to blocks and back (MQTT 5.0, 2.2.2). The engine checks what belongs where.

/** How a value is laid out: the width of an integer, or one of these. */
const layout = { varying: 0, text: 5, binary: 6, pair: 7 }

/** @type {Record<number, readonly [name: string, layout: number]>} */
const propertyTable = {
  0x01: ['payloadFormatIndicator', 1],
  0x02: ['messageExpiryInterval', 4],
  0x03: ['contentType', layout.text],
  0x08: ['responseTopic', layout.text],
  0x09: ['correlationData', layout.binary],
  0x0b: ['subscriptionIdentifier', layout.varying],
  0x11: ['sessionExpiryInterval', 4],
  0x12: ['assignedClientIdentifier', layout.text],
  0x13: ['serverKeepAlive', 2],
  0x15: ['authenticationMethod', layout.text],
  0x16: ['authenticationData', layout.binary],
  0x17: ['requestProblemInformation', 1],
  0x18: ['willDelayInterval', 4],
  0x19: ['requestResponseInformation', 1],
  0x1a: ['responseInformation', layout.text],
  0x1c: ['serverReference', layout.text],
  0x1f: ['reasonString', layout.text],
  0x21: ['receiveMaximum', 2],
  0x22: ['topicAliasMaximum', 2],
  0x23: ['topicAlias', 2],
  0x24: ['maximumQos', 1],
  0x25: ['retainAvailable', 1],
  0x26: ['userProperties', layout.pair],
  0x27: ['maximumPacketSize', 4],
  0x28: ['wildcardSubscriptionAvailable', 1],
  0x29: ['subscriptionIdentifierAvailable', 1],
  0x2a: ['sharedSubscriptionAvailable', 1],
}

/** @type {Map<string, number>} */
const propertyIds = new Map(Object.entries(propertyTable).map(([id, [name]]) => [name, Number(id)]))

const largestVarying = 268_435_455

/**
 * @param {string} message
 * @returns {never}
 */
function refuseProperty(message) {
  throw new MqttError('invalid_property', message)
}

/**
 * @param {Properties | undefined} properties
 * @returns {Uint8Array} the block, without its length
 */
function encodeProperties(properties) {
  if (properties === undefined) return nothing
  if (typeof properties !== 'object' || properties === null) refuseProperty('Properties are an object.')
  const block = new BlockWriter()
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    const id = propertyIds.get(name)
    if (id === undefined) refuseProperty(`There is no property "${name}".`)
    encodeProperty(block, id, name, value)
  }
  return block.taken()
}

/**
 * @param {BlockWriter} block
 * @param {number} id
 * @param {string} name
 * @param {any} value
 */
function encodeProperty(block, id, name, value) {
  const kind = propertyTable[id][1]
  if (kind === layout.pair) {
    for (const pair of Array.isArray(value) ? value : Object.entries(value)) {
      if (!Array.isArray(pair) || pair.length !== 2) refuseProperty(`${name} are pairs of a name and a value.`)
      block.byte(id)
      encodeField(block, propertyText(name, pair[0]), name)
      encodeField(block, propertyText(name, pair[1]), name)
    }
    return
  }
  if (kind === layout.varying && Array.isArray(value)) {
    for (const each of value) encodeProperty(block, id, name, each)
    return
  }
  block.byte(id)
  if (kind === layout.text) encodeField(block, propertyText(name, value), name)
  else if (kind === layout.binary) encodeField(block, bytesOf(value, name), name)
  else encodeInteger(block, name, kind, Number(value))
}

/**
 * @param {BlockWriter} block
 * @param {string} name
 * @param {number} width
 * @param {number} value
 */
function encodeInteger(block, name, width, value) {
  const largest = width === layout.varying ? largestVarying : 2 ** (width * 8) - 1
  if (!Number.isInteger(value) || value < 0 || value > largest) refuseProperty(`${name} is a whole number from 0 to ${largest}.`)
  if (width !== layout.varying) return block.integer(value, width)
  for (; value > 0x7f; value >>>= 7) block.byte((value & 0x7f) | 0x80)
  block.byte(value)
}

/**
 * @param {string} name
 * @param {unknown} value
 */
function propertyText(name, value) {
  if (typeof value !== 'string') refuseProperty(`${name} holds text, and not ${typeof value}.`)
  checkText(value, name)
  return textEncoder.encode(value)
}

/**
 * @param {BlockWriter} block
 * @param {Uint8Array} bytes
 * @param {string} name
 */
function encodeField(block, bytes, name) {
  if (bytes.length > 0xffff) refuseProperty(`${name} is longer than 65,535 bytes.`)
  block.integer(bytes.length, 2)
  block.bytes(bytes)
}

/** @type {Properties} */
const noProperties = Object.freeze({})

/**
 * Of a block that the engine found sound.
 * @param {Uint8Array} bytes
 * @param {number} begin
 * @param {number} end
 * @returns {Properties}
 */
function decodeProperties(bytes, begin, end) {
  if (begin === end) return noProperties
  let at = begin
  const integer = (/** @type {number} */ width) => {
    let value = 0
    for (; width > 0; width--) value = value * 256 + bytes[at++]
    return value
  }
  const varying = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }
  const text = () => {
    const length = integer(2)
    return decodeText(bytes, at, (at += length))
  }
  /** @type {any} */
  const properties = {}
  while (at < end) {
    const [name, kind] = propertyTable[bytes[at++]]
    if (kind === layout.pair) (properties[name] ??= []).push([text(), text()])
    else if (kind === layout.text) properties[name] = text()
    else if (kind === layout.binary) {
      const length = integer(2)
      properties[name] = bytes.slice(at, (at += length))
    } else if (kind === layout.varying) {
      const value = varying()
      const former = properties[name]
      properties[name] = former === undefined ? value : Array.isArray(former) ? [...former, value] : [former, value]
    } else properties[name] = integer(kind)
  }
  return properties
}
