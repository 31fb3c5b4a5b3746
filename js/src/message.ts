import { MqttError } from './errors.js'
import { thrownError } from './failure.js'
import type { Params } from './filter.js'
import type { ArrivedMessage, Properties } from './module.js'

const ARRIVED = Symbol('arrived')

/** The result of `toJSON()`: the whole message, as plain data. */
export interface MessageData {
  topic: string
  params: Params
  qos: 0 | 1 | 2
  retain: boolean
  duplicate: boolean
  /** Bytes in base64. */
  properties: Record<string, unknown>
  /** The payload, if it is UTF-8. */
  text?: string
  /** The payload in base64, if it is not. */
  base64?: string
}

/**
 * A message that arrived. Its payload and properties are decoded when they are first read. `{ ...message }` copies the
 * plain fields, and `toJSON()` returns everything as plain data: `structuredClone()` and `postMessage()` refuse the
 * message itself.
 */
export class Message<P = Params> {
  readonly topic: string
  /** The levels that named wildcards of the subscription matched: see {@link Connection.subscribe}. */
  readonly params: P
  readonly qos: 0 | 1 | 2
  /** True if the broker had stored the message before the subscription (MQTT 5.0, 3.3.1.3). */
  readonly retain: boolean
  /** True if the broker may have sent this message before (MQTT 5.0, 3.3.1.1). */
  readonly duplicate: boolean
  /** For `JSON.stringify()`, also of copies. */
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
   * The payload: the same array at every read, which you may keep and change. Its buffer may hold other messages, so
   * transfer a `slice()` of it.
   */
  get bytes(): Uint8Array {
    return this[ARRIVED].payloadBytes
  }

  /** MQTT 5 properties; empty below MQTT 5. */
  get properties(): Properties {
    return this[ARRIVED].properties
  }

  // Functions that need no `this`: handlers destructure messages, `({ topic, text }) => ...`.

  /** The payload as text. Throws {@link InvalidArgumentError} (`invalid_utf8`) if it is not UTF-8. */
  get text(): () => string {
    const arrived = this[ARRIVED]
    return () => textOf(arrived)
  }

  /** The payload as JSON. Throws {@link MqttError} (`invalid_utf8` or `invalid_json`). The type is not checked. */
  get json(): <T = unknown>() => T {
    const arrived = this[ARRIVED]
    return <T>() => jsonOf(arrived.topic, textOf(arrived)) as T
  }
}

function textOf(arrived: ArrivedMessage): string {
  try {
    return arrived.payloadString
  } catch (thrown) {
    throw thrownError(thrown)
  }
}

/** Throws MqttError (`invalid_json`). */
export function jsonOf(topic: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new MqttError('invalid_json', `The payload of ${topic} is not JSON: read bytes or text() instead.`, { cause })
  }
}

/** An own property of each message: copies have it, and structured cloning, which would lose the payload, fails on it. */
function toJSON(this: Message): MessageData {
  return dataOf(this)
}

function dataOf(message: Message): MessageData {
  const { topic, params, qos, retain, duplicate, [ARRIVED]: arrived } = message
  // The plain fields, and what was added to a copy.
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
