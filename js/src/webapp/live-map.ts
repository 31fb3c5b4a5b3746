import { MqttError } from '../errors.js'
import { seeThroughProxies } from '../proxies.js'
import { Feed } from './feed.js'
import { type Change, Reader } from './reader.js'

export type { Change }

/**
 * A map that others keep up to date: read it like any `Map`, hand `on()` a handler, or iterate over its changes.
 *
 * ```ts
 * for await (const { type, key, value } of app.presence) render(type, key, value)
 * ```
 *
 * A loop begins with all that is there as `appeared`. One that is slow skips what was overtaken: it never misses how
 * things stand, and never holds more than one change for an entry.
 */
export class LiveMap<Key, Value> implements AsyncIterable<Change<Key, Value>> {
  readonly #entries = new Map<Key, Value>()
  readonly #changes: Feed<Change<Key, Value>>
  readonly #readers = new Set<Reader<Key, Value>>()
  readonly #most: number
  readonly #ends = new Set<() => void>()
  #isOver = false

  /** @internal `most`: entries, past which new ones are passed over: others decide how many there are. */
  constructor(onThrown: (thrown: unknown) => void, most: number) {
    seeThroughProxies(this, LiveMap)
    this.#changes = new Feed(onThrown)
    this.#most = most
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

  /** Called at every change from now on. The result takes the handler away again. */
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
   * Resolves as soon as the condition holds, at once where it does already. Rejects with the signal's reason, and with
   * {@link MqttError} (`closed`) when nothing more is told: after `leave()`, or `close()` of devices.
   */
  async until(condition: (map: this) => boolean, options: { signal?: AbortSignal } = {}): Promise<void> {
    const { signal } = options
    signal?.throwIfAborted()
    if (condition(this)) return
    if (this.#isOver) throw over()
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        off()
        this.#ends.delete(onEnd)
        signal?.removeEventListener('abort', onAbort)
      }
      const fail = (reason: unknown) => {
        stop()
        reject(reason)
      }
      const onAbort = () => fail(signal?.reason)
      const onEnd = () => fail(over())
      const off = this.on(() => {
        try {
          if (!condition(this)) return
        } catch (thrown) {
          fail(thrown)
          return
        }
        stop()
        resolve()
      })
      this.#ends.add(onEnd)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** @internal */
  put(key: Key, value: Value): void {
    const type = this.#entries.has(key) ? 'changed' : 'appeared'
    if (type === 'appeared' && this.size >= this.#most) return
    this.#entries.set(key, value)
    this.#tell({ type, key, value })
  }

  /** @internal */
  remove(key: Key): void {
    if (!this.#entries.has(key)) return
    const value = this.#entries.get(key) as Value
    this.#entries.delete(key)
    this.#tell({ type: 'gone', key, value })
  }

  /** @internal */
  end(): void {
    this.#isOver = true
    for (const reader of this.#readers) reader.end()
    this.#readers.clear()
    this.#changes.end()
    for (const onEnd of [...this.#ends]) onEnd()
  }

  #tell(change: Change<Key, Value>): void {
    for (const reader of this.#readers) reader.touch(change.key)
    this.#changes.push(change)
  }
}

function over(): MqttError {
  return new MqttError('closed', 'Nothing more is told here: the webapp has left, or this was closed.')
}
