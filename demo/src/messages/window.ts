// What the list shows of the log: all, or what fits the search; as it is, or as it was when it was paused.
import type { MessageLog } from './log.js'
import type { Shown } from './shown.js'
import { matcherOf } from './query.js'

export class MessageWindow {
  /** The newest first. */
  rows: readonly Shown[] = []
  /** Messages since it was paused. */
  waiting = 0
  isPaused = false
  #query = ''
  #next = 0
  readonly #log: MessageLog

  constructor(log: MessageLog) {
    this.#log = log
  }

  /** Takes what is new. Call it before each drawing. */
  update(): void {
    if (this.isPaused) {
      this.waiting = this.#log.list(this.#next).length
      return
    }
    this.waiting = 0
    const fresh = this.#log.list(this.#next)
    this.#next = (fresh.at(-1)?.id ?? this.#next - 1) + 1
    const fits = matcherOf(this.#query)
    const fitting = fresh.filter(({ content }) => fits(content)).reverse()
    const rows = [...fitting, ...this.rows]
    const { oldest } = this.#log
    while ((rows.at(-1)?.id ?? oldest) < oldest) rows.pop()
    this.rows = rows
  }

  search(query: string): void {
    if (query === this.#query) return
    this.#query = query
    const all = this.isPaused ? this.#log.list().filter(({ id }) => id < this.#next) : this.#log.list()
    const fits = matcherOf(query)
    this.rows = all.filter(({ content }) => fits(content)).reverse()
    this.#next = Math.max(this.#next, (all.at(-1)?.id ?? -1) + 1)
  }

  pause(isPaused: boolean): void {
    this.isPaused = isPaused
    this.update()
  }
}
