import type { Address } from '../module.js'
import { connectUris, type ConnectionOptions } from './options.js'

/** The options of one call of connect(), and its progress. */
export class Plan {
  readonly options: ConnectionOptions
  readonly strict: boolean
  readonly cleanSession: boolean
  /** Seconds. */
  readonly timeout: number
  readonly isExplicit: boolean
  readonly allUris: readonly Address[]
  readonly #given: ConnectionOptions
  version: 3 | 4 | 5
  /** Those that are still to be tried. */
  uris: Address[]
  /** Of the current attempt or connection. */
  uri: string

  /** `given`: the application's own object, which mqttws31.js modifies. */
  constructor(options: ConnectionOptions, given: ConnectionOptions, uri: string, path: string) {
    this.options = options
    this.#given = given
    this.strict = options.strict === true
    this.cleanSession = options.cleanSession ?? true
    this.timeout = options.timeout || 30
    this.isExplicit = options.mqttVersion !== undefined
    this.version = options.mqttVersion ?? 4
    this.uris = connectUris(options, uri, path)
    this.allUris = this.uris
    const [first] = this.uris
    this.uri = typeof first === 'string' ? first : uri
    if (this.strict) this.#fillIn()
  }

  /** What all callbacks receive. */
  get context(): { invocationContext: unknown } {
    return { invocationContext: this.options.invocationContext as unknown }
  }

  /** After the last address: all of them again, with MQTT 3.1. */
  fallBack(): void {
    this.version = 3
    this.uris = [...this.allUris]
    if (this.strict) Reflect.set(this.#given, 'mqttVersion', 3)
  }

  #fillIn(): void {
    const { keepAliveInterval = 60, hosts } = this.options
    const defaults = { keepAliveInterval, mqttVersionExplicit: this.isExplicit, mqttVersion: this.version, cleanSession: this.cleanSession }
    for (const [name, value] of Object.entries(defaults)) Reflect.set(this.#given, name, value)
    if (hosts != null) Reflect.set(this.#given, 'uris', [...this.allUris])
  }
}
