import { callError } from './failure.js'

const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Throws as the module does where it has the payload; `bytes` is the member to read instead. */
export function payloadText(payload: Uint8Array, bytes: string): string {
  try {
    return decoder.decode(payload)
  } catch {
    throw callError('invalid_utf8', `The payload is not UTF-8: read ${bytes}.`)
  }
}
