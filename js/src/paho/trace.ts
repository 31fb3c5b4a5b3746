import { redactedUri } from '../redacted-uri.js'
import { asText } from './validate.js'

export interface TraceElement {
  severity: 'Debug'
  message: string
}

export type TraceFunction = (record: TraceElement) => void

/** The latest calls of the client, for getTraceLog() and the trace callback. */
export class Trace {
  static readonly #most = 100
  #entries: string[] | undefined
  callback: TraceFunction | undefined

  get isOn(): boolean {
    return this.#entries !== undefined || this.callback !== undefined
  }

  get log(): string[] | undefined {
    return this.#entries
  }

  start(): void {
    this.#entries ??= []
  }

  stop(): void {
    this.#entries = undefined
  }

  /** The first value is a text; further ones are recorded as JSON, with secrets masked. */
  record(...values: unknown[]): void {
    if (!this.isOn) return
    const texts = values.map((value, index) => (index === 0 && typeof value === 'string' ? value : masked(value)))
    this.callback?.({ severity: 'Debug', message: texts.join('') })
    if (this.#entries === undefined) return
    this.#entries.push(...texts)
    this.#entries.splice(0, this.#entries.length - Trace.#most)
  }
}

/** Options that are masked as a whole. */
const SECRETS = ['password', 'authenticationData']
const ADDRESSES = ['uris', 'hosts']

function masked(value: unknown): string {
  const mask = (key: string, inner: unknown): unknown => {
    if (SECRETS.includes(key) && inner !== undefined) return '******'
    return ADDRESSES.includes(key) && Array.isArray(inner) ? inner.map((one) => redactedUri(asText(one))) : inner
  }
  // Undefined and functions have no JSON.
  const text = JSON.stringify(value, mask, '  ') as string | undefined
  return text ?? String(value)
}
