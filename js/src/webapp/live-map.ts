import { MqttError } from '../errors.js'
import { seeThroughProxies } from '../proxies.js'
import { onAbort, type WaitOptions } from '../signals.js'
import { Feed } from './feed.js'
import { type Change, Reader } from './reader.js'

export type { Change }

/**
 * A map that is kept up to date: read it like any `Map`, pass a handler to `on()`, or iterate over its changes.
 *
 * ```ts
 * for await (const { type, key, value } of app.presence) render(type, key, value)
 * ```
 *
 * A loop begins with all entries as `appeared`. A slow loop skips changes that were overtaken: it always ends up with the
 * latest value, and never buffers more than one change per entry.
 */
export class LiveMap<Key, Value> implements AsyncIterable<Change<Key, Value>> {
  readonly #entries = new Map<Key, Value>()
  readonly #changes: Feed<Change<Key, Value>>
  readonly #readers = new Set<Reader<Key, Value>>()
  readonly #most: number
  readonly #ends = new Set<() => void>()
  #isOver = false

  /** @internal `most`: further entries are ignored, as others decide how many there are. */
  constructor(onThrown: (thrown: unknown) => void, most: number) {
    seeThroughProxies(this, LiveMap)
    this.#changes = new Feed(onThrown)
    this.#most = most
  }

  /** @internal It is no longer updated. */
  protected get isOver(): boolean {
    return this.#isOver
  }

  get size(): number {
    return this.#entries.size
  }
  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }
  has(key: Key): boolean {
    return this.#entries.has(key)
  }
  keys(): IterableIterator<Key> {
    return this.#entries.keys()
  }
  values(): IterableIterator<Value> {
    return this.#entries.values()
  }
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries()
  }
  forEach(call: (value: Value, key: Key) => void): void {
    this.#entries.forEach((value, key) => call(value, key))
  }
  [Symbol.iterator](): IterableIterator<[Key, Value]> {
    return this.#entries.entries()
  }

  /** Calls the handler at every change from now on. Call the result to remove it. */
  on(handler: (change: Change<Key, Value>) => unknown): () => void {
    return this.#changes.on(handler)
  }

  [Symbol.asyncIterator](): AsyncIterator<Change<Key, Value>, undefined> {
    const reader = new Reader(this.#entries)
    if (this.#isOver) reader.end()
    else this.#readers.add(reader)
    return {
      next: () => reader.next(),
      return: () => {
        this.#readers.delete(reader)
        reader.end()
        return Promise.resolve({ value: undefined, done: true })
      },
    }
  }

  /**
   * Resolves as soon as the condition is true. Rejects with the signal's reason, with what the condition throws, or with
   * {@link MqttError} (`closed`) when the map is no longer updated: after `leave()`, or `close()` of devices.
   */
  async until(condition: (map: this) => boolean, { signal }: WaitOptions = {}): Promise<void> {
    signal?.throwIfAborted()
    if (condition(this)) return
    if (this.#isOver) throw over()
    await new Promise<void>((resolve, reject) => {
      const cleanups: (() => unknown)[] = []
      const settle = (call: () => void) => {
        for (const cleanup of cleanups) cleanup()
        call()
      }
      const fail = (reason: unknown) => settle(() => reject(reason))
      const onEnd = () => fail(over())
      const off = this.on(() => {
        try {
          if (condition(this)) settle(resolve)
        } catch (thrown) {
          fail(thrown)
        }
      })
      this.#ends.add(onEnd)
      cleanups.push(off, () => this.#ends.delete(onEnd))
      cleanups.push(onAbort(signal, fail))
    })
  }

  /** @internal */
  put(key: Key, value: Value): void {
    const type = this.#entries.has(key) ? 'changed' : 'appeared'
    if (type === 'appeared' && this.size >= this.#most) return
    this.#entries.set(key, value)
    this.#dispatch({ type, key, value })
  }

  /** @internal */
  remove(key: Key): void {
    if (!this.#entries.has(key)) return
    const value = this.#entries.get(key) as Value
    this.#entries.delete(key)
    this.#dispatch({ type: 'gone', key, value })
  }

  /** @internal */
  end(): void {
    this.#isOver = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
    this.#changes.end()
    for (const onEnd of [...this.#ends]) onEnd()
  }

  #dispatch(change: Change<Key, Value>): void {
    for (const reader of this.#readers) reader.touch(change.key)
    this.#changes.push(change)
  }
}

function over(): MqttError {
  return new MqttError('closed', 'This is no longer updated: leave() or close() was called.')
}
