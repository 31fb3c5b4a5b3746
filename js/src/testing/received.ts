// A message that the broker was given, as a test reads it.
import type { Qos, WireMessage } from '../packets/decode.js'
import type { PropertyBlock } from '../packets/wire.js'

/** A message that clients published. */
export interface TestMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Readonly<PropertyBlock>
  /** Who published it; undefined for `broker.publish()`. */
  readonly clientId: string | undefined
  text(): string
  json<T = unknown>(): T
}

export class Received implements TestMessage {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: Qos
  readonly retain: boolean
  readonly properties: Readonly<PropertyBlock>

  constructor(
    { topic, payload, qos, retain, properties }: WireMessage,
    readonly clientId: string | undefined,
  ) {
    this.topic = topic
    this.payload = payload
    this.qos = qos
    this.retain = retain
    this.properties = properties
  }
  text(): string {
    return new TextDecoder('utf-8', { fatal: true }).decode(this.payload)
  }
  json<T = unknown>(): T {
    return JSON.parse(this.text()) as T
  }
}
