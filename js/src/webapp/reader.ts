/** A change of an entry. `value` is the new one; for `gone`, the last one. */
export interface Change<Key, Value> {
  readonly type: 'appeared' | 'changed' | 'gone'
  readonly key: Key
  readonly value: Value
}

/**
 * One loop over the changes of a map: what was reported to it, and which entries have changed since. Both are bounded by
 * the capacity of the map, however slow the loop is.
 */
export class Reader<Key, Value> {
  readonly #entries: ReadonlyMap<Key, Value>
  readonly #reported = new Map<Key, Value>()
  readonly #touched: Set<Key>
  #waiting: ((result: IteratorResult<Change<Key, Value>, undefined>) => void)[] = []
  #isOver = false

  constructor(entries: ReadonlyMap<Key, Value>) {
    this.#entries = entries
    this.#touched = new Set(entries.keys())
  }

  /** The number of keys that it holds. */
  get size(): number {
    return this.#reported.size + this.#touched.size
  }

  touch(key: Key): void {
    if (this.#entries.has(key) || this.#reported.has(key)) this.#touched.add(key)
    else this.#touched.delete(key) // came and went before it was reported
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
      const isReported = this.#reported.has(key)
      if (this.#entries.has(key)) {
        const value = this.#entries.get(key) as Value
        this.#reported.set(key, value)
        return { type: isReported ? 'changed' : 'appeared', key, value }
      }
      const value = this.#reported.get(key) as Value
      this.#reported.delete(key)
      return { type: 'gone', key, value }
    }
    return undefined
  }
}
