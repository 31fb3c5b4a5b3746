// Whose messages the records of an outbox are. The host that comes after knows by that what it has already, and whom to
// tell when it is delivered.
import type { SessionStore, StoreChanges } from '../module.js'
import type { Deliveries } from './deliveries.js'

/** An outbox's store: it keeps a text with each message, which `originOf` gives when the message is first stored. */
export interface OriginStore extends Pick<SessionStore, 'records' | 'write'> {
  originOf: ((number: number) => string | undefined) | undefined
  /** Of messages that were left. */
  origins(): Map<number, string>
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

/** Kind of the records of messages to send. */
const OUTGOING = 1

export class Origins {
  readonly #deliveries: Deliveries
  readonly #messageOf: (record: Uint8Array) => RecordedMessage | undefined
  /** Published, and not stored yet, in their order. */
  readonly #pending = new Map<string, Pending>()
  /** By the number of the record. */
  readonly #known = new Map<number, string>()

  /** What was left is known from here on as its tab's; `store` is changed to ask here. */
  constructor(store: OriginStore, deliveries: Deliveries, messageOf: (record: Uint8Array) => RecordedMessage | undefined) {
    this.#deliveries = deliveries
    this.#messageOf = messageOf
    for (const [number, origin] of store.origins()) {
      const [tab = '', operation] = origin.split(' ')
      deliveries.began(tab, Number(operation), -number)
    }
    store.originOf = (number) => this.#known.get(number)
    const write = store.write.bind(store)
    store.write = (changes) => {
      this.#assign(changes)
      return write(changes)
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

  #tell(number: number, error: string, reasonCode: number): boolean {
    return this.#deliveries.ended(-number, (operation) =>
      error === 'none' ? ['published', operation, reasonCode, {}] : ['publishFailed', operation, error],
    )
  }
}

function isSame(one: RecordedMessage, other: RecordedMessage): boolean {
  return (
    one.topic === other.topic &&
    one.qos === other.qos &&
    one.payload.length === other.payload.length &&
    one.payload.every((byte, index) => byte === other.payload[index])
  )
}
