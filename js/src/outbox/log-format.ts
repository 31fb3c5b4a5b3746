// The log of a slot: a header, and then frames, as in the file store of the native client. A frame is the length of its
// body and the body's CRC-32, both in 4 bytes, and the body: what was done, the kind of the record, its number in 8 bytes,
// the length of what is known of it in 4 bytes, that as JSON, and the record. Integers are little-endian.
import type { Key, Row, Slot } from './storage.js'

export type Crc32 = (bytes: Uint8Array) => number

const PUT = 1
const ERASE = 2
const SLOT = 3
/** Before the body. */
const PREFIX = 8
/** Before the JSON. */
const HEAD = 14

export const logHeader = new TextEncoder().encode('wsmqbox1')

export interface LogReading {
  /** Bytes up to where the log can be read, its header included. */
  sound: number
  /** What follows looks like the work of a crash: one frame that is not complete, or zeros. */
  torn: boolean
  slot: Slot | undefined
  rows: Row[]
}

export function appendPut(crc32: Crc32, row: Row): Uint8Array {
  const { kind, number, record, ...facts } = row
  return frame(crc32, PUT, { kind, number }, facts, record)
}

export function appendErased(crc32: Crc32, key: Key): Uint8Array {
  return frame(crc32, ERASE, key, {}, new Uint8Array())
}

export function appendSlot(crc32: Crc32, slot: Slot): Uint8Array {
  return frame(crc32, SLOT, { kind: 0, number: 0 }, slot, new Uint8Array())
}

export function readLog(crc32: Crc32, log: Uint8Array): LogReading {
  const rows = new Map<string, Row>()
  const reading: LogReading = { sound: 0, torn: log.length < logHeader.length || isZero(log), slot: undefined, rows: [] }
  if (logHeader.some((byte, index) => log[index] !== byte)) return reading
  const view = new DataView(log.buffer, log.byteOffset, log.length)
  reading.sound = logHeader.length
  while (reading.sound < log.length) {
    const body = soundBody(crc32, log, view, reading.sound)
    if (body === undefined) break
    visit(body, reading, rows)
    reading.sound += PREFIX + body.length
  }
  const rest = log.subarray(reading.sound)
  reading.torn = rest.length < PREFIX || view.getUint32(reading.sound, true) >= rest.length - PREFIX || isZero(rest)
  reading.rows = [...rows.values()]
  return reading
}

function visit(body: Uint8Array, reading: LogReading, rows: Map<string, Row>): void {
  const view = new DataView(body.buffer, body.byteOffset, body.length)
  const kind = view.getUint8(1)
  const number = Number(view.getBigUint64(2, true))
  const name = `${kind}/${number}`
  const end = HEAD + view.getUint32(10, true)
  const facts = JSON.parse(new TextDecoder().decode(body.subarray(HEAD, end))) as object
  const change = view.getUint8(0)
  if (change === PUT) rows.set(name, { ...(facts as Pick<Row, 'publishedAt'>), kind, number, record: body.slice(end) })
  else if (change === ERASE) rows.delete(name)
  else reading.slot = facts as Slot
}

/** Undefined where no sound frame begins. */
function soundBody(crc32: Crc32, log: Uint8Array, view: DataView, at: number): Uint8Array | undefined {
  if (log.length - at < PREFIX + HEAD) return undefined
  const size = view.getUint32(at, true)
  if (size < HEAD || size > log.length - at - PREFIX) return undefined
  const body = log.subarray(at + PREFIX, at + PREFIX + size)
  return crc32(body) === view.getUint32(at + 4, true) ? body : undefined
}

function frame(crc32: Crc32, change: number, { kind, number }: Key, facts: object, record: Uint8Array): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(facts))
  const bytes = new Uint8Array(PREFIX + HEAD + json.length + record.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, bytes.length - PREFIX, true)
  view.setUint8(PREFIX, change)
  view.setUint8(PREFIX + 1, kind)
  view.setBigUint64(PREFIX + 2, BigInt(number), true)
  view.setUint32(PREFIX + 10, json.length, true)
  bytes.set(json, PREFIX + HEAD)
  bytes.set(record, PREFIX + HEAD + json.length)
  view.setUint32(4, crc32(bytes.subarray(PREFIX)), true)
  return bytes
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0)
}
