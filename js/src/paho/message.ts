import type { ArrivedMessage, Payload, Properties } from '../module.js'
import { hasTag } from '../realms.js'
import { error } from './errors.js'
import { addOlderNames } from './older-names.js'
import { malformedUtf8, sendable } from './utf8.js'
import { asText } from './validate.js'

/** Binary payloads of mqttws31.js besides ArrayBuffer. */
export type TypedArray =
  Int8Array | Uint8Array | Uint8ClampedArray | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array

export type Qos = 0 | 1 | 2

const TAG = 'Paho.Message'
const PAYLOAD = Symbol('payload')
const ARRIVED = Symbol('arrived')
const DESTINATION_NAME = Symbol('destinationName')
const QOS = Symbol('qos')
const RETAINED = Symbol('retained')
const PROPERTIES = Symbol('properties')

/** A message to send, or one that arrived. Its payload is converted when it is first read. */
export class Message {
  // Private members would not work through proxies: see proxies.ts.
  /** @internal */
  readonly [PAYLOAD]: string | ArrayBuffer | ArrayBufferView | undefined
  /** @internal */
  readonly [ARRIVED]: ArrivedMessage | undefined;
  /** @internal */
  [DESTINATION_NAME]: string | undefined;
  /** @internal */
  [PROPERTIES]: Properties | undefined;
  /** @internal */
  [QOS]: Qos = 0;
  /** @internal */
  [RETAINED] = false
  /** True if the message may have been delivered before. */
  duplicate = false
  /** For `JSON.stringify()`, also of copies: messages of mqttws31.js have own properties. */
  readonly toJSON: () => object = toJSON

  /** Throws a string, like mqttws31.js, if the payload is neither a string nor binary data. */
  constructor(payload: string | ArrayBuffer | TypedArray)
  /** @internal */
  constructor(payload: undefined, arrived: ArrivedMessage)
  constructor(payload?: string | ArrayBuffer | TypedArray, arrived?: ArrivedMessage) {
    if (arrived !== undefined) {
      this[ARRIVED] = arrived
      this[DESTINATION_NAME] = arrived.topic
      this[QOS] = arrived.qos
      this[RETAINED] = arrived.retained
      this.duplicate = arrived.duplicate
      return
    }
    if (typeof payload !== 'string' && !hasTag(payload, 'ArrayBuffer') && (!ArrayBuffer.isView(payload) || hasTag(payload, 'DataView')))
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw error('INVALID_ARGUMENT', asText(payload), 'newPayload').message
    this[PAYLOAD] = payload
  }

  /** The payload as text. Throws an Error if it is not UTF-8. */
  get payloadString(): string {
    if (this[ARRIVED] !== undefined) {
      try {
        return this[ARRIVED].payloadString
      } catch {
        throw malformedUtf8(this[ARRIVED].payloadBytes)
      }
    }
    if (typeof this[PAYLOAD] === 'string') return this[PAYLOAD]
    const bytes = asBytes(this[PAYLOAD] as ArrayBuffer | ArrayBufferView)
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    } catch {
      throw malformedUtf8(bytes)
    }
  }

  /** The payload as bytes; of a message to send, the binary data that it was made of. */
  get payloadBytes(): ArrayBuffer | TypedArray {
    if (this[ARRIVED] !== undefined) return this[ARRIVED].payloadBytes
    return typeof this[PAYLOAD] === 'string' ? new TextEncoder().encode(this[PAYLOAD]) : (this[PAYLOAD] as ArrayBuffer | TypedArray)
  }

  /** The topic. */
  get destinationName(): string {
    return this[DESTINATION_NAME] as string
  }

  set destinationName(name: string) {
    if (typeof name !== 'string') throw error('INVALID_ARGUMENT', asText(name), 'newDestinationName')
    this[DESTINATION_NAME] = name
  }

  /** Another name for destinationName. */
  get topic(): string {
    return this[DESTINATION_NAME] as string
  }

  set topic(name: string) {
    this[DESTINATION_NAME] = name
  }

  /** 0: at most once (the default), 1: at least once, 2: exactly once. */
  get qos(): Qos {
    return this[QOS]
  }

  set qos(qos: Qos) {
    if (![0, 1, 2].includes(qos)) throw new Error(`Invalid argument:${asText(qos)}`)
    this[QOS] = qos
  }

  /** To send: whether the broker retains the message. Arrived: whether it was retained. */
  get retained(): boolean {
    return this[RETAINED]
  }

  set retained(retained: boolean) {
    if (typeof retained !== 'boolean') throw error('INVALID_ARGUMENT', asText(retained), 'newRetained')
    this[RETAINED] = retained
  }

  /** MQTT 5: the properties of the message. Not sent below MQTT 5. */
  get properties(): Properties | undefined {
    return this[PROPERTIES] ?? this[ARRIVED]?.properties
  }

  set properties(properties: Properties | undefined) {
    this[PROPERTIES] = properties
  }

  get [Symbol.toStringTag](): string {
    return TAG
  }

  /** The payload as the module takes it. @internal */
  get raw(): Payload {
    return this[ARRIVED]?.payloadBytes ?? sendable(this[PAYLOAD] as Payload)
  }
}

addOlderNames(Message.prototype, ['payloadString', 'payloadBytes', 'destinationName', 'qos', 'retained', 'duplicate'])

/** An own property of each message: copies have it, and structured cloning, which would lose the payload, fails on it. */
function toJSON(this: Message): object {
  return dataOf(this)
}

function dataOf(message: Message): object {
  const whole = isMessage(message) ? message : Object.assign(Object.create(Message.prototype) as Message, message)
  const { payloadString, payloadBytes, destinationName, qos, retained, topic, duplicate } = whole
  const own = Object.entries(message).filter(([, value]) => value !== toJSON)
  return { payloadString, payloadBytes, destinationName, qos, retained, topic, duplicate, ...Object.fromEntries(own) }
}

export function isMessage(value: unknown): value is Message {
  return hasTag(value, TAG)
}

export function asBytes(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
}
