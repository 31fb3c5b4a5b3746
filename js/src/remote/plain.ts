import { hasTag } from '../realms.js'

/**
 * A copy as data alone: what the application changes later, or what a framework's proxy wraps, crosses over as it is now.
 * Structured cloning refuses proxies and functions, and JSON damages bytes.
 */
export function plain<T>(value: T): T {
  return copyOf(value) as T
}

function copyOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice()
  if (hasTag(value, 'ArrayBuffer') || hasTag(value, 'SharedArrayBuffer')) return new Uint8Array(value as ArrayBuffer).slice()
  if (Array.isArray(value)) return value.map(copyOf)
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, copyOf(each)]))
}
