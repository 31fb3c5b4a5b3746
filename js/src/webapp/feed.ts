import { Buffer } from '../buffer.js'
import { callHandler } from '../emitter.js'
import { seeThroughProxies } from '../proxies.js'

const CAPACITY = 1000

/**
 * Items as they arrive, for handlers and loops. A loop that has more than 1,000 items to read loses the oldest.
 */
export class Feed<T> implements AsyncIterable<T> {
  readonly #onThrown: (thrown: unknown) => void
  readonly #handlers = new Set<(item: T) => unknown>()
  readonly #readers = new Set<Buffer<T>>()
  #isOver = false

  /** @internal */
  constructor(onThrown: (thrown: unknown) => void) {
    seeThroughProxies(this, Feed)
    this.#onThrown = onThrown
  }

  /** Adds a handler; call the result to remove it. What a handler throws is an `error` event of the webapp. */
  on(handler: (item: T) => unknown): () => void {
    const own = (item: T) => handler(item)
    this.#handlers.add(own)
    return () => void this.#handlers.delete(own)
  }

  /** Begins with the next item, and ends when the loop is left or the webapp has left. */
  [Symbol.asyncIterator](): AsyncIterator<T, undefined> {
    const reader = new Buffer<T>(CAPACITY, 'drop_oldest')
    if (this.#isOver) reader.end()
    else this.#readers.add(reader)
    return {
      next: () => reader.next(),
      return: () => {
        this.#readers.delete(reader)
        reader.clear()
        reader.end()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  /** @internal */
  push(item: T): void {
    for (const reader of this.#readers) reader.push(item)
    for (const handler of [...this.#handlers]) callHandler(handler, item, this.#onThrown)
  }

  /** @internal */
  end(): void {
    this.#isOver = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
    this.#handlers.clear()
  }
}
