// Values as the module takes them: JSON text, or a raw body.
import { InvalidArgumentError } from '../errors.js'
import { jsonText } from '../payload.js'
import type { RawBody, Value } from './layer.js'
import { isRaw, Raw } from './raw.js'

/** Throws InvalidArgumentError. `undefined` has no JSON, and becomes null. */
export function encode(value: unknown, what: string): string {
  return jsonText(value, what) ?? 'null'
}

/** Parameters are an object, an array, a raw body or absent (JSON-RPC 2.0, 4.2). */
export function encodeParams(params: unknown): Value {
  if (params === undefined) return undefined
  if (isRaw(params)) return { bytes: params.bytes, contentType: params.type }
  if (typeof params !== 'object' || params === null)
    throw new InvalidArgumentError(`Parameters are an object, an array or a Raw body, and not ${params === null ? 'null' : typeof params}.`)
  return encode(params, 'The parameters')
}

/** JSON text, for where no other body can be sent. */
export function encodeJson(value: unknown, what: string): string {
  if (isRaw(value)) throw new InvalidArgumentError(`${what} cannot be a Raw body here: only services receive and return one.`)
  return encode(value, what)
}

export function encodeParamsAsJson(params: unknown): string | undefined {
  const value = encodeParams(params)
  if (typeof value === 'object') throw new InvalidArgumentError('A notification cannot have a Raw body: send JSON, or a request.')
  return value
}

const JSON_TYPE = 'application/json'

export function encodeMessage(data: unknown): RawBody {
  if (isRaw(data)) return { bytes: data.bytes, contentType: data.type }
  return { bytes: new TextEncoder().encode(encode(data, 'The message')), contentType: JSON_TYPE }
}

/** Anybody may have sent it: what is not JSON is Raw. */
export function decodeMessage({ bytes, contentType }: RawBody): unknown {
  if (contentType === '' || contentType === JSON_TYPE)
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      // Not JSON, whatever its type says.
    }
  return new Raw(bytes, contentType || 'application/octet-stream')
}

/** The module has checked that a text is JSON. */
export function decode(value: Value): unknown {
  if (value === undefined) return undefined
  return typeof value === 'string' ? JSON.parse(value) : new Raw(value.bytes, value.contentType)
}
