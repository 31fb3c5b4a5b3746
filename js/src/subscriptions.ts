// Local subscriptions, and the subscriptions on the broker that they share: one for each filter.
import type { BatchOptions } from './batches.js'
import { anything, callable, checkOptions, flag, object, oneOf, type Shape, abortSignal, UINT32, whole } from './check.js'
import { type FilterResult, InvalidArgumentError, MqttError, SubscribeError } from './errors.js'
import { type DescribeReason, subscribeError, thrownError, unsubscribeRefused } from './failure.js'
import { disjointGroups, parseFilter, type Pattern } from './filter.js'
import type { Log } from './log.js'
import type { ArrivedMessage, Client, Failure, FilterOptions } from './module.js'
import type { FrameSubscribeOptions, SubscribeOptions } from './options.js'
import { Router } from './router.js'
import { onAbort } from './signals.js'
import { type Granted, type Overflow, Subscriber } from './subscriber.js'

/** A subscription on the broker. */
interface BrokerSubscription {
  readonly filter: string
  readonly pattern: Pattern
  /** The Subscription Identifier (MQTT 5.0, 3.8.2.1.2); 0: none. */
  identifier: number
  readonly subscribers: Set<Subscriber>
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** The highest that was requested. */
  qos: 0 | 1 | 2
  granted: 0 | 1 | 2 | undefined
}

export interface SubscriptionsHost {
  readonly protocolVersion: 3 | 4 | 5
  readonly describe: DescribeReason
  readonly onError: (thrown: unknown) => void
  readonly onOverflow: (overflow: Overflow) => void
  readonly log: Log
}

/** What a SUBSCRIBE is made of. */
type RequestOptions = Pick<SubscribeOptions, 'qos' | 'noLocal' | 'retainAsPublished' | 'retainHandling' | 'properties'>

const DEFAULT_BUFFER_SIZE = 1000
const SUBSCRIBE_OPTIONS: Shape = {
  qos: oneOf(0, 1, 2),
  noLocal: flag,
  retainAsPublished: flag,
  retainHandling: oneOf(0, 1, 2),
  properties: object({ subscriptionIdentifier: whole(1, 268_435_455), userProperties: anything }),
  bufferSize: whole(1, UINT32),
  whenFull: oneOf('drop_oldest', 'drop_newest', 'fail'),
  onOverflow: callable,
  signal: abortSignal,
  deliver: oneOf('message', 'frame'),
  conflate: flag,
  whenHidden: oneOf('deliver', 'pause', 'latest'),
}
/** Applications that use identifiers themselves choose small ones. */
const FIRST_IDENTIFIER = 1000

export class Subscriptions {
  readonly #client: Client
  readonly #host: SubscriptionsHost
  readonly #hasIdentifiers: boolean
  readonly #entries = new Map<string, BrokerSubscription>()
  readonly #subscribers = new Set<Subscriber>()
  readonly #router = new Router<Subscriber>((identifier) => this.#isAssigned(identifier))
  #isClosed = false
  #nextIdentifier = FIRST_IDENTIFIER
  /** The broker resumed a session of an earlier page, whose subscriptions have identifiers of their own. */
  #isResumed = false

  constructor(client: Client, host: SubscriptionsHost) {
    this.#client = client
    this.#host = host
    this.#hasIdentifiers = host.protocolVersion === 5
  }

  /** Returns how many local subscriptions took the message. */
  deliver(message: ArrivedMessage): number {
    const targets = this.#router.targets(message)
    for (const target of targets) target.subscriber.deliver(message, target.params)
    return targets.length
  }

