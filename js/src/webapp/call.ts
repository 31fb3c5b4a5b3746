import { InvalidArgumentError } from '../errors.js'
import { Buffer } from '../buffer.js'
import { seeThroughProxies } from '../proxies.js'

/** What a call may ask for while it runs. */
export interface CallHost {
  /** This many items of progress were used up: the responder may send as many more. */
  readonly grant: (count: number) => void
  readonly cancel: () => void
  /** More has come than can be kept: the responder does not mind what it was allowed. */
  readonly overrun: () => void
}

/** How many items the convention lets a responder send before it hears of the first one being read. */
const CREDIT = 64
/** What may come beyond, where a grant reached the responder twice: the module lets no more through. */
const SURPLUS = 256
/** Granted together, so that not each item costs a message. */
const GRANTED_AT_ONCE = 16

/**
 * A request that is running: a promise of its result, and an iteration over its progress.
 *
 * ```ts
 * const call = app.request('demo', 'slow', { steps: 10 })
 * for await (const step of call) show(step)
 * const result = await call
 * ```
 *
 * A loop that is slow slows the responder down. Leaving it early cancels the request, unless its result is awaited
 * already.
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
  /** Nobody read the first items: there is no telling them any more. */
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

  /** Gives the request up: it rejects with {@link RequestCancelledError}, and the responder is told to stop. */
  cancel(): void {
    if (!this.#isOver) this.#host.cancel()
  }

  [Symbol.asyncIterator](): AsyncIterator<Progress, undefined> {
    if (this.#isIterated || this.#onProgress !== undefined)
      throw new InvalidArgumentError('The progress of a request is read once: by one loop, or by onProgress.')
    if (this.#isTooLate)
      throw new InvalidArgumentError('Begin to read the progress of a request before more than 64 items of it have come.')
    this.#isIterated = true
    // The loop throws what went wrong.
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

  /** All that the responder may send has come, and nobody has read any of it. */
  get #isFull(): boolean {
    return !this.#isIterated && this.#items.size >= CREDIT
  }

  #await(): void {
    this.#isAwaited = true
    // Nothing more comes then, and a loop may begin in this task.
    if (this.#isFull) queueMicrotask(() => this.#isFull && this.#skip(0))
  }

  #leave(): Promise<IteratorResult<Progress, undefined>> {
    this.#skip(0)
    if (!this.#isAwaited) this.cancel()
    return Promise.resolve({ value: undefined, done: true })
  }

  /** Passes over what waits to be read, and `more`. */
  #skip(more: number): void {
    this.#isTooLate = true
    const count = this.#items.size + more
    this.#items.clear()
    this.#use(count)
  }

  #use(count: number): void {
    this.#used += count
    if (this.#isOver || this.#used < GRANTED_AT_ONCE) return
    this.#host.grant(this.#used)
    this.#used = 0
  }
}
