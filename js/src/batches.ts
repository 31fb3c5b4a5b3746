import type { WhenFull } from './buffer.js'
import { inNextFrame } from './frame.js'
import type { Message } from './message.js'

export interface BatchOptions {
  /** Only the latest message of each topic. */
  readonly conflate: boolean
  readonly whenHidden: 'deliver' | 'pause' | 'latest'
  readonly capacity: number
  readonly whenFull: WhenFull
}

interface Reader {
  readonly resolve: (result: IteratorResult<Message[], undefined>) => void
  readonly reject: (reason: unknown) => void
}

/**
 * Collects messages and hands them over together, once for each frame that the screen shows. They go to a handler or,
 * like those of a {@link Buffer}, to an asynchronous iterator.
 */
export class Batches {
  readonly #options: BatchOptions
  readonly #handler: ((batch: Message[]) => void) | undefined
  /** By topic where only the latest counts, else by a number. */
  readonly #pending = new Map<string | number, Message>()
  #readers: Reader[] = []
  #cancel: (() => void) | undefined
  #number = 0
  #hasEnded = false
  #error: { readonly reason: unknown } | undefined

  constructor(options: BatchOptions, handler?: (batch: Message[]) => void) {
    this.#options = options
    this.#handler = handler
  }

  get size(): number {
    return this.#pending.size
  }

  /** Returns how many messages were dropped: 0 or 1; -1 if there is no room and the policy is to fail. */
  push(message: Message): number {
    if (this.#hasEnded) return 0
    const { conflate, whenHidden, capacity, whenFull } = this.#options
    const isHeld = whenHidden !== 'deliver' && isHidden()
    const key = conflate || (isHeld && whenHidden === 'latest') ? message.topic : this.#number++
    let dropped = 0
    if (this.#pending.size >= capacity && !this.#pending.has(key)) {
      if (!isHeld && this.#isRead) this.#handOver()
      else if (whenFull === 'fail') return -1
      else {
        dropped = 1
        if (whenFull === 'drop_newest') return dropped
        for (const [oldest] of this.#pending) {
          this.#pending.delete(oldest)
          break
        }
      }
    }
    this.#pending.set(key, message)
    this.#schedule()
    return dropped
  }

  next(): Promise<IteratorResult<Message[], undefined>> {
    if (!this.#hasEnded)
      return new Promise((resolve, reject) => {
        this.#readers.push({ resolve, reject })
        this.#schedule()
      })
    if (this.#pending.size > 0) return Promise.resolve({ value: this.#take(), done: false })
    const error = this.#error
    this.#error = undefined
    return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error.reason)
  }

  /** What was collected still goes to the handler, or can be read. */
  end(error?: { readonly reason: unknown }): void {
    if (this.#hasEnded) return
    this.#unschedule()
    if (this.#handler !== undefined && this.#pending.size > 0) this.#handOver()
    this.#hasEnded = true
    this.#error = error
    for (const { resolve, reject } of this.#readers.splice(0)) void this.next().then(resolve, reject)
  }

  clear(): void {
    this.#pending.clear()
    this.#unschedule()
  }

  get #isRead(): boolean {
    return this.#handler !== undefined || this.#readers.length > 0
  }

  #schedule(): void {
    if (this.#cancel !== undefined || this.#pending.size === 0 || !this.#isRead) return
    this.#cancel = inNextFrame(this.#options.whenHidden === 'deliver', () => {
      this.#cancel = undefined
      this.#handOver()
    })
  }

  #unschedule(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #handOver(): void {
    const batch = this.#take()
    if (this.#handler !== undefined) this.#handler(batch)
    else this.#readers.shift()?.resolve({ value: batch, done: false })
  }

  #take(): Message[] {
    const batch = [...this.#pending.values()]
    this.clear()
    return batch
  }
}

function isHidden(): boolean {
  return (globalThis as { document?: Document }).document?.visibilityState === 'hidden'
}
