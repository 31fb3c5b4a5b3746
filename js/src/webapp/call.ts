import { InvalidArgumentError } from '../errors.js'
import { Buffer } from '../buffer.js'
import { seeThroughProxies } from '../proxies.js'

/** What a running call needs from its owner. */
export interface CallHost {
  /** This many items were consumed: the responder may send as many more. */
  readonly grant: (count: number) => void
  readonly cancel: () => void
  /** The responder has sent more items than it was allowed to. */
  readonly overrun: () => void
}

/** The convention's credit: items that a responder may send before the first one is consumed. */
const CREDIT = 64
/** Items beyond the credit, if a grant reached the responder twice: the module lets no more through. */
const SURPLUS = 256
/** Credit is granted in batches, so that not each item costs a message. */
const GRANT_BATCH = 16

/**
 * A request that is running: a promise of its result, and an iteration over its progress.
 *
 * ```ts
 * const call = app.request('demo', 'slow', { steps: 10 })
 * for await (const step of call) show(step)
 * const result = await call
 * ```
 *
 * A slow loop slows the responder down. Leaving it early cancels the request, unless its result is already awaited.
 */
export class Call<Result, Progress = never> implements Promise<Result>, AsyncIterable<Progress> {
  readonly [Symbol.toStringTag] = 'Call'
  readonly #promise: Promise<Result>
  readonly #host: CallHost
  readonly #onProgress: ((progress: Progress) => void) | undefined
  readonly #items = new Buffer<Progress>(CREDIT + SURPLUS, 'fail')
  #resolve!: (result: Result) => void
  #reject!: (reason: unknown) => void
  #isAwaited = false
  #isIterated = false
  /** The first items were skipped: iteration can no longer begin. */
  #isTooLate = false
  #used = 0
  #isOver = false

  /** @internal */
  constructor(host: CallHost, onProgress: ((progress: Progress) => void) | undefined) {
    seeThroughProxies(this, Call)
    this.#host = host
    this.#onProgress = onProgress
    this.#promise = new Promise((resolve, reject) => ([this.#resolve, this.#reject] = [resolve, reject]))
  }

  then<A = Result, B = never>(
    onResult?: ((result: Result) => A | PromiseLike<A>) | null,
    onError?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#await()
    return this.#promise.then(onResult, onError)
  }

  catch<B = never>(onError?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<Result | B> {
    return this.then(undefined, onError)
  }

  finally(onEnd?: (() => void) | null): Promise<Result> {
    this.#await()
    return this.#promise.finally(onEnd)
  }

  /** Cancels the request: it rejects with {@link RequestCancelledError}, and the responder is asked to stop. */
  cancel(): void {
    if (!this.#isOver) this.#host.cancel()
  }

  [Symbol.asyncIterator](): AsyncIterator<Progress, undefined> {
    if (this.#isIterated || this.#onProgress !== undefined)
      throw new InvalidArgumentError('The progress of a request can be read once: by one loop, or by onProgress.')
    if (this.#isTooLate)
      throw new InvalidArgumentError(`The progress of this request can no longer be read: begin before ${CREDIT} items have arrived.`)
    this.#isIterated = true
    // The loop throws it.
    this.#promise.catch(() => {})
    return { next: () => this.#next(), return: () => this.#leave() }
  }

  /** @internal */
  progress(item: Progress): void {
    if (this.#isOver) return
    if (this.#onProgress !== undefined) {
      this.#use(1)
      this.#onProgress(item)
    } else if (this.#isTooLate || this.#isFull || (this.#isAwaited && !this.#isIterated)) this.#skip(1)
    else if (this.#items.push(item) === -1) this.#host.overrun()
  }

  /** @internal */
  succeed(result: Result): void {
    this.#isOver = true
    this.#items.end()
    this.#resolve(result)
  }

  /** @internal */
  fail(reason: unknown): void {
    this.#isOver = true
    this.#items.end({ reason })
    this.#reject(reason)
  }

  async #next(): Promise<IteratorResult<Progress, undefined>> {
    const item = await this.#items.next()
    if (item.done !== true) this.#use(1)
    return item
  }

  /** All the credit is used, and nothing was read. */
  get #isFull(): boolean {
    return !this.#isIterated && this.#items.size >= CREDIT
  }

  #await(): void {
    this.#isAwaited = true
    // No more items arrive then; but a loop may still begin in this task.
    if (this.#isFull) queueMicrotask(() => this.#isFull && this.#skip(0))
  }

  #leave(): Promise<IteratorResult<Progress, undefined>> {
    this.#skip(0)
    if (!this.#isAwaited) this.cancel()
    return Promise.resolve({ value: undefined, done: true })
  }

  /** Skips the buffered items, and `more`. */
  #skip(more: number): void {
    this.#isTooLate = true
    const count = this.#items.size + more
    this.#items.clear()
    this.#use(count)
  }

  #use(count: number): void {
    this.#used += count
    if (this.#isOver || this.#used < GRANT_BATCH) return
    this.#host.grant(this.#used)
    this.#used = 0
  }
}
