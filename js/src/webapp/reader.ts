/** What happened to an entry. `value` is the new one; of `gone`, the last one. */
export interface Change<Key, Value> {
  readonly type: 'appeared' | 'changed' | 'gone'
  readonly key: Key
  readonly value: Value
}

/**
 * One loop over the changes of a map: what it was told, and of which entries it must hear again. Neither is ever more
 * than the map has room for, however slow the loop is.
 */
export class Reader<Key, Value> {
  readonly #entries: ReadonlyMap<Key, Value>
  readonly #told = new Map<Key, Value>()
  readonly #touched: Set<Key>
  #waiting: ((result: IteratorResult<Change<Key, Value>, undefined>) => void)[] = []
  #isOver = false

  constructor(entries: ReadonlyMap<Key, Value>) {
    this.#entries = entries
    this.#touched = new Set(entries.keys())
  }

  /** Keys that it holds. */
  get size(): number {
    return this.#told.size + this.#touched.size
  }

  touch(key: Key): void {
    if (this.#entries.has(key) || this.#told.has(key)) this.#touched.add(key)
    else this.#touched.delete(key) // came and went unseen
    while (this.#waiting.length > 0) {
      const change = this.#take()
      if (change === undefined) return
      this.#waiting.shift()?.({ value: change, done: false })
    }
  }

  next(): Promise<IteratorResult<Change<Key, Value>, undefined>> {
    const change = this.#isOver ? undefined : this.#take()
    if (change !== undefined) return Promise.resolve({ value: change, done: false })
    if (this.#isOver) return Promise.resolve({ value: undefined, done: true })
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  end(): void {
    this.#isOver = true
    for (const resolve of this.#waiting) resolve({ value: undefined, done: true })
    this.#waiting = []
  }

  #take(): Change<Key, Value> | undefined {
    for (const key of this.#touched) {
      this.#touched.delete(key)
      const isTold = this.#told.has(key)
      if (this.#entries.has(key)) {
        const value = this.#entries.get(key) as Value
        this.#told.set(key, value)
        return { type: isTold ? 'changed' : 'appeared', key, value }
      }
      const value = this.#told.get(key) as Value
      this.#told.delete(key)
      return { type: 'gone', key, value }
    }
    return undefined
  }
}
