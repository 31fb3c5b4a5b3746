// Values as they cross into the module: JSON text, or a raw body.
import { InvalidArgumentError } from '../errors.js'
import type { RawBody, Value } from './layer.js'
import { isRaw, Raw } from './raw.js'

/** Its declared type forgets that some values have no JSON. */
const stringify = JSON.stringify as (value: unknown) => string | undefined

/** Throws InvalidArgumentError. `undefined` has no JSON, and becomes null. */
export function encode(value: unknown, what: string): string {
  try {
    return stringify(value) ?? 'null'
  } catch (cause) {
    throw new InvalidArgumentError(`${what} cannot be written as JSON: ${String(cause)}`)
  }
}

/** Parameters are an array, an object, a raw body or nothing (JSON-RPC 2.0, 4.2). */
export function encodeParams(params: unknown): Value {
  if (params === undefined) return undefined
  if (isRaw(params)) return { bytes: params.bytes, contentType: params.type }
  if (typeof params !== 'object' || params === null)
    throw new InvalidArgumentError(`Parameters are an object, an array or a Raw body, and not ${params === null ? 'null' : typeof params}.`)
  return encode(params, 'The parameters')
}

/** JSON text, for where no other body can be sent. */
export function encodeJson(value: unknown, what: string): string {
  if (isRaw(value)) throw new InvalidArgumentError(`${what} cannot be a Raw body here: only a service takes one, and sends one back.`)
  return encode(value, what)
}

export function encodeParamsAsJson(params: unknown): string | undefined {
  const value = encodeParams(params)
  if (typeof value === 'object') throw new InvalidArgumentError('A notification has no Raw body.')
  return value
}

const JSON_TYPE = 'application/json'

export function encodeMessage(data: unknown): RawBody {
  if (isRaw(data)) return { bytes: data.bytes, contentType: data.type }
  return { bytes: new TextEncoder().encode(encode(data, 'The message')), contentType: JSON_TYPE }
}

/** Of whoever sent it, and however: what is not JSON is Raw. */
export function decodeMessage({ bytes, contentType }: RawBody): unknown {
  if (contentType === '' || contentType === JSON_TYPE)
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    } catch {
      // It is what it is.
    }
  return new Raw(bytes, contentType || 'application/octet-stream')
}

/** Of text that the module found to be JSON. */
export function decode(value: Value): unknown {
  if (value === undefined) return undefined
  return typeof value === 'string' ? JSON.parse(value) : new Raw(value.bytes, value.contentType)
}
