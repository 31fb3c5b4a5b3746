// What the module refuses at once, refused in the page, which does not have the module. The host finds the rest.
import { callError } from '../failure.js'
import type { Negotiated, Payload, Properties } from '../module.js'
import { hasTag } from '../realms.js'

const LONGEST_TEXT = 65_535
const LARGEST_PACKET = 268_435_455
const UINT32 = 4_294_967_295
const encoder = /* @__PURE__ */ new TextEncoder()

/** MQTT 5.0, 1.5.4. */
const UNSENDABLE = /\p{Cc}|\p{Noncharacter_Code_Point}/u
/** Half of a pair: with the flag `u`, pairs are one character. */
const LONE_SURROGATE = /\p{Surrogate}/u

const invalid = (message: string): never => {
  throw callError('invalid_argument', message)
}

/** Bytes of UTF-8. */
function sizeOf(text: string): number {
  return text.length * 3 <= LONGEST_TEXT ? text.length : encoder.encode(text).length
}

export function checkTopic(topic: string): void {
  if (typeof topic !== 'string') invalid(`A topic must be a string, not ${typeof topic}.`)
  if (topic === '' || /[+#\0]/.test(topic) || LONE_SURROGATE.test(topic) || sizeOf(topic) > LONGEST_TEXT)
    throw callError('invalid_topic', `"${shortened(topic)}" is no topic name.`)
  checkSendable(topic, 'The topic')
}

/** Its wildcards were looked at by parseFilter(). */
export function checkFilter(filter: string): void {
  if (filter.includes('\0') || LONE_SURROGATE.test(filter) || sizeOf(filter) > LONGEST_TEXT)
    throw callError('invalid_topic', `"${shortened(filter)}" is no topic filter.`)
  checkSendable(filter, 'The topic filter')
}

function checkSendable(text: string, what: string): void {
  if (UNSENDABLE.test(text)) throw callError('invalid_character', `${what} has a control character or a noncharacter.`)
}

/** The payload as it crosses over: text, or a view of its bytes. */
export function checkedPayload(payload: Payload): string | Uint8Array {
  if (typeof payload === 'string') {
    if (LONE_SURROGATE.test(payload)) throw callError('invalid_utf8', 'A payload has a surrogate without its other half: send bytes.')
    return payload
  }
  if (ArrayBuffer.isView(payload)) return new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength)
  if (hasTag(payload, 'ArrayBuffer') || hasTag(payload, 'SharedArrayBuffer')) return new Uint8Array(payload)
  return invalid(
    `A payload must be a string, an ArrayBuffer or a view of one, not ${(payload as unknown) === null ? 'null' : typeof payload}.`,
  )
}

export function checkQos(qos: unknown): void {
  if (qos !== undefined && qos !== 0 && qos !== 1 && qos !== 2) invalid('qos is 0, 1 or 2.')
}

/** What this broker does not take. `size`: of topic and payload, at least. */
export function checkNegotiated(negotiated: Negotiated, size: number, qos: number, retain: boolean): void {
  if (size > negotiated.maximumPacketSize) throw callError('packet_too_large', 'The packet is larger than the maximum packet size')
  if (qos > negotiated.maximumQos) throw callError('not_supported', 'The broker does not support this QoS')
  if (retain && !negotiated.retainAvailable) throw callError('not_supported', 'The broker does not support retained messages')
}

export function checkSize(size: number): void {
  if (size > LARGEST_PACKET) throw callError('packet_too_large', 'The packet is larger than the maximum packet size')
}

type PropertyCheck = (name: string, value: unknown) => void

const refuse = (message: string): never => {
  throw callError('invalid_property', message)
}

const integer =
  (most: number): PropertyCheck =>
  (name, value) => {
    const number = Number(value)
    if (!Number.isInteger(number) || number < 0 || number > most) refuse(`${name} is a whole number from 0 to ${most}.`)
  }

const text: PropertyCheck = (name, value) => {
  if (typeof value !== 'string') return refuse(`${name} must be a string, not ${typeof value}.`)
  if (LONE_SURROGATE.test(value)) throw callError('invalid_utf8', `${name} has a surrogate without its other half: send bytes.`)
  if (sizeOf(value) > LONGEST_TEXT) refuse(`${name} is longer than 65,535 bytes.`)
  if (value.includes('\0')) refuse(`${name} has U+0000.`)
  checkSendable(value, name)
}

const responseTopic: PropertyCheck = (name, value) => {
  text(name, value)
  if (value === '' || /[+#]/.test(value as string)) refuse(`${name} is a topic name.`)
}

const binary: PropertyCheck = (name, value) => {
  const given = checkedPayload(value as Payload)
  if ((typeof given === 'string' ? sizeOf(given) : given.length) > LONGEST_TEXT) refuse(`${name} is longer than 65,535 bytes.`)
}

const pairs: PropertyCheck = (name, value) => {
  for (const pair of (Array.isArray(value) ? value : Object.entries(value as object)) as unknown[]) {
    if (!Array.isArray(pair) || pair.length !== 2) return refuse(`${name} must be pairs of a name and a value.`)
    text(name, pair[0])
    text(name, pair[1])
  }
}

/** MQTT 5.0, 3.3.2.3. */
const OF_PUBLISH: Readonly<Partial<Record<string, PropertyCheck>>> = {
  payloadFormatIndicator: integer(1),
  messageExpiryInterval: integer(UINT32),
  contentType: text,
  responseTopic,
  correlationData: binary,
  userProperties: pairs,
}
/** MQTT 5.0, 3.8.2.1 and 3.10.2.1. */
const OF_SUBSCRIBE: typeof OF_PUBLISH = { subscriptionIdentifier: integer(268_435_455), userProperties: pairs }

function checkProperties(properties: Properties | undefined, known: typeof OF_PUBLISH): void {
  if (properties === undefined) return
  if (typeof (properties as unknown) !== 'object' || (properties as unknown) === null) refuse('Properties must be an object.')
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined) continue
    const check = Object.hasOwn(known, name) ? known[name] : undefined
    if (check === undefined) return refuse(`There is no property "${name}" of this packet.`)
    check(name, value)
  }
}

export const checkPublishProperties = (properties: Properties | undefined): void => checkProperties(properties, OF_PUBLISH)
export const checkSubscribeProperties = (properties: Properties | undefined): void => checkProperties(properties, OF_SUBSCRIBE)

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
