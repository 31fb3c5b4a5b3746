// What arrives: every message is counted, and the latest are kept.
import { signal } from '@preact/signals'
import { Changes } from '../ui/changes.js'
import type { Content, Mark, Shown } from './shown.js'

export const MOST_MESSAGES = 5000
const MOST_BYTES = 16 * 2 ** 20

/** The latest messages, oldest first, bounded by their number and their bytes. */
export class MessageLog {
  readonly changes = new Changes()
  /** How many have arrived. */
  total = 0
  /** How many times it was cleared. */
  clearings = 0
  readonly #kept: Shown[] = []
  /** Those before it have been dropped, and are removed in one go. */
  #first = 0
  #bytes = 0
  #nextId = 0

  add(contents: readonly Content[], mark: Mark, at = Date.now()): void {
    for (const content of contents) {
      this.#kept.push({ id: this.#nextId++, at, content, mark })
      this.#bytes += content.bytes.length
    }
    if (typeof mark === 'number') this.total += contents.length
    this.#trim()
    this.changes.touch()
  }

  /** What came before the page was loaded again. */
  restore(messages: readonly { content: Content; at: number }[]): void {
    for (const { content, at } of messages) this.add([content], 'earlier', at)
  }

  get length(): number {
    return this.#kept.length - this.#first
  }

  /** The `id` of the oldest message that is kept; of the next one, if there is none. */
  get oldest(): number {
    return this.#kept[this.#first]?.id ?? this.#nextId
  }

  /** The `id` of the next message. */
  get next(): number {
    return this.#nextId
  }

  /** A copy, oldest first. @param from only those with this `id` or a later one */
  list(from = 0): Shown[] {
    let start = this.#kept.length
    while (start > this.#first && (this.#kept[start - 1] as Shown).id >= from) start--
    return this.#kept.slice(start)
  }

  clear(): void {
    this.clearings++
    this.#kept.length = this.#first = this.#bytes = this.total = 0
    this.changes.touch()
  }

  #trim(): void {
    while (this.length > MOST_MESSAGES || (this.#bytes > MOST_BYTES && this.length > 1))
      this.#bytes -= (this.#kept[this.#first++] as Shown).content.bytes.length
    if (this.#first < MOST_MESSAGES) return
    this.#kept.splice(0, this.#first)
    this.#first = 0
  }
}

export const log = new MessageLog()

/** Messages of each of the last seconds, the latest last. */
export const rates = signal<readonly number[]>([])
const RATES_KEPT = 60

export function measureRate(): void {
  let before = log.total
  setInterval(() => {
    const now = log.total
    // Cleared meanwhile: there is no less than nothing.
    rates.value = [...rates.peek(), Math.max(0, now - before)].slice(-RATES_KEPT)
    before = now
  }, 1000)
}
