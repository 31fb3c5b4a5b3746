/// <reference lib="esnext.disposable" preserve="true" />
import { InvalidArgumentError } from './errors.js'
import type { Params } from './filter.js'
import type { Message } from './message.js'
import { seeThroughProxies } from './proxies.js'
import { untilAborted, type WaitOptions } from './signals.js'
import type { Granted, Subscriber } from './subscriber.js'

/**
 * A subscription: iterate over it, or pass a handler to `subscribe()`.
 *
 * ```ts
 * for await (const message of mq.subscribe('lab/+room/temperature')) show(message.params.room, message.text())
 * ```
 *
 * Leaving the loop unsubscribes. Two loops over one subscription share its messages: each message goes to one of them.
 */
export class Subscription<P = Params, Item = Message<P>> implements AsyncIterable<Item>, AsyncIterator<Item, undefined> {
  readonly #subscriber: Subscriber

  /** @internal */
  static of<P, Item = Message<P>>(subscriber: Subscriber): Subscription<P, Item> {
    return new Subscription<P, Item>(subscriber)
  }

  private constructor(subscriber: Subscriber) {
    seeThroughProxies(this, Subscription)
    this.#subscriber = subscriber
  }

  /** The topic filters as the broker knows them, without the names of wildcards. */
  get filters(): readonly string[] {
    return this.#subscriber.patterns.map((pattern) => pattern.filter)
  }

  /**
   * The QoS that the broker granted, per filter. Rejects with {@link SubscribeError} (`subscribe_refused` and others) if
   * it refused one of them, which ends the subscription, or with {@link MqttError} (`closed`). Without a connection it
   * waits for one. It need not be read: a refusal then goes to whoever iterates, else to the connection's `error` event.
   */
  get ready(): Promise<readonly Granted[]> {
    return this.#subscriber.ready()
  }

  /** True until it is unsubscribed or refused, or the connection is closed for good. */
  get active(): boolean {
    return this.#subscriber.active
  }

  /** The number of messages that wait to be read. */
  get buffered(): number {
    return this.#subscriber.buffered
  }

  /** The number of messages that were dropped because the buffer was full. */
  get dropped(): number {
    return this.#subscriber.dropped
  }

  /**
   * Ends the subscription: no message is delivered after the call, and an iteration ends after the buffered messages. An
   * UNSUBSCRIBE is sent if no other local subscription uses the filter; the promise waits for its answer, and so for a
   * connection. It rejects with {@link MqttError} (`unsubscribe_refused`) if the broker refuses, or with the signal's
   * reason: a signal that is already aborted leaves the subscription as it is; later it only ends the waiting. A second
   * call waits for the same answer.
   */
  unsubscribe({ signal }: WaitOptions = {}): Promise<void> {
    return signal?.aborted === true ? Promise.reject(signal.reason) : untilAborted(this.#subscriber.unsubscribe(), signal)
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#subscriber.hasHandler)
      return Promise.reject(new InvalidArgumentError('This subscription has a handler: subscribe without one to iterate.'))
    return this.#subscriber.next() as Promise<IteratorResult<Item, undefined>>
  }

  /** Called when a `for await` loop is left. Does not wait for the broker. */
  return(): Promise<IteratorResult<Item, undefined>> {
    this.#subscriber.discard()
    return Promise.resolve({ value: undefined, done: true })
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#subscriber.discard()
    await this.#subscriber.unsubscribe()
  }
}
