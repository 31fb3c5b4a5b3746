/** What happens to a message when the buffer is full. */
export type WhenFull = 'drop_oldest' | 'drop_newest' | 'fail'

interface Reader<T> {
  resolve: (result: IteratorResult<T, undefined>) => void
  reject: (reason: unknown) => void
}

/** A bounded queue between a producer that cannot wait and an asynchronous iterator. */
export class Buffer<T> {
  readonly #capacity: number
  readonly #whenFull: WhenFull
  #items: (T | undefined)[] = []
  #head = 0
  #readers: Reader<T>[] = []
  #ended = false
  #error: { readonly reason: unknown } | undefined

  constructor(capacity: number, whenFull: WhenFull) {
    this.#capacity = capacity
    this.#whenFull = whenFull
  }

  get size(): number {
    return this.#items.length - this.#head
  }

  /** Returns how many items were dropped: 0 or 1; -1 if the buffer is full and the policy is to fail. */
  push(item: T): number {
    if (this.#ended) return 0
    const reader = this.#readers.shift()
    if (reader !== undefined) {
      reader.resolve({ value: item, done: false })
      return 0
    }
    if (this.size < this.#capacity) {
      this.#items.push(item)
      return 0
    }
    if (this.#whenFull === 'fail') return -1
    if (this.#whenFull === 'drop_oldest') {
      this.#take()
      this.#items.push(item)
    }
    return 1
  }

  /** Buffered items can still be read; then the iteration ends, or throws `error.reason`. */
  end(error?: { readonly reason: unknown }): void {
    if (this.#ended) return
    this.#ended = true
    const readers = this.#readers
    this.#readers = []
    this.#error = error
    for (const reader of readers) void this.next().then(reader.resolve, reader.reject)
  }

  clear(): void {
    this.#items = []
    this.#head = 0
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.size > 0) return Promise.resolve({ value: this.#take(), done: false })
    if (!this.#ended) return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }))
    const error = this.#error
    this.#error = undefined
    return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error.reason)
  }

  #take(): T {
    const item = this.#items[this.#head] as T
    this.#items[this.#head++] = undefined
    // Compacted once half of it is empty: each item is moved at most once on average.
    if (this.#head >= 64 && this.#head * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
}
