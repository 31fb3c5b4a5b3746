import { jsonOf } from '../message.js'
import { payloadText } from '../payload-text.js'

/** What is known of a message of an earlier page that the broker has acknowledged. */
export interface DeliveredFacts {
  readonly topic: string
  readonly qos: 1 | 2
  readonly retain: boolean
  /** Milliseconds since 1970. */
  readonly publishedAt: number
  /** 0, or 0x10 if the broker reports that there are no matching subscribers (MQTT 5). */
  readonly reasonCode: number
  /** The payload. */
  readonly bytes: Uint8Array
  /** @internal What the owner of the outbox attached to the message. */
  readonly origin?: string
}

/** A message of an earlier page that the broker has acknowledged. */
export interface Delivered extends DeliveredFacts {
  /** The payload as text. Throws {@link InvalidArgumentError} (`invalid_utf8`) if it is not UTF-8. */
  text(): string
  /** The payload as JSON. Throws {@link MqttError} (`invalid_utf8` or `invalid_json`). The type is not checked. */
  json<T = unknown>(): T
}

/** What waits in the outbox of this connection. */
export interface Stored {
  readonly messages: number
  /** That they take as packets. */
  readonly bytes: number
  /** When the oldest was published, in milliseconds since 1970; undefined if there is none. */
  readonly oldest: number | undefined
}

/** Facts are what crosses over from a worker. */
export function deliveredOf(facts: DeliveredFacts): Delivered {
  const { topic, bytes } = facts
  const text = (): string => payloadText(bytes, 'bytes')
  return { ...facts, text, json: <T>() => jsonOf(topic, text()) as T }
}
