/// <reference lib="esnext.disposable" preserve="true" />
import { InvalidArgumentError } from './errors.js'
import type { Params } from './filter.js'
import type { Message } from './message.js'
import { seeThroughProxies } from './proxies.js'
import { untilAborted, type WaitOptions } from './signals.js'
import type { Granted, Sink } from './sink.js'

/**
 * A subscription of this page: iterate over it, or give `subscribe()` a handler.
 *
 * ```ts
 * for await (const message of mq.subscribe('lab/+room/temperature')) show(message.params.room, message.text())
 * ```
 *
 * Leaving the loop unsubscribes. One reader at a time is meant: two loops over one subscription share its messages out.
 */
export class Subscription<P = Params> implements AsyncIterable<Message<P>>, AsyncIterator<Message<P>, undefined> {
  readonly #sink: Sink

  /** @internal */
  static of<P>(sink: Sink): Subscription<P> {
    return new Subscription<P>(sink)
  }

  private constructor(sink: Sink) {
    seeThroughProxies(this, Subscription)
    this.#sink = sink
  }

  /** The topic filters as the broker knows them: named wildcards without their names. */
  get filters(): readonly string[] {
    return this.#sink.patterns.map((pattern) => pattern.filter)
  }

  /**
   * The QoS that the broker granted, per filter. Rejects with {@link SubscribeError} where it refused one of them; the
   * subscription is over then. While there is no connection it waits. Not reading it is fine: a refusal goes to
   * whoever iterates, else to the connection's `error` event.
   */
  get ready(): Promise<readonly Granted[]> {
    return this.#sink.ready()
  }

  /** True until it was unsubscribed, refused, or the connection closed for good. */
  get active(): boolean {
    return this.#sink.active
  }

  /** Messages that wait to be read. */
  get buffered(): number {
    return this.#sink.buffered
  }

  /** Messages that were lost because the buffer was full. */
  get dropped(): number {
    return this.#sink.dropped
  }

  /**
   * Ends it: no message arrives after the call, and an iteration ends after what is buffered. The broker is told once
   * no other local subscription uses the filter; the promise waits for its answer, and so for a connection. It rejects
   * with {@link MqttError} (`unsubscribe_refused`) where the broker said no, or with the signal's reason: a signal that
   * was aborted before leaves the subscription as it is, later it ends the waiting alone. A second call waits for the
   * same answer.
   */
  unsubscribe({ signal }: WaitOptions = {}): Promise<void> {
    return signal?.aborted === true ? Promise.reject(signal.reason) : untilAborted(this.#sink.unsubscribe(), signal)
  }

  next(): Promise<IteratorResult<Message<P>, undefined>> {
    if (this.#sink.hasHandler) return Promise.reject(new InvalidArgumentError('This subscription has a handler: leave it out to iterate.'))
    return this.#sink.next() as Promise<IteratorResult<Message<P>, undefined>>
  }

  /** What leaving a `for await` loop calls. It does not wait for the broker. */
  return(): Promise<IteratorResult<Message<P>, undefined>> {
    this.#sink.discard()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#sink.discard()
    await this.#sink.unsubscribe()
  }
}
