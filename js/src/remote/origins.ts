// Whose messages the records of an outbox are. The host that comes after knows by that what it has already, and whom to
// tell when it is delivered. And which of them are over without their tabs having confirmed it: what a host tells may die
// with it, and then the tab asks the next one.
import type { SessionStore, StoreChanges, StoredRecord } from '../module.js'
import { OUTGOING, OVER } from '../stored-message.js'
import type { Deliveries, Ending } from './deliveries.js'

/** A record of the outbox's own, of a tab: what is over. It is stored together with the end of what it is about. */
export interface OverRecord extends StoredRecord {
  readonly origin: string
}

/** An outbox's store: it keeps a text with each message, which `originOf` gives when the message is first stored. */
export interface OriginStore extends Pick<SessionStore, 'records' | 'write'> {
  originOf: ((number: number) => string | undefined) | undefined
  /** Of messages that were left. */
  origins(): Map<number, string>
  /** The same of OverRecords. */
  over(): Map<number, string>
  onErased(kind: number, number: number, error: string, reasonCode: number): void
}

export interface RecordedMessage {
  readonly topic: string
  readonly qos: number
  readonly payload: Uint8Array
}

interface Pending extends RecordedMessage {
  readonly origin: string
}

const NOTHING = new Uint8Array()

export class Origins {
  readonly #deliveries: Deliveries
  readonly #messageOf: (record: Uint8Array) => RecordedMessage | undefined
  /** Published, and not stored yet, in their order. */
  readonly #pending = new Map<string, Pending>()
  /** By the number of the record. */
  readonly #known = new Map<number, string>()
  /** Numbers of records of what is over, by the tab. */
  readonly #over = new Map<string, number>()
  #lastOver = 0

  /** What was left is known from here on as its tab's; `store` is changed to ask here. */
  constructor(store: OriginStore, deliveries: Deliveries, messageOf: (record: Uint8Array) => RecordedMessage | undefined) {
    this.#deliveries = deliveries
    this.#messageOf = messageOf
    for (const [number, origin] of store.origins()) {
      const [tab = '', operation] = origin.split(' ')
      deliveries.began(tab, Number(operation), -number)
      this.#known.set(number, origin)
    }
    for (const [number, text] of store.over()) {
      const { tab, endings } = overOf(text)
      for (const ending of endings) deliveries.missed(tab, ending)
      this.#over.set(tab, number)
      this.#lastOver = Math.max(this.#lastOver, number)
    }
    store.originOf = (number) => this.#known.get(number)
    const write = store.write.bind(store)
    store.write = (changes) => {
      this.#assign(changes)
      return write(this.#withOver(changes))
    }
    const onErased = store.onErased.bind(store)
    store.onErased = (kind, number, error, reasonCode) => {
      const isTold = kind === OUTGOING && this.#tell(number, error, reasonCode)
      if (!isTold) onErased(kind, number, error, reasonCode)
    }
  }

  published(tab: string, operation: number, topic: string, qos: number, payload: string | Uint8Array): void {
    const origin = `${tab} ${operation}`
    const bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload
    this.#pending.set(origin, { origin, topic, qos, payload: bytes })
  }

  /** It needs no record any more. */
  ended(tab: string, operation: number): void {
    this.#pending.delete(`${tab} ${operation}`)
  }

  /** A record is of the first message that looks like it: of equal ones it does not matter which. */
  #assign({ put, erased }: StoreChanges): void {
    for (const { kind, number } of erased) if (kind === OUTGOING) this.#known.delete(number)
    for (const { kind, number, record } of put) {
      if (kind !== OUTGOING || this.#known.has(number)) continue
      const message = this.#messageOf(record)
      if (message === undefined) continue
      for (const pending of this.#pending.values()) {
        if (!isSame(pending, message)) continue
        this.#known.set(number, pending.origin)
        this.#pending.delete(pending.origin)
        break
      }
    }
  }

  /** What is over and stays stored is known by that. */
  #withOver(changes: StoreChanges): StoreChanges {
    if (!changes.erased.some(({ kind }) => kind === OUTGOING)) return changes
    const [put, erased] = [[...changes.put], [...changes.erased]]
    for (const [tab, endings] of this.#deliveries.unheard()) {
      const number = this.#over.get(tab) ?? this.#lastOver + 1
      if (endings.length > 0) {
        const record: OverRecord = { kind: OVER, number, record: NOTHING, origin: textOf(tab, endings) }
        put.push(record)
        this.#over.set(tab, number)
        this.#lastOver = Math.max(this.#lastOver, number)
      } else if (this.#over.delete(tab)) erased.push({ kind: OVER, number })
    }
    return { put, erased }
  }

  #tell(number: number, error: string, reasonCode: number): boolean {
    return this.#deliveries.ended(-number, (operation) =>
      error === 'none' ? ['published', operation, reasonCode, {}] : ['publishFailed', operation, error],
    )
  }
}

/** `[tab, operation, outcome, operation, outcome, ...]`; an outcome is a reason code, or the name of an error. */
function textOf(tab: string, endings: readonly Ending[]): string {
  return JSON.stringify([tab, ...endings.flatMap(([, operation, outcome]) => [operation, outcome])])
}

function overOf(text: string): { tab: string; endings: Ending[] } {
  const [tab, ...all] = JSON.parse(text) as [string, ...(number | string)[]]
  const endings: Ending[] = []
  for (let at = 0; at < all.length; at += 2) {
    const [operation, outcome] = [all[at] as number, all[at + 1] as number | string]
    endings.push(typeof outcome === 'number' ? ['published', operation, outcome, {}] : ['publishFailed', operation, outcome])
  }
  return { tab, endings }
}

function isSame(one: RecordedMessage, other: RecordedMessage): boolean {
  return (
    one.topic === other.topic &&
    one.qos === other.qos &&
    one.payload.length === other.payload.length &&
    one.payload.every((byte, index) => byte === other.payload[index])
  )
}
