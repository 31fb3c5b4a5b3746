// Whose messages the records of an outbox are. The host that comes after knows by that what it has already, and whom to
// tell when it is delivered. And which of them are over without their tabs having confirmed it: what a host tells may die
// with it, and then the tab asks the next one.
import type { SessionStore, StoreChanges, StoredRecord } from '../module.js'
import { OUTGOING, OVER } from '../stored-message.js'
import type { Deliveries, Ending, Over } from './deliveries.js'

/** A record of the outbox's own: what is over. It is stored together with the end of what it is about. */
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
  /** Of OverRecords: how much of each is needed. */
  readonly #needed = new Map<number, number>()
  #useless: number[] = []
  #lastRow = 0

  /** What was left is known from here on as its tab's; `store` is changed to ask here. */
  constructor(store: OriginStore, deliveries: Deliveries, messageOf: (record: Uint8Array) => RecordedMessage | undefined) {
    this.#deliveries = deliveries
    this.#messageOf = messageOf
    for (const [number, origin] of store.origins()) {
      const [tab = '', operation] = origin.split(' ')
      deliveries.began(tab, Number(operation), -number)
      this.#known.set(number, origin)
    }
    deliveries.onHeard = (row) => this.#heard(row)
    for (const [row, text] of store.over()) {
      const all = overOf(text)
      this.#needed.set(row, all.length)
      this.#lastRow = Math.max(this.#lastRow, row)
      for (const [tab, ending] of all) deliveries.missed(tab, ending, row)
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
    const put = [...changes.put]
    const erased = [...changes.erased, ...this.#useless.map((number) => ({ kind: OVER, number }))]
    this.#useless = []
    const over = this.#deliveries.unheard(this.#lastRow + 1)
    if (over.length === 0) return { put, erased }
    const record: OverRecord = { kind: OVER, number: ++this.#lastRow, record: NOTHING, origin: textOf(over) }
    put.push(record)
    this.#needed.set(this.#lastRow, over.length)
    return { put, erased }
  }

  #heard(row: number): void {
    const left = (this.#needed.get(row) ?? 0) - 1
    if (left > 0) this.#needed.set(row, left)
    else if (this.#needed.delete(row)) this.#useless.push(row)
  }

  #tell(number: number, error: string, reasonCode: number): boolean {
    return this.#deliveries.ended(-number, (operation) =>
      error === 'none' ? ['published', operation, reasonCode, {}] : ['publishFailed', operation, error],
    )
  }
}

/** By the tab; an outcome is a reason code, or the name of an error. */
type OverText = [tab: string, [operation: number, outcome: number | string][]][]

function textOf(all: readonly Over[]): string {
  const byTab = new Map<string, OverText[number][1]>()
  for (const { tab, ending } of all) {
    const known = byTab.get(tab)
    if (known === undefined) byTab.set(tab, [[ending[1], ending[2]]])
    else known.push([ending[1], ending[2]])
  }
  return JSON.stringify([...byTab] satisfies OverText)
}

function overOf(text: string): [tab: string, Ending][] {
  return (JSON.parse(text) as OverText).flatMap(([tab, all]) =>
    all.map(([operation, outcome]): [string, Ending] => [
      tab,
      typeof outcome === 'number' ? ['published', operation, outcome, {}] : ['publishFailed', operation, outcome],
    ]),
  )
}

function isSame(one: RecordedMessage, other: RecordedMessage): boolean {
  return (
    one.topic === other.topic &&
    one.qos === other.qos &&
    one.payload.length === other.payload.length &&
    one.payload.every((byte, index) => byte === other.payload[index])
  )
}
