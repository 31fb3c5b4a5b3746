// Text, bytes and memory.
import { MqttError, refuse } from './errors.js'

export const textEncoder = new TextEncoder()
export const utf8Decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** One character for each byte, which is right for ASCII and keeps the places of everything else. */
export const byteDecoder = new TextDecoder('latin1')

const shortText = 24

/** Of text that the engine found sound. */
export function decodeText(bytes: Uint8Array, begin: number, end: number): string {
  if (end - begin <= shortText) {
    let text = ''
    for (let at = begin; at < end; at++) {
      const unit = bytes[at]
      if (unit > 0x7f) return utf8Decoder.decode(bytes.subarray(begin, end))
      text += String.fromCharCode(unit)
    }
    return text
  }
  return utf8Decoder.decode(bytes.subarray(begin, end))
}

export function hasLoneSurrogate(text: string) {
  if (text.isWellFormed) return !text.isWellFormed()
  return /[\ud800-\udfff]/.test(text) && /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text)
}

/** TextEncoder would put U+FFFD where a surrogate stands alone. */
export function checkText(text: string, what: string) {
  if (hasLoneSurrogate(text)) throw new MqttError('invalid_utf8', `${what} has a surrogate without its other half: send bytes.`)
}

export function encodeText(text: string, what: string) {
  if (typeof text !== 'string') refuse(`${what} must be a string, not ${typeof text}.`)
  checkText(text, what)
  return textEncoder.encode(text)
}

/** A view of what is given, and no copy, where that is possible. */
export function bytesOf(payload: unknown, what: string): Uint8Array {
  if (payload instanceof Uint8Array) return payload
  if (typeof payload === 'string') return encodeText(payload, what)
  if (ArrayBuffer.isView(payload)) return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  // Of any realm: a buffer of an iframe is no instance of this one's.
  if (/^\[object (Shared)?ArrayBuffer]$/.test(Object.prototype.toString.call(payload))) return new Uint8Array(payload as ArrayBuffer)
  return refuse(`${what} must be a string, an ArrayBuffer or a view of one, not ${payload === null ? 'null' : typeof payload}.`)
}

/** Collects what is handed over with a call. */
export class BlockWriter {
  #bytes = new Uint8Array(256)
  size = 0

  #room(count: number) {
    const needed = this.size + count
    if (needed <= this.#bytes.length) return
    const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    larger.set(this.#bytes)
    this.#bytes = larger
  }

  byte(value: number) {
    this.#room(1)
    this.#bytes[this.size++] = value
  }

  /** The most significant byte comes first, as MQTT has it. */
  integer(value: number, width: number) {
    for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) this.byte((value >>> shift) & 0xff)
  }

  /** As C++ reads it from memory. */
  littleEndian(value: number, width: number) {
    for (let shift = 0; shift < width * 8; shift += 8) this.byte((value >>> shift) & 0xff)
  }

  bytes(bytes: Uint8Array) {
    this.#room(bytes.length)
    this.#bytes.set(bytes, this.size)
    this.size += bytes.length
  }

  taken() {
    return this.#bytes.subarray(0, this.size)
  }
}

export const nothing = new Uint8Array(0)

/** Puts them where C++ looks for what does not fit into integers. */
export function passArguments(first: Uint8Array, second: Uint8Array = nothing, third: Uint8Array = nothing) {
  const address = _wsmq_arguments(first.length + second.length + third.length)
  HEAPU8.set(first, address)
  HEAPU8.set(second, address + first.length)
  HEAPU8.set(third, address + first.length + second.length)
}

export function randomNumber() {
  return crypto.getRandomValues(new Uint32Array(1))[0]
}
