// Messages that arrived.

/** What was copied out of memory once for all the small messages of a batch. */
class Region {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes
    /** @type {string | undefined} */
    this.text = undefined
  }
}

const inRegion = 1 << 13
const isAscii = 1 << 14

/** @implements {import('../wsmq').ArrivedMessage} */
class ArrivedMessage {
  /**
   * @param {string} topic
   * @param {number} topicId
   * @param {number} flags as in the event's row
   * @param {Region | undefined} region none: the payload is still in WebAssembly memory
   * @param {number} start of the payload, behind the properties; in the region, or in memory
   * @param {number} length
   * @param {number} propertiesLength
   */
  constructor(topic, topicId, flags, region, start, length, propertiesLength) {
    this.topic = topic
    this.topicId = topicId
    this._flags = flags
    this._region = region
    this._start = start
    this._length = length
    this._propertiesLength = propertiesLength
    /** @type {Uint8Array | undefined} */
    this._bytes = undefined
    /** @type {string | undefined} */
    this._text = undefined
    /** @type {import('../wsmq').Properties | undefined} */
    this._properties = undefined
  }

  get destinationName() {
    return this.topic
  }

  get qos() {
    return /** @type {0 | 1 | 2} */ ((this._flags >> 8) & 3)
  }

  get retained() {
    return (this._flags & (1 << 10)) !== 0
  }

  get duplicate() {
    return (this._flags & (1 << 11)) !== 0
  }

  get payloadBytes() {
    return (this._bytes ??= this._cut())
  }

  get payloadString() {
    return (this._text ??= this._decode())
  }

  get properties() {
    if (this._properties === undefined) {
      const bytes = this._region === undefined ? HEAPU8 : this._region.bytes
      this._properties = decodeProperties(bytes, this._start - this._propertiesLength, this._start)
    }
    return this._properties
  }

  _cut() {
    // Once detached, a message without bytes has its text, which says the same.
    if (this._start < 0) return textEncoder.encode(this._text)
    const bytes = this._region === undefined ? HEAPU8 : this._region.bytes
    return bytes.slice(this._start, this._start + this._length)
  }

  _decode() {
    const { _region: region, _start: start, _length: length } = this
    if (this._flags & isAscii) {
      const text = /** @type {Region} */ (region.text ??= byteDecoder.decode(/** @type {Region} */ (region).bytes))
      return text.substring(start, start + length)
    }
    const bytes = this._bytes ?? (region === undefined ? HEAPU8 : region.bytes).subarray(start, start + length)
    try {
      return utf8Decoder.decode(bytes)
    } catch {
      throw new MqttError('invalid_utf8', 'The payload is not UTF-8: read payloadBytes.')
    }
  }

  /** Memory is about to change: takes out of it what was not read yet. */
  _detach() {
    if (this._bytes === undefined && this._text === undefined) this._bytes = this._cut()
    if (this._propertiesLength > 0) void this.properties
    else this._properties = noProperties
    this._start = -1
  }
}
