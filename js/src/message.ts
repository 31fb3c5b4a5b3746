import { MqttError } from './errors.js'
import { thrownError } from './failure.js'
import type { Params } from './filter.js'
import type { ArrivedMessage, Properties } from './module.js'

const ARRIVED = Symbol('arrived')

/** What `toJSON()` gives: all of a message, as plain data. */
export interface MessageData {
  topic: string
  params: Params
  qos: 0 | 1 | 2
  retain: boolean
  duplicate: boolean
  /** Bytes in them as base64. */
  properties: Record<string, unknown>
  /** The payload, where it is text. */
  text?: string
  /** The payload in base64, where it is not. */
  base64?: string
}

/**
 * A message that arrived. Its payload and properties are decoded when they are read, and not before. What is plain here is
 * copied by `{ ...message }`, and `toJSON()` gives all of it as plain data: `structuredClone()` and `postMessage()` refuse
 * the message itself.
 */
export class Message<P = Params> {
  readonly topic: string
  /** The levels that named wildcards of the subscription stand for: see {@link Connection.subscribe}. */
  readonly params: P
  readonly qos: 0 | 1 | 2
  /** True for what the broker had stored before the subscription (MQTT 5.0, 3.3.1.3). */
  readonly retain: boolean
  /** True where the broker may have sent this message before (MQTT 5.0, 3.3.1.1). */
  readonly duplicate: boolean
  /** For `JSON.stringify()`, of copies, too. */
  readonly toJSON: () => MessageData
  /** Private members would break behind proxies: see proxies.ts. @internal */
  readonly [ARRIVED]: ArrivedMessage

  /** @internal */
  constructor(arrived: ArrivedMessage, params: P) {
    this.topic = arrived.topic
    this.params = params
    this.qos = arrived.qos
    this.retain = arrived.retained
    this.duplicate = arrived.duplicate
    this.toJSON = toJSON
    this[ARRIVED] = arrived
  }

  /**
   * The payload, yours to keep and to change; the same array at every read. Its buffer may hold other messages too, so
   * transfer a `slice()` of it.
   */
  get bytes(): Uint8Array {
    return this[ARRIVED].payloadBytes
  }

  /** MQTT 5 properties; empty below MQTT 5. */
  get properties(): Properties {
    return this[ARRIVED].properties
  }

  // Functions that need no `this`: handlers take messages apart, `({ topic, text }) => ...`.

  /** The payload as text. Throws {@link MqttError} (`invalid_utf8`) where it is not UTF-8. */
  get text(): () => string {
    const arrived = this[ARRIVED]
    return () => textOf(arrived)
  }

  /** The payload as JSON. Throws {@link MqttError} (`invalid_utf8` or `invalid_json`). The type is your promise, unchecked. */
  get json(): <T = unknown>() => T {
    const arrived = this[ARRIVED]
    return <T>() => jsonOf(arrived) as T
  }
}

function textOf(arrived: ArrivedMessage): string {
  try {
    return arrived.payloadString
  } catch (thrown) {
    throw thrownError(thrown)
  }
}

function jsonOf(arrived: ArrivedMessage): unknown {
  const text = textOf(arrived)
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MqttError('invalid_json', `The payload of ${arrived.topic} is not JSON: read bytes or text() instead.`, { cause })
  }
}

/** One function for all messages, and a property of each: so copies have it, and what would clone a message without its payload refuses. */
function toJSON(this: Message): MessageData {
  return dataOf(this)
}

function dataOf(message: Message): MessageData {
  const { topic, params, qos, retain, duplicate, [ARRIVED]: arrived } = message
  // What was added to a copy, and what is plain.
  const own = Object.entries(message).filter(([, value]) => value !== toJSON)
  const properties = Object.entries(arrived.properties as Record<string, unknown>).map(([name, value]): [string, unknown] => [
    name,
    value instanceof Uint8Array ? base64(value) : value,
  ])
  return {
    topic,
    params,
    qos,
    retain,
    duplicate,
    ...Object.fromEntries(own),
    properties: Object.fromEntries(properties),
    ...payloadOf(arrived),
  }
}

function payloadOf(arrived: ArrivedMessage): { text: string } | { base64: string } {
  try {
    return { text: arrived.payloadString }
  } catch {
    return { base64: base64(arrived.payloadBytes) }
  }
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
