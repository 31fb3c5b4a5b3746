// Messages that arrived.
import { MessageFlag } from '../boundary/events.js'
import { properties as propertyTable } from '../boundary/engine.js'
import type { ArrivedMessage as Contract, Properties } from '../wsmq.js'
import { byteDecoder, textEncoder, utf8Decoder } from './bytes.js'
import { MqttError } from './errors.js'
import { decodeProperties } from './properties.js'
import type { Chunk } from './receive.js'

/** Larger chunks are not kept for the sake of a message that was not read yet. */
export const largestKept = 64 * 1024
/** Larger ones are not decoded for the sake of one text. */
const largestDecoded = 16 * 1024
/** Up to this size the engines keep an array's bytes inside of it, and a copy costs less than a view. */
const smallPayload = 64
/** A payload is a view of its chunk only where it makes up this part of it, so that little is kept for its sake. */
const smallestPart = 1 / 64

const [subscriptionIdentifier] = propertyTable.subscriptionIdentifier

export class ArrivedMessage implements Contract {
  readonly topic: string
  readonly topicId: number
  /** As in the event's row. */
  _flags: number
  /** None: the payload is in WebAssembly memory alone. */
  _chunk: Chunk | undefined
  /** Of the payload, behind the properties: in the chunk, or in memory; -1 once detached. */
  _start: number
  _length: number
  _propertiesLength: number
  _bytes: Uint8Array | undefined
  _text: string | undefined
  _properties: Properties | undefined
  /** Of a message that has this property alone; 0: not looked for, or not so. */
  _identifier: number

  // Assigned rather than defined: that is faster where messages are many.
  constructor(
    topic: string,
    topicId: number,
    flags: number,
    chunk: Chunk | undefined,
    start: number,
    length: number,
    propertiesLength: number,
  ) {
    this.topic = topic
    this.topicId = topicId
    this._flags = flags
    this._chunk = chunk
    this._start = start
    this._length = length
    this._propertiesLength = propertiesLength
    this._bytes = undefined
    this._text = undefined
    this._properties = undefined
    this._identifier = 0
  }

  get destinationName() {
    return this.topic
  }

  get qos() {
    return ((this._flags >> MessageFlag.qosShift) & MessageFlag.qosMask) as 0 | 1 | 2
  }

  get retained() {
    return (this._flags & MessageFlag.retain) !== 0
  }

  get duplicate() {
    return (this._flags & MessageFlag.duplicate) !== 0
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
    if (bytes[at] !== subscriptionIdentifier) return
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
    if (this._flags & MessageFlag.ascii && chunk !== undefined && chunk.bytes.length <= largestDecoded)
      return (chunk.text ??= byteDecoder.decode(chunk.bytes)).substring(start, start + length)
    const bytes = this._bytes ?? (chunk === undefined ? HEAPU8 : chunk.bytes).subarray(start, start + length)
    try {
      return utf8Decoder.decode(bytes)
    } catch {
      throw new MqttError('invalid_utf8', 'The payload is not UTF-8: read payloadBytes.')
    }
  }

  /** Takes out what was not read yet, for memory is about to change, or the chunk is to go. */
  detach() {
    if (this._bytes === undefined && this._text === undefined) this._bytes = this._cut()
    this._readProperties()
    this._chunk = undefined
    this._start = -1
  }
}
