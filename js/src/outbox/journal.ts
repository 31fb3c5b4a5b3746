// What a page that is being left has not written yet. The browser may abort its transactions, but keeps what localStorage
// was given, which the page that comes after writes in its place.
import type { Key, Row } from './storage.js'

export interface Journal {
  put: Row[]
  erased: Key[]
}

export function leaveJournal(slot: string, put: readonly Row[], erased: readonly Key[]): void {
  try {
    const rows = put.map((row) => ({ ...row, record: toText(row.record) }))
    localStorage.setItem(keyOf(slot), JSON.stringify({ put: rows, erased }))
  } catch {
    // Denied, absent or full: what the browser makes of the transaction is all that is left.
  }
}

export function findJournal(slot: string): Journal | undefined {
  try {
    const text = localStorage.getItem(keyOf(slot))
    if (text === null) return undefined
    const { put, erased } = JSON.parse(text) as { put: (Omit<Row, 'record'> & { record: string })[]; erased: Key[] }
    return { put: put.map((row) => ({ ...row, record: toBytes(row.record) })), erased }
  } catch {
    return undefined
  }
}

export function removeJournal(slot: string): void {
  try {
    localStorage.removeItem(keyOf(slot))
  } catch {
    // Denied or absent.
  }
}

function keyOf(slot: string): string {
  return `websocket-mq outbox ${slot}`
}

function toText(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
}
