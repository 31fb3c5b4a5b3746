import { InvalidArgumentError } from './errors.js'
import type { Payload } from './module.js'

/** A payload that is JSON of this value, as {@link Message.json} reads it. */
export interface JsonPayload<T = unknown> {
  readonly json: T
}

/** Its declared type omits that some values have no JSON. */
const stringify = JSON.stringify as (value: unknown) => string | undefined

/** A payload as the module takes it. Throws InvalidArgumentError. */
export function encoded(payload: Payload | JsonPayload | null): Payload {
  // The module refuses null.
  if (typeof payload !== 'object' || payload === null || ArrayBuffer.isView(payload)) return payload as Payload
  if ('json' in payload) {
    const text = jsonText(payload.json, 'The payload')
    if (text === undefined) throw new InvalidArgumentError(`The payload cannot be written as JSON: it is ${typeof payload.json}.`)
    return text
  }
  if (Array.isArray(payload) || Object.getPrototypeOf(payload) === Object.prototype)
    throw new InvalidArgumentError('A payload is a text, bytes or { json: value }, and not a plain object or an array.')
  return payload
}

/** Undefined where the value has no JSON. Throws InvalidArgumentError. */
export function jsonText(value: unknown, what: string): string | undefined {
  try {
    return stringify(value)
  } catch (cause) {
    throw new InvalidArgumentError(`${what} cannot be written as JSON: ${String(cause)}`)
  }
}
