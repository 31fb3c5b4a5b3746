// Writes what is new in the log and in the explorer to one slot, in steps, and reads it at the start.
import type { TopicNode, TopicTree } from '../explorer/tree.js'
import type { MessageLog } from '../messages/log.js'
import { messagesOf, plainMessages } from '../messages/plain.js'
import { record, whole } from '../store/shapes.js'
import { all, type Database, type Slot, type Stored } from './database.js'
import { type Dated, pack, type Packed, unpack } from './packed.js'

/** Of the messages that are kept. */
const MOST_MESSAGES = 5000
const MOST_BYTES = 8 * 2 ** 20
/** Bytes of a payload that is kept. */
const LONGEST = 2 ** 18
/** Messages of a record, topics of a record, and bytes of its payloads. */
const AT_ONCE = 250
const BYTES_AT_ONCE = 2 ** 20

const ANY = [0, Number.MAX_SAFE_INTEGER] as const

type MessageRecord = Stored & { readonly packed: Packed }
/** The topics that appeared as the `number * AT_ONCE`th and after, with how many messages each has had. */
type TopicRecord = Stored & { readonly packed: Packed; readonly counts: readonly number[] }
type Written = Pick<Stored, 'number'> & { readonly count: number; readonly bytes: number }

export class Keeper {
  readonly #database: Database
  readonly #slot: Slot
  readonly #log: MessageLog
  readonly #tree: TopicTree
  /** The records of messages, the oldest first. */
  #written: Written[] = []
  #nextNumber = 0
  /** The first message of the log that is not written. */
  #nextId: number
  #clearings: number
  /** Of each record of topics, how many messages they had when it was written. */
  #sums: number[] = []
  #root: TopicNode

  private constructor(database: Database, slot: Slot, log: MessageLog, tree: TopicTree) {
    this.#database = database
    this.#slot = slot
    this.#log = log
    this.#tree = tree
    this.#nextId = log.next
    this.#clearings = log.clearings
    this.#root = tree.root
  }

  /**
   * Puts what the slot has into the log and the explorer, which are to be empty.
   * @param rest what `rest` was when the tab's last page was left
   */
  static async read(database: Database, slot: Slot, log: MessageLog, tree: TopicTree, rest: unknown): Promise<Keeper> {
    const stored = await database.read<MessageRecord, TopicRecord>(slot.id)
    const left = record(rest)
    const isLost = left['slot'] === slot.id && stored.messages.every(({ number }) => number < whole(left['number'], 0, ANY))
    const { messages, topics } = isLost && left['isCleared'] === true ? { messages: [], topics: [] } : stored
    for (const { packed } of messages) log.restore(unpack(packed))
    for (const { packed, counts } of topics) unpack(packed).forEach((latest, index) => tree.restore(latest, counts[index] ?? 1))
    const keeper = new Keeper(database, slot, log, tree)
    keeper.#written = messages.map(({ number, packed }) => ({ number, count: packed.at.length, bytes: packed.payloads.length }))
    keeper.#nextNumber = (messages.at(-1)?.number ?? -1) + 1
    keeper.#sums = [...keeper.#pages()].map(sumOf)
    if (isLost) keeper.#restore(messagesOf(left['messages']))
    return keeper
  }

  #restore(messages: readonly Dated[]): void {
    this.#log.restore(messages)
    for (const { content, at } of messages) this.#tree.add([content], at)
  }

  /** Messages that are written. */
  get count(): number {
    return this.#written.reduce((sum, { count }) => sum + count, 0)
  }

  /** How many calls of `save()` it takes, roughly, to write what is new. */
  get partsLeft(): number {
    const { next, oldest } = this.#log
    const fresh = this.#wasCleared ? next - oldest : next - Math.max(this.#nextId, oldest)
    return Math.max(Math.ceil(fresh / AT_ONCE), this.#changedPages().length, this.#wasCleared ? 1 : 0)
  }

  /**
   * What is not written yet, as JSON: browsers may give up what a page begins to write when it is left. `number` is that of
   * the record in which it would be.
   */
  get rest(): unknown {
    const messages = this.#log.list(this.#wasCleared ? 0 : this.#nextId)
    return { slot: this.#slot.id, number: this.#nextNumber, isCleared: this.#wasCleared, messages: plainMessages(messages) }
  }

  /** Begins to write a part of what is new, or all of it. Resolves when that is written. */
  save({ isAll }: { isAll: boolean }): Promise<void> {
    return this.#database.run('readwrite', (stores) => {
      const slot = this.#slot.id
      if (this.#wasCleared) {
        stores.messages.delete(all(slot))
        stores.topics.delete(all(slot))
        this.#forget()
      }
      do {
        const packed = pack(this.#take())
        if (packed.at.length === 0) continue
        this.#written.push({ number: this.#nextNumber, count: packed.at.length, bytes: packed.payloads.length })
        stores.messages.put({ slot, number: this.#nextNumber++, packed } satisfies MessageRecord)
      } while (isAll && this.#nextId < this.#log.next)
      for (const old of this.#surplus()) stores.messages.delete([slot, old.number])
      for (const [number, page] of this.#changedPages().slice(0, isAll ? undefined : 1)) {
        this.#sums[number] = sumOf(page)
        const packed = pack(page.map(({ latest }) => latest as Dated))
        stores.topics.put({ slot, number, packed, counts: page.map(({ count }) => count) } satisfies TopicRecord)
      }
      stores.slots.put({ ...this.#slot, usedAt: Date.now() })
    })
  }

  get #wasCleared(): boolean {
    return this.#clearings !== this.#log.clearings || this.#root !== this.#tree.root
  }

  /** What is left in the log and in the explorer is written again. */
  #forget(): void {
    this.#clearings = this.#log.clearings
    this.#root = this.#tree.root
    this.#nextId = 0
    this.#written = []
    this.#sums = []
  }

  /** The next messages of a record. */
  #take(): Dated[] {
    const fresh = this.#log.list(this.#nextId)
    let bytes = 0
    const end = fresh.findIndex(({ content }, index) => {
      bytes += Math.min(content.bytes.length, LONGEST)
      return index === AT_ONCE || (index > 0 && bytes > BYTES_AT_ONCE)
    })
    this.#nextId = (end < 0 ? undefined : fresh[end]?.id) ?? this.#log.next
    return fresh.slice(0, end < 0 ? undefined : end).filter(({ content }) => content.bytes.length <= LONGEST)
  }

  /** Takes the records out that are too many. */
  #surplus(): Written[] {
    let [count, bytes] = [this.count, this.#written.reduce((sum, each) => sum + each.bytes, 0)]
    const kept = this.#written.findIndex((each) => {
      const isFitting = count - each.count < MOST_MESSAGES && bytes <= MOST_BYTES
      count -= each.count
      bytes -= each.bytes
      return isFitting
    })
    return this.#written.splice(0, Math.max(0, kept))
  }

  /** Topics in the order in which they appeared, which is that of a slot's records, too. */
  *#pages(): Generator<TopicNode[]> {
    const topics = this.#tree.list()
    for (let start = 0; start < topics.length; start += AT_ONCE) yield topics.slice(start, start + AT_ONCE)
  }

  #changedPages(): [number: number, page: TopicNode[]][] {
    return [...this.#pages()]
      .map((page, number): [number, TopicNode[]] => [number, page])
      .filter(([number, page]) => this.#sums[number] !== sumOf(page))
  }
}

const sumOf = (page: readonly TopicNode[]) => page.reduce((sum, { count }) => sum + count, 0)
