import { MqttError } from './errors.js'
import { thrownError } from './failure.js'
import type { Params } from './filter.js'
import type { ArrivedMessage, Properties } from './module.js'

const ARRIVED = Symbol('arrived')

/** A message that arrived. Nothing of it is decoded before it is read. */
export class Message<P = Params> {
  /** The levels that named wildcards of the subscription stand for: see {@link Connection.subscribe}. */
  readonly params: P
  /** Private members would break behind proxies: see proxies.ts. @internal */
  readonly [ARRIVED]: ArrivedMessage

  /** @internal */
  constructor(arrived: ArrivedMessage, params: P) {
    this[ARRIVED] = arrived
    this.params = params
  }

  get topic(): string {
    return this[ARRIVED].topic
  }

  /**
   * The payload, yours to keep and to change; the same array at every read. Its buffer may hold other messages too, so
   * transfer a `slice()` of it.
   */
  get bytes(): Uint8Array {
    return this[ARRIVED].payloadBytes
  }

  get qos(): 0 | 1 | 2 {
    return this[ARRIVED].qos
  }

  /** True for what the broker had stored before the subscription (MQTT 5.0, 3.3.1.3). */
  get retain(): boolean {
    return this[ARRIVED].retained
  }

  /** True where the broker may have sent this message before (MQTT 5.0, 3.3.1.1). */
  get duplicate(): boolean {
    return this[ARRIVED].duplicate
  }

  /** MQTT 5 properties; empty below MQTT 5. */
  get properties(): Properties {
    return this[ARRIVED].properties
  }

  /** The payload as text. Throws {@link MqttError} (`invalid_utf8`) where it is not UTF-8. */
  text(): string {
    try {
      return this[ARRIVED].payloadString
    } catch (thrown) {
      throw thrownError(thrown)
    }
  }

  /** The payload as JSON. Throws {@link MqttError} (`invalid_utf8` or `invalid_json`). The type is your promise, unchecked. */
  json<T = unknown>(): T {
    const text = this.text()
    try {
      return JSON.parse(text) as T
    } catch (cause) {
      throw new MqttError('invalid_json', `The payload of ${this.topic} is not JSON: read bytes or text() instead.`, { cause })
    }
  }
}
