import type { Payload } from '../module.js'
import { error } from './errors.js'

/** The error of mqttws31.js for bytes that are not UTF-8: it names the first invalid ones. */
export function malformedUtf8(bytes: Uint8Array): Error {
  const at = firstMalformed(bytes)
  const [first, second, third] = [0, 1, 2].map((offset) => (bytes[at + offset] ?? 0).toString(16))
  return error('MALFORMED_UTF', first, second, third)
}

/** Throws on a surrogate without its counterpart. */
export function requireWellFormed(text: string): void {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    if (unit < 0xd800 || unit > 0xdfff) continue
    const next = text.charCodeAt(index + 1)
    if (unit > 0xdbff || !(next >= 0xdc00 && next <= 0xdfff)) throw error('MALFORMED_UNICODE', unit, next)
    index++
  }
}

/** The module refuses unpaired surrogates, which mqttws31.js sends somehow: here as U+FFFD. */
export function sendable(payload: Payload): Payload {
  if (typeof payload !== 'string') return payload
  const { isWellFormed } = payload as { isWellFormed?: () => boolean }
  return isWellFormed?.call(payload) === true || !/[\ud800-\udfff]/.test(payload) ? payload : new TextEncoder().encode(payload)
}

function firstMalformed(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for (let start = 0; start < bytes.length;) {
    const lead = bytes[start] ?? 0
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
    try {
      decoder.decode(bytes.subarray(start, start + size))
    } catch {
      return start
    }
    start += size
  }
  return 0
}