  add(
    filters: string | readonly string[],
    options: SubscribeOptions | FrameSubscribeOptions,
    handler?: (given: never) => unknown,
  ): Subscriber {
    checkOptions(options, SUBSCRIBE_OPTIONS)
    const batches = batchOptions(options)
    const { signal } = options
    signal?.throwIfAborted()
    const patterns = (Array.isArray(filters) ? (filters as readonly string[]) : [filters as string]).map(parseFilter)
    if (patterns.length === 0) throw new InvalidArgumentError('The list of topic filters is empty: pass at least one.')
    const subscriber = new Subscriber({
      patterns,
      handler,
      bufferSize: options.bufferSize ?? DEFAULT_BUFFER_SIZE,
      whenFull: options.whenFull ?? 'drop_oldest',
      batches,
      onError: this.#host.onError,
      onOverflow: (overflow) => {
        options.onOverflow?.(overflow)
        // Once: a slow reader would flood the log.
        if (overflow.dropped === 1)
          this.#host.log?.('warn', 'A subscription drops messages: read faster, or raise bufferSize.', { ...overflow })
        this.#host.onOverflow(overflow)
      },
      log: this.#host.log,
      leave: (leaving) => this.#leave(leaving),
    })
    const wanted = this.#join(subscriber, patterns, options)
    this.#subscribers.add(subscriber)
    const origins = patterns.map(({ filter }) => this.#entries.get(filter) as BrokerSubscription)
    this.#router.add(subscriber, patterns, origins, wanted.length > 0 && options.retainHandling !== 2)
    try {
      this.#subscribe(subscriber, wanted, options)
    } catch (thrown) {
      subscriber.end()
      this.#forget(subscriber)
      throw thrownError(thrown)
    }
    subscriber.ignoreSignal = onAbort(signal, (reason) => {
      subscriber.close(reason, reason)
      this.#leave(subscriber).catch(this.#host.onError)
    })
    return subscriber
  }

  /** A connection was accepted. */
  connected(isFirst: boolean, sessionPresent: boolean): void {
    this.#isResumed = sessionPresent && (isFirst || this.#isResumed)
    if (!sessionPresent && !isFirst) this.#router.reset()
  }

  /** The broker refused to renew a subscription after a reconnection. */
  lost(filter: string, reasonCode: number): void {
    const entry = this.#entries.get(filter)
    if (entry === undefined) return
    entry.granted = undefined
    const text = `The broker did not renew the subscription to ${filter}: ${this.#host.describe(reasonCode)}. Check the access rules.`
    for (const subscriber of [...entry.subscribers]) {
      this.#leave(subscriber).catch(() => {})
      subscriber.fail(new SubscribeError('subscribe_refused', text, [{ filter, reasonCode }]))
    }
  }

  /** The connection has ended: by `error`, unless it was on purpose. */
  close(error: unknown): void {
    const reason = error ?? new MqttError('closed', 'The connection was closed before the broker answered the SUBSCRIBE.')
    this.#isClosed = true
    for (const subscriber of [...this.#subscribers]) {
      subscriber.close(reason, error)
      subscriber.ignoreSignal?.()
    }
    this.#subscribers.clear()
    this.#entries.clear()
  }

  /** Returns the subscriptions that need a SUBSCRIBE. */
  #join(subscriber: Subscriber, patterns: readonly Pattern[], options: RequestOptions): BrokerSubscription[] {
    const { qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 } = options
    for (const { filter } of patterns) {
      const entry = this.#entries.get(filter)
      if (entry !== undefined && (entry.noLocal !== noLocal || entry.retainAsPublished !== retainAsPublished))
        throw new InvalidArgumentError(
          `${filter} is subscribed with another noLocal or retainAsPublished: the broker keeps one of each per filter, so use the same.`,
        )
    }
    const created: BrokerSubscription[] = []
    const wanted = patterns.flatMap((pattern) => {
      const { filter } = pattern
      let entry = this.#entries.get(filter)
      if (entry?.subscribers.has(subscriber)) return []
      if (entry === undefined) {
        entry = { filter, pattern, identifier: 0, subscribers: new Set(), noLocal, retainAsPublished, qos, granted: undefined }
        this.#entries.set(filter, entry)
        created.push(entry)
      }
      entry.subscribers.add(subscriber)
      const suffices = entry.granted !== undefined && entry.qos >= qos && retainHandling !== 0
      if (qos > entry.qos) entry.qos = qos
      return suffices ? [] : [entry]
    })
    const own = options.properties?.subscriptionIdentifier
    if (own !== undefined) for (const entry of wanted) entry.identifier = own
    else if (this.#hasIdentifiers && this.#client.negotiated.subscriptionIdentifierAvailable) this.#identify(created)
    return wanted
  }

  /** Filters that no topic can match together share an identifier, so that one packet requests them. */
  #identify(entries: readonly BrokerSubscription[]): void {
    const first = this.#nextIdentifier
    for (const [index, group] of disjointGroups(entries.map(({ pattern }) => pattern)).entries()) {
      const identifier = first + group
      ;(entries[index] as BrokerSubscription).identifier = identifier
      this.#nextIdentifier = Math.max(this.#nextIdentifier, identifier + 1)
    }
  }

  #isAssigned(identifier: number): boolean {
    return !this.#isResumed && identifier >= FIRST_IDENTIFIER && identifier < this.#nextIdentifier
  }

