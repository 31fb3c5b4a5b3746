// One local subscription as this library sees it: where its messages go, and how it ended.
import { Batches, type BatchOptions } from './batches.js'
import { Buffer, type WhenFull } from './buffer.js'
import { callHandler } from './emitter.js'
import { type MqttError, QueueFullError } from './errors.js'
import type { Params, Pattern } from './filter.js'
import { Message } from './message.js'
import type { Log } from './log.js'
import type { ArrivedMessage } from './module.js'

/** What the broker granted for one filter. */
export interface Granted {
  readonly filter: string
  readonly qos: 0 | 1 | 2
}

/** A subscription's buffer was full. */
export interface Overflow {
  readonly filters: readonly string[]
  /** How many messages this subscription has dropped so far. */
  readonly dropped: number
}

export interface SubscriberOptions {
  readonly patterns: readonly Pattern[]
  readonly handler: ((given: never) => unknown) | undefined
  readonly bufferSize: number
  readonly whenFull: WhenFull
  /** Messages are handed over in batches, one for each frame. */
  readonly batches: Pick<BatchOptions, 'conflate' | 'whenHidden'> | undefined
  /** What the handler threw, or a failure that no promise reports. */
  readonly onError: (thrown: unknown) => void
  readonly onOverflow: (overflow: Overflow) => void
  readonly leave: (subscriber: Subscriber) => Promise<void>
  readonly log: Log
}

type Outcome = { readonly granted: readonly Granted[] } | { readonly reason: unknown }

export class Subscriber {
  readonly patterns: readonly Pattern[]
  readonly #options: SubscriberOptions
  /** Called for each message. */
  readonly #handler: ((message: Message) => unknown) | undefined
  readonly #buffer: Buffer<Message> | Batches | undefined
  #outcome: Outcome | undefined
  #ready:
    { promise: Promise<readonly Granted[]>; resolve: (granted: readonly Granted[]) => void; reject: (reason: unknown) => void } | undefined
  #leaving: Promise<void> | undefined
  #isIterated = false
  active = true
  /** Removes the listener from the signal of the subscription, which may outlive it. */
  ignoreSignal: (() => void) | undefined
  dropped = 0

  constructor(options: SubscriberOptions) {
    this.#options = options
    this.patterns = options.patterns
    const { handler, batches, bufferSize: capacity, whenFull, onError } = options
    if (batches !== undefined)
      this.#buffer = new Batches(
        { ...batches, capacity, whenFull },
        handler && ((batch) => callHandler(handler as (batch: Message[]) => unknown, batch, onError)),
      )
    else if (handler === undefined) this.#buffer = new Buffer(capacity, whenFull)
    else this.#handler = handler as (message: Message) => unknown
  }

  get hasHandler(): boolean {
    return this.#options.handler !== undefined
  }

  get buffered(): number {
    return this.#buffer?.size ?? 0
  }

  deliver(arrived: ArrivedMessage, params: Params): void {
    if (!this.active) return
    const message = new Message(arrived, params)
    if (this.#handler === undefined) {
      if (this.#buffer?.push(message) !== 0) this.#overflow()
      return
    }
    callHandler(this.#handler, message, this.#options.onError)
  }

  next(): Promise<IteratorResult<Message | Message[], undefined>> {
    this.#isIterated = true
    return this.#buffer?.next() ?? Promise.resolve({ value: undefined, done: true })
  }

  ready(): Promise<readonly Granted[]> {
    if (this.#ready === undefined) {
      let resolve!: (granted: readonly Granted[]) => void
      let reject!: (reason: unknown) => void
      const promise = new Promise<readonly Granted[]>((onGranted, onRefused) => ([resolve, reject] = [onGranted, onRefused]))
      this.#ready = { promise, resolve, reject }
      if (this.#outcome !== undefined) this.#settle(this.#outcome)
    }
    return this.#ready.promise
  }

  grant(granted: readonly Granted[]): void {
    this.#settle({ granted })
  }

  /** Ends by an error, which goes to whoever awaits `ready` or iterates, else to `onError`. */
  fail(reason: MqttError): void {
    if (!this.active) return
    this.active = false
    const isObserved = this.#isIterated || (this.#ready !== undefined && this.#outcome === undefined)
    this.#settle({ reason })
    this.#buffer?.end({ reason })
    if (isObserved) this.#options.log?.('warn', reason.message, { error: reason })
    else this.#options.onError(reason)
  }

  /** Ends without an error, or by the connection's, which an iteration throws. */
  end(reason?: unknown): void {
    if (!this.active) return
    this.active = false
    this.#buffer?.end(reason === undefined ? undefined : { reason })
  }

  /** Like end(); `ready` rejects if it is still pending. */
  close(reason: unknown, iterationReason?: unknown): void {
    this.end(iterationReason)
    this.#settle({ reason })
  }

  discard(): void {
    this.#buffer?.clear()
    this.unsubscribe().catch(() => {})
  }

  unsubscribe(): Promise<void> {
    if (this.#leaving === undefined) {
      const wasActive = this.active
      // An iteration goes on to what is buffered; a handler is not called again.
      if (this.hasHandler) this.#buffer?.clear()
      this.end()
      this.#leaving = wasActive ? this.#options.leave(this) : Promise.resolve()
    }
    return this.#leaving
  }

  #settle(outcome: Outcome): void {
    this.#outcome ??= outcome
    if (this.#ready === undefined) return
    if ('granted' in this.#outcome) this.#ready.resolve(this.#outcome.granted)
    else this.#ready.reject(this.#outcome.reason)
  }

  #overflow(): void {
    this.dropped++
    const filters = this.patterns.map((pattern) => pattern.filter)
    if (this.#options.whenFull === 'fail') {
      void this.#options.leave(this).catch(() => {})
      this.fail(new QueueFullError(`The buffer of the subscription to ${filters.join(', ')} is full: read faster, or raise bufferSize.`))
    } else this.#options.onOverflow({ filters, dropped: this.dropped })
  }
}
