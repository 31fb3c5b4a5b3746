// The store of one connection: what the module hands over, and what the page hears of messages of earlier pages.
import type { ErrorCode } from '../errors.js'
import type { SessionStore, StoreChanges, StoredRecord } from '../module.js'
import { HEADER, OUTGOING, OVER, packetIdentifierOf, type StoredMessage, storedMessage } from '../stored-message.js'
import type { DeliveredFacts, Stored } from './events.js'
import { Mirror } from './mirror.js'
import { type Claim, isMessage } from './slots.js'
import type { Row, Storage } from './storage.js'

/** Whether a message may be sent by a page that comes after. */
export type Keeps = (message: StoredMessage) => boolean

/** Milliseconds for which a tab may be away, and then ask what became of its messages. */
const OVER_LIFE = 24 * 3_600_000

export interface OutboxHandlers {
  /** The broker has acknowledged a message of an earlier page. */
  onDelivered: (delivered: DeliveredFacts) => void
  /** A message of an earlier page is given up: the client's error code, else the broker's reason code. */
  onUndelivered: (topic: string, code: ErrorCode, reasonCode: number) => void
  /** A message of an earlier page is over, in whichever way. */
  onOver: () => void
  /** Storage fails: `outbox_failed`. */
  onFailed: (cause: unknown) => void
}

export class OutboxStore implements SessionStore {
  readonly #mirror: Mirror
  readonly #keeps: Keeps
  readonly #handlers: OutboxHandlers
  /** Attaches a text to a message by its number, when it is first stored. */
  originOf: ((number: number) => string | undefined) | undefined

  readonly isAwaited = true
  readonly records: StoredRecord[]

  constructor(storage: Storage, claim: Claim, keeps: Keeps, handlers: OutboxHandlers) {
    this.#mirror = new Mirror(storage, claim)
    this.#mirror.onFailed = handlers.onFailed
    this.#keeps = keeps
    this.#handlers = handlers
    for (const row of claim.rows) {
      if (isMessage(row) && hasExpired(row)) this.#expired(row)
      if (row.kind === OVER && Date.now() - row.publishedAt > OVER_LIFE) this.#mirror.erase(row)
    }
    this.records = claim.rows.filter((row) => row.kind !== OVER && this.#mirror.get(row) !== undefined)
    void this.#mirror.flush()
  }

  /** Messages and identifiers in the store. */
  get size(): number {
    return this.#mirror.size
  }

  /** What an earlier page left, by the numbers of `onErased`. */
  origins(): Map<number, string> {
    return this.#texts(OUTGOING)
  }

  /** What is known of messages that were over. */
  over(): Map<number, string> {
    return this.#texts(OVER)
  }

  #texts(wanted: number): Map<number, string> {
    const texts = new Map<number, string>()
    for (const { kind, number, origin } of this.#mirror.rows()) if (kind === wanted && origin !== undefined) texts.set(number, origin)
    return texts
  }

  write({ put, erased }: StoreChanges): Promise<void> | undefined {
    for (const key of erased) this.#mirror.erase(key)
    for (const record of put) this.#put(record)
    return this.#mirror.flush()
  }

  onErased(kind: number, number: number, error: string, reasonCode: number): void {
    const row = kind === OUTGOING ? this.#mirror.get({ kind, number }) : undefined
    if (row === undefined) return
    this.#handlers.onOver()
    const { topic, qos, retain, payload } = messageOf(row)
    if (error !== 'none') this.#handlers.onUndelivered(topic, error as ErrorCode, 0)
    else if (reasonCode >= 0x80) this.#handlers.onUndelivered(topic, 'publish_refused', reasonCode)
    else {
      const { publishedAt, origin } = row
      const bytes = payload.slice()
      this.#handlers.onDelivered({ topic, qos, retain, publishedAt, reasonCode, bytes, ...(origin === undefined ? {} : { origin }) })
    }
  }

  /** Once what has changed is in storage. Rejects with what storage throws. */
  async stored(): Promise<Stored> {
    await this.#mirror.flush()
    if (this.#mirror.isBehind) throw this.#mirror.cause
    let [messages, bytes, oldest] = [0, 0, Infinity]
    for (const { kind, record, publishedAt } of this.#mirror.rows()) {
      if (kind !== OUTGOING) continue
      messages++
      bytes += record.length - HEADER
      oldest = Math.min(oldest, publishedAt)
    }
    return { messages, bytes, oldest: messages === 0 ? undefined : oldest }
  }

  /** Storage could not be used when it was opened. */
  failed(cause: unknown): void {
    this.#mirror.failed(cause)
  }

  /** What is known of the slot has changed. */
  saveSlot(): void {
    this.#mirror.saveSlot()
  }

  close(): Promise<void> {
    return this.#mirror.close()
  }

  /** Removes the slot. */
  discard(): Promise<void> {
    return this.#mirror.discard()
  }

  #put(stored: StoredRecord): void {
    const before = this.#mirror.get(stored)
    if (stored.kind !== OUTGOING) return this.#mirror.put({ ...stored, publishedAt: Date.now() })
    const message = storedMessage(stored.record)
    // A released message was kept before, or it is not to be kept.
    if (before === undefined && (message === undefined || !this.#keeps(message))) return
    const origin = before?.origin ?? this.originOf?.(stored.number)
    const expiresAt = before === undefined ? expiryOf(stored.record, message) : before.expiresAt
    this.#mirror.put({
      ...stored,
      ...(message === undefined && before !== undefined ? { record: released(stored.record, before.record) } : {}),
      publishedAt: before?.publishedAt ?? Date.now(),
      ...(origin === undefined ? {} : { origin }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    })
  }

  #expired(row: Row): void {
    this.#mirror.erase(row)
    this.#handlers.onUndelivered(messageOf(row).topic, 'expired', 0)
  }
}

function messageOf({ record }: Row): Pick<StoredMessage, 'topic' | 'qos' | 'retain' | 'payload'> {
  return storedMessage(record) ?? { topic: '', qos: 2, retain: false, payload: record.subarray(HEADER) }
}

/** The module lets go of a message that the broker has: its record keeps it, for the page that hears of the delivery. */
function released(record: Uint8Array, before: Uint8Array): Uint8Array {
  const all = before.slice()
  all.set(record)
  return all
}

/** Milliseconds since 1970. */
function expiryOf(record: Uint8Array, message: StoredMessage | undefined): number | undefined {
  return message?.expiryAt === undefined ? undefined : Date.now() + viewOf(record).getUint32(message.expiryAt) * 1000
}

/**
 * Writes the rest of its Message Expiry Interval into the record of a message that was stored. One of QoS 2 that the broker
 * may already have is sent again in any case, as the module does it.
 */
function hasExpired({ record, expiresAt }: Row): boolean {
  const message = storedMessage(record)
  if (message?.expiryAt === undefined || expiresAt === undefined) return false
  const left = Math.ceil((expiresAt - Date.now()) / 1000)
  const isSent = message.qos === 2 && packetIdentifierOf(record) !== 0
  if (left <= 0 && !isSent) return true
  viewOf(record).setUint32(message.expiryAt, Math.max(1, left))
  return false
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length)
}
