import { error } from './errors.js'

export type Shape = Readonly<Record<string, 'string' | 'number' | 'boolean' | 'object' | 'function'>>

/**
 * Every own key must be known and have exactly its type: undefined is refused, and null is an object. `extensions` are
 * accepted, but not in the text, which applications may compare.
 */
export function validate(object: object | null | undefined, shape: Shape, extensions: Shape = {}): void {
  for (const [key, value] of Object.entries(object ?? {})) {
    const type = shape[key] ?? extensions[key]
    if (type === undefined) throw new Error(`Unknown property, ${key}. Valid properties are: ${Object.keys(shape).join(' ')}`)
    if (typeof value !== type) throw error('INVALID_TYPE', typeof value, key)
  }
}

/** A value as mqttws31.js writes it into a text. */
export function asText(value: unknown): string {
  try {
    return String(value)
  } catch {
    return typeof value
  }
}