  #subscribe(subscriber: Subscriber, entries: readonly BrokerSubscription[], options: RequestOptions): void {
    const packets = [...new Set(entries.map(({ identifier }) => identifier))]
    if (packets.length === 0) {
      subscriber.grant(this.#grantedTo(subscriber))
      return
    }
    const codes = new Map<BrokerSubscription, number>()
    let unanswered = packets.length
    let refusal: Failure | undefined
    const answered = (asked: readonly BrokerSubscription[], grantedQos: Uint8Array | undefined, failure?: Failure) => {
      grantedQos?.forEach((code, index) => codes.set(asked[index] as BrokerSubscription, code))
      refusal ??= failure
      if (--unanswered > 0) return
      for (const [entry, code] of codes) if (code < 0x80) entry.granted = code as 0 | 1 | 2
      if (refusal === undefined) subscriber.grant(this.#grantedTo(subscriber))
      else this.#refused(subscriber, refusal, codes)
    }
    packets.forEach((packet, index) => {
      try {
        const asked = entries.filter(({ identifier }) => identifier === packet)
        this.#ask(asked, options, answered)
      } catch (thrown) {
        if (index > 0) this.#leave(subscriber).catch(() => {})
        throw thrown
      }
    })
  }

  /** `entries` have one identifier, and so go in one packet. */
  #ask(
    entries: readonly BrokerSubscription[],
    options: RequestOptions,
    answered: (entries: readonly BrokerSubscription[], codes: Uint8Array | undefined, failure?: Failure) => void,
  ): void {
    const { noLocal = false, retainAsPublished = false, retainHandling = 0, properties } = options
    const requests = entries.map(({ filter, qos }): FilterOptions => ({
      topicFilter: filter,
      qos,
      noLocal,
      retainAsPublished,
      retainHandling,
    }))
    const identifier = entries[0]?.identifier ?? 0
    const isAsGiven = identifier === 0 || identifier === properties?.subscriptionIdentifier
    const all = isAsGiven ? properties : { ...properties, subscriptionIdentifier: identifier }
    this.#client.subscribe(requests, {
      ...(all === undefined ? {} : { properties: all }),
      onSuccess: ({ grantedQos }) => answered(entries, grantedQos),
      onFailure: (failure) => answered(entries, failure.grantedQos, failure),
    })
  }

  #refused(subscriber: Subscriber, failure: Failure, codes: ReadonlyMap<BrokerSubscription, number>): void {
    if (!subscriber.active) return
    const results = [...codes].map(([{ filter }, reasonCode]): FilterResult => ({ filter, reasonCode }))
    this.#leave(subscriber).catch(this.#host.onError)
    subscriber.fail(subscribeError(failure, results, this.#host.describe))
  }

  #grantedTo(subscriber: Subscriber): Granted[] {
    return subscriber.patterns.map(({ filter }) => ({ filter, qos: this.#entries.get(filter)?.granted ?? 0 }))
  }

  /** Removes a local subscription; returns the entries that no other uses. */
  #forget(subscriber: Subscriber): BrokerSubscription[] {
    this.#router.remove(subscriber, subscriber.patterns)
    this.#subscribers.delete(subscriber)
    subscriber.ignoreSignal?.()
    const unused: BrokerSubscription[] = []
    for (const { filter } of subscriber.patterns) {
      const entry = this.#entries.get(filter)
      if (entry === undefined || !entry.subscribers.delete(subscriber) || entry.subscribers.size > 0) continue
      this.#entries.delete(filter)
      unused.push(entry)
    }
    return unused
  }

  #leave(subscriber: Subscriber): Promise<void> {
    const unused = this.#forget(subscriber).map(({ filter }) => filter)
    if (unused.length === 0 || this.#isClosed) return Promise.resolve()
    return new Promise((resolve, reject) => {
      try {
        this.#client.unsubscribe(unused, {
          onSuccess: () => resolve(),
          onFailure: (failure) => {
            // A subscription ends with the session.
            if (failure.reasonCode < 0x80 && failure.error !== 'broker_closed') resolve()
            else reject(unsubscribeRefused(failure, unused, this.#host.describe))
          },
        })
      } catch (thrown) {
        reject(thrownError(thrown))
      }
    })
  }
}

function batchOptions(options: SubscribeOptions | FrameSubscribeOptions): Pick<BatchOptions, 'conflate' | 'whenHidden'> | undefined {
  const { deliver, conflate, whenHidden } = options as Partial<FrameSubscribeOptions>
  if (deliver === 'frame') return { conflate: conflate ?? false, whenHidden: whenHidden ?? 'deliver' }
  if (conflate !== undefined || whenHidden !== undefined)
    throw new InvalidArgumentError("conflate and whenHidden are for batches: add deliver: 'frame'.")
  return undefined
}
