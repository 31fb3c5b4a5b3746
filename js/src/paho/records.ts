// Converts stored messages between the records of mqttws31.js and the module's (session/store_record.hpp).
import { AWAITING_PUBCOMP, FORMAT, packetIdentifierOf, storedMessage } from '../stored-message.js'
import { error } from './errors.js'
import { asBytes, type Message } from './message.js'

/** Stored as JSON under `Sent:` or `Received:`. */
export interface PahoRecord {
  type: number
  messageIdentifier: number
  version: number
  pubRecReceived?: true
  payloadMessage: { payloadHex: string; qos: number; destinationName: string; duplicate?: true; retained?: true }
  sequence?: number
  /** Not in mqttws31.js: the module's record in hexadecimal digits, if it has more than the fields above (MQTT 5). */
  record?: string
  /** Not in mqttws31.js: the application has received the message. */
  delivered?: true
}

/** Throws like mqttws31.js on an invalid record, without the secrets of the address that the key may contain. */
export function parseRecord(key: string, value: string): PahoRecord {
  const record = JSON.parse(value) as PahoRecord
  if (record.type !== 3 || record.version !== 1)
    throw error('INVALID_STORED_DATA', /[?#@]/.test(key) ? key.replace(/:.*/s, ':***') : key, value)
  return record
}

/** The module's record of an outgoing message. */
export function toEngine({ messageIdentifier: id, pubRecReceived, payloadMessage, record }: PahoRecord): Uint8Array {
  if (record !== undefined) return fromHex(record)
  const header = [FORMAT, 4, pubRecReceived === true ? AWAITING_PUBCOMP : 0, id >> 8, id & 255]
  if (pubRecReceived === true) return Uint8Array.from(header)
  const topic = new TextEncoder().encode(payloadMessage.destinationName)
  const payload = fromHex(payloadMessage.payloadHex)
  const size = 2 + topic.length + 2 + payload.length
  const first = 0x30 | (payloadMessage.qos << 1) | Number(payloadMessage.retained === true)
  const length = [topic.length >> 8, topic.length & 255]
  // A message that was never sent gets its identifier later: until then any valid one will do, and 0 is not valid.
  const inPacket = id || 1
  return concatenated(header, [first], variableInteger(size), length, topic, [inPacket >> 8, inPacket & 255], payload)
}

/** The record of a message that the module does not have yet. */
export function toRecord({ payloadBytes, qos, destinationName, retained }: Message, sequence: number): PahoRecord {
  const payloadMessage = { payloadHex: toHex(asBytes(payloadBytes)), qos, destinationName, ...(retained ? { retained } : {}) }
  return { type: 3, messageIdentifier: 0, version: 1, payloadMessage, sequence }
}

/** Converts the module's record; `before` is what is stored of the same message. */
export function fromEngine(bytes: Uint8Array, sequence: number, before: PahoRecord | undefined): PahoRecord {
  const messageIdentifier = packetIdentifierOf(bytes)
  const message = storedMessage(bytes)
  if (message === undefined) {
    const payloadMessage = before?.payloadMessage ?? { payloadHex: '', qos: 2, destinationName: '' }
    return { type: 3, messageIdentifier, version: 1, pubRecReceived: true, payloadMessage, sequence }
  }
  return {
    type: 3,
    messageIdentifier,
    version: 1,
    payloadMessage: {
      payloadHex: toHex(message.payload),
      qos: message.qos,
      destinationName: message.topic,
      ...(message.retain ? { retained: true as const } : {}),
    },
    sequence,
    ...(bytes[1] === 5 ? { record: toHex(bytes) } : {}),
  }
}

/** @internal */
export function fromHex(digits: string): Uint8Array {
  const bytes = new Uint8Array(digits.length >> 1)
  for (let index = 0; index < bytes.length; index++) bytes[index] = parseInt(digits.slice(index * 2, index * 2 + 2), 16)
  return bytes
}

function toHex(bytes: Uint8Array): string {
  let digits = ''
  for (const byte of bytes) digits += byte < 16 ? `0${byte.toString(16)}` : byte.toString(16)
  return digits
}

function variableInteger(value: number): number[] {
  const bytes = []
  for (; value > 0x7f; value >>= 7) bytes.push((value & 0x7f) | 0x80)
  bytes.push(value)
  return bytes
}

function concatenated(...parts: (Uint8Array | number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
