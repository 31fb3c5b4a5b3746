// Messages that arrived.

const inChunk = 1 << 13
const isAscii = 1 << 14

/** Larger chunks are not kept for the sake of a message that was not read yet. */
const largestKept = 64 * 1024
/** Larger ones are not decoded for the sake of one text. */
const largestDecoded = 16 * 1024
/** Up to this size the engines keep an array's bytes inside of it, and a copy costs less than a view. */
const smallPayload = 64
/** A payload is a view of its chunk only where it makes up this part of it, so that little is kept for its sake. */
const smallestPart = 1 / 64

const subscriptionIdentifierProperty = 0x0b

/** @implements {AnyMessage} */
class ArrivedMessage {
  /**
   * @param {string} topic
   * @param {number} topicId
   * @param {number} flags as in the event's row
   * @param {Chunk | undefined} chunk none: the payload is in WebAssembly memory alone
   * @param {number} start of the payload, behind the properties; in the chunk, or in memory
   * @param {number} length
   * @param {number} propertiesLength
   */
  constructor(topic, topicId, flags, chunk, start, length, propertiesLength) {
    this.topic = topic
    this.topicId = topicId
    this._flags = flags
    this._chunk = chunk
    this._start = start
    this._length = length
    this._propertiesLength = propertiesLength
    /** @type {Uint8Array | undefined} */
    this._bytes = undefined
    /** @type {string | undefined} */
    this._text = undefined
    /** @type {Properties | undefined} */
    this._properties = undefined
    /** Of a message that has this property alone; 0: not looked at, or not so. */
    this._identifier = 0
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

  /** Asked for each message: where it stands alone, nothing else is decoded. */
  get subscriptionIdentifier() {
    if (this._propertiesLength === 0) return undefined
    if (this._identifier === 0 && this._properties === undefined) this._readIdentifier()
    return this._identifier === 0 ? this.properties.subscriptionIdentifier : this._identifier
  }

  get properties() {
    if (this._properties === undefined && this._identifier !== 0) this._properties = { subscriptionIdentifier: this._identifier }
    if (this._properties === undefined) {
      const bytes = this._chunk === undefined ? HEAPU8 : this._chunk.bytes
      this._properties = decodeProperties(bytes, this._start - this._propertiesLength, this._start)
    }
    return this._properties
  }

  /** So that they can be decoded when the bytes are gone. */
  _readProperties() {
    if (this._propertiesLength > 0 && (this.subscriptionIdentifier === undefined || this._identifier === 0)) void this.properties
  }

  _readIdentifier() {
    const bytes = this._chunk === undefined ? HEAPU8 : this._chunk.bytes
    let at = this._start - this._propertiesLength
    if (bytes[at] !== subscriptionIdentifierProperty) return
    let value = bytes[++at] & 0x7f
    for (let shift = 7; bytes[at] > 0x7f; shift += 7) value |= (bytes[++at] & 0x7f) << shift
    if (at + 1 === this._start) this._identifier = value
  }

  _cut() {
    const { _chunk: chunk, _start: start, _length: length } = this
    // Once detached, a message without bytes has its text, which says the same.
    if (start < 0) return textEncoder.encode(this._text)
    if (chunk === undefined) return HEAPU8.slice(start, start + length)
    if (length <= smallPayload || length < chunk.bytes.length * smallestPart) return chunk.bytes.slice(start, start + length)
    this._readProperties() // before the application may transfer the buffer
    return chunk.bytes.subarray(start, start + length)
  }

  _decode() {
    const { _chunk: chunk, _start: start, _length: length } = this
    if (this._flags & isAscii && chunk !== undefined && chunk.bytes.length <= largestDecoded)
      return (chunk.text ??= byteDecoder.decode(chunk.bytes)).substring(start, start + length)
    const bytes = this._bytes ?? (chunk === undefined ? HEAPU8 : chunk.bytes).subarray(start, start + length)
    try {
      return utf8Decoder.decode(bytes)
    } catch {
      throw new MqttError('invalid_utf8', 'The payload is not UTF-8: read payloadBytes.')
    }
  }

  /** Takes out what was not read yet, for memory is about to change, or the chunk is to go. */
  _detach() {
    if (this._bytes === undefined && this._text === undefined) this._bytes = this._cut()
    this._readProperties()
    this._chunk = undefined
    this._start = -1
  }
}
