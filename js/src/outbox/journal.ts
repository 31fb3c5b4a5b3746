// What a page that is being left has not written yet. The browser may abort its transactions, but keeps what localStorage
// was given, which the page that comes after writes in its place. Another process may see it later than that page takes the
// slot: then others have sent what is in there, and it must not be sent again by whoever has the slot after them.
import type { Key, Row, Slot } from './storage.js'

export interface Journal {
  put: Row[]
  erased: Key[]
}

export function leaveJournal({ id, claims }: Slot, put: readonly Row[], erased: readonly Key[]): void {
  try {
    const rows = put.map((row) => ({ ...row, record: toText(row.record) }))
    localStorage.setItem(keyOf(id), JSON.stringify({ claims, put: rows, erased }))
  } catch {
    // Denied, absent or full: what the browser makes of the transaction is all that is left.
  }
}

/** What the page left that had the slot last. */
export function findJournal(slot: Slot): Journal | undefined {
  try {
    const text = localStorage.getItem(keyOf(slot.id))
    if (text === null) return undefined
    const { claims, put, erased } = JSON.parse(text) as {
      claims?: number
      put: (Omit<Row, 'record'> & { record: string })[]
      erased: Key[]
    }
    if ((claims ?? 0) !== (slot.claims ?? 0)) return undefined
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
