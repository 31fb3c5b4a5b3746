import { InvalidArgumentError } from './errors.js'
import type { Payload } from './module.js'

/** A payload that is JSON of this value, as {@link Message.json} reads it. */
export interface JsonPayload<T = unknown> {
  readonly json: T
}

/** Its declared type forgets that some values have no JSON. */
const stringify = JSON.stringify as (value: unknown) => string | undefined

/** What the module takes. Throws InvalidArgumentError. */
export function encoded(payload: Payload | JsonPayload | null): Payload {
  // The module says what is wrong with null.
  if (typeof payload !== 'object' || payload === null || ArrayBuffer.isView(payload)) return payload as Payload
  if ('json' in payload) return jsonText(payload.json)
  if (Array.isArray(payload) || Object.getPrototypeOf(payload) === Object.prototype)
    throw new InvalidArgumentError('A payload is a text, bytes or { json: value }, and not a plain object or a list.')
  return payload
}

function jsonText(value: unknown): string {
  let text: string | undefined
  try {
    text = stringify(value)
  } catch (cause) {
    throw new InvalidArgumentError(`The payload cannot be written as JSON: ${String(cause)}`)
  }
  if (text === undefined) throw new InvalidArgumentError(`The payload cannot be written as JSON: it is ${typeof value}.`)
  return text
}
