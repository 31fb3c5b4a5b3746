import { redactedUri } from '../redacted-uri.js'
import { shown } from './validate.js'

export interface TraceElement {
  severity: 'Debug'
  message: string
}

export type TraceFunction = (record: TraceElement) => void

/** The last entries of what the client did, for getTraceLog() and the trace callback. */
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

  /** Texts are kept as they are; anything else as JSON, secrets masked. */
  record(...values: unknown[]): void {
    if (!this.isOn) return
    const texts = values.map((value, index) => (index === 0 && typeof value === 'string' ? value : masked(value)))
    this.callback?.({ severity: 'Debug', message: texts.join('') })
    if (this.#entries === undefined) return
    this.#entries.push(...texts)
    this.#entries.splice(0, this.#entries.length - Trace.#most)
  }
}

/** Options that are secret as a whole. */
const SECRETS = ['password', 'authenticationData']
const ADDRESSES = ['uris', 'hosts']

function masked(value: unknown): string {
  const mask = (key: string, inner: unknown): unknown => {
    if (SECRETS.includes(key) && inner !== undefined) return '******'
    return ADDRESSES.includes(key) && Array.isArray(inner) ? inner.map((one) => redactedUri(shown(one))) : inner
  }
  // Of undefined and functions there is no JSON.
  const text = JSON.stringify(value, mask, '  ') as string | undefined
  return text ?? String(value)
}
