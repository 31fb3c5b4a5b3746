// Stores messages in flight in localStorage, so that they survive a reload. The module calls write() in batches, and when
// the page is hidden or left; messages that are acknowledged sooner are never written.
import type { SessionStore, StoreChanges, StoredRecord } from '../module.js'
import { OUTGOING, RECEIVED } from '../stored-message.js'
import { Message, type Qos } from './message.js'
import { fromEngine, fromHex, type PahoRecord, parseRecord, toEngine, toRecord } from './records.js'

/** Numbers of messages that the module does not have yet: greater than all of the module's. */
const FIRST_KEPT = 2 ** 48

interface Entry {
  key: string
  record: PahoRecord
  /** It is from an earlier page. */
  isInherited?: boolean
}

export class Persistence {
  readonly #sent: string
  readonly #received: string
  readonly #storage = findStorage()
  /** What is in storage, by the module's numbers. */
  readonly #outgoing = new Map<number, Entry>()
  readonly #incoming = new Map<number, Entry>()
  /** The same as the module's records, until it reads them. */
  #records: StoredRecord[] = []
  /** Messages that the module does not have yet, and their keys. */
  readonly #kept = new Map<Message, string>()
  #nextKept = FIRST_KEPT
  #hasFailed = false
  /** A message of an earlier page was acknowledged. */
  onDelivered: (message: Message) => void = () => {}
  /** An earlier page received the message, but did not deliver it to the application. */
  onArrived: (message: Message) => void = () => {}
  onError: (thrown: unknown) => void = () => {}

  /** Reads what an earlier page stored. Throws on an invalid record. */
  constructor(host: string, port: number, path: string, clientId: string) {
    const client = `${host}:${port}${path === '/mqtt' ? '' : `:${path}`}:${clientId}:`
    this.#sent = `Sent:${client}`
    this.#received = `Received:${client}`
    for (const key of this.#keys()) this.#read(key)
    this.#number()
  }

  /** `forget`: discards what is stored, as it belongs to an earlier session. */
  session(forget: boolean): SessionStore {
    if (forget) this.#clear()
    const records = this.#records
    this.#records = []
    return { records, write: (changes) => this.#write(changes), onErased: (kind, number) => this.#over(kind, number) }
  }

  #read(key: string): void {
    const isSent = key.startsWith(this.#sent)
    if (!isSent && !key.startsWith(this.#received)) return
    const value = this.#try((storage) => storage.getItem(key))
    if (value == null) return
    const record = parseRecord(key, value)
    if (isSent) this.#outgoing.set(this.#outgoing.size, { key, record, isInherited: true })
    else this.#incoming.set(record.messageIdentifier, { key, record, isInherited: true })
  }

  /** In the order of their sequence, which mqttws31.js restarts with every page. */
  #number(): void {
    const entries = [...this.#outgoing.values()].sort((a, b) => (a.record.sequence ?? 0) - (b.record.sequence ?? 0))
    this.#outgoing.clear()
    entries.forEach((entry, index) => this.#outgoing.set(index + 1, entry))
  }

  /** Offers everything to a new client of the module. */
  offer(): void {
    this.#records = [
      ...[...this.#outgoing].map(([number, { record }]) => ({ kind: OUTGOING, number, record: toEngine(record) })),
      ...[...this.#incoming.keys()].map((number) => ({ kind: RECEIVED, number, record: new Uint8Array() })),
    ]
  }

  /** Stores a message that the module gets when there is a connection. */
  keep(message: Message): void {
    const sequence = this.#nextKept++
    const key = `${this.#sent}+${sequence}`
    this.#kept.set(message, key)
    this.#set(key, toRecord(message, sequence))
  }

  /** The module has the message now, or it was discarded. */
  letGo(message: Message): void {
    const key = this.#kept.get(message)
    if (key !== undefined && this.#kept.delete(message)) this.#removeItem(key)
  }

  #clear(): void {
    for (const { key } of [...this.#outgoing.values(), ...this.#incoming.values()]) this.#removeItem(key)
    this.#outgoing.clear()
    this.#incoming.clear()
    this.#records = []
  }

  #write({ put, erased }: StoreChanges): void {
    for (const { kind, number } of erased) this.#remove(kind, number)
    for (const { kind, number, record } of put) {
      if (kind === OUTGOING) this.#putOutgoing(number, record)
      else this.#putReceived(number)
    }
  }

  #putOutgoing(number: number, bytes: Uint8Array): void {
    const before = this.#outgoing.get(number)
    const record = fromEngine(bytes, number, before?.record)
    // Without a packet identifier it was never sent, and must not take the key of one that was.
    const key = `${this.#sent}${record.messageIdentifier === 0 ? `+${number}` : record.messageIdentifier}`
    if (before !== undefined && before.key !== key) this.#removeItem(before.key)
    this.#set(key, record)
    this.#outgoing.set(number, { key, record })
  }

  #putReceived(messageIdentifier: number): void {
    const payloadMessage = { payloadHex: '', qos: 2, destinationName: '' }
    const record: PahoRecord = { type: 3, messageIdentifier, version: 1, payloadMessage, delivered: true }
    const key = `${this.#received}${messageIdentifier}`
    this.#set(key, record)
    this.#incoming.set(messageIdentifier, { key, record })
  }

  #set(key: string, record: PahoRecord): void {
    if (this.#storage === undefined) this.#fail(new Error('This environment has no localStorage.'))
    else this.#try((storage) => storage.setItem(key, JSON.stringify(record)))
  }

  #removeItem(key: string): void {
    this.#try((storage) => storage.removeItem(key))
  }

  #keys(): string[] {
    return this.#try((storage) => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? '')) ?? []
  }

  #try<Result>(run: (storage: Storage) => Result): Result | undefined {
    try {
      return this.#storage && run(this.#storage)
    } catch (thrown) {
      this.#fail(thrown)
      return undefined
    }
  }

  /** Full, denied or absent storage is reported once, after the constructor: delivery goes on from memory. */
  #fail(thrown: unknown): void {
    if (!this.#hasFailed) queueMicrotask(() => this.onError(thrown))
    this.#hasFailed = true
  }

  #remove(kind: number, number: number): void {
    const entries = kind === OUTGOING ? this.#outgoing : this.#incoming
    const entry = entries.get(number)
    entries.delete(number)
    if (entry !== undefined) this.#removeItem(entry.key)
  }

  /** A message of an earlier page, or from before the last connect(). */
  #over(kind: number, number: number): void {
    const entry = (kind === OUTGOING ? this.#outgoing : this.#incoming).get(number)
    if (entry === undefined) return
    const { record, isInherited = false } = entry
    if (kind === OUTGOING) this.onDelivered(messageOf(record, isInherited))
    else if (record.delivered !== true) this.onArrived(messageOf(record, record.payloadMessage.duplicate === true))
  }
}

function messageOf({ payloadMessage }: PahoRecord, duplicate: boolean): Message {
  const message = new Message(fromHex(payloadMessage.payloadHex))
  message.destinationName = payloadMessage.destinationName
  message.qos = payloadMessage.qos as Qos
  message.retained = payloadMessage.retained === true
  message.duplicate = duplicate
  return message
}

function findStorage(): Storage | undefined {
  try {
    // Denied to sandboxed frames, absent in workers, and null if a web view disables it.
    return (globalThis as { localStorage?: Storage | null }).localStorage ?? undefined
  } catch {
    return undefined
  }
}
