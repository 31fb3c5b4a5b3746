// Local subscriptions and what the broker knows of them: several on one filter share one there.
import { anything, callable, checkOptions, flag, object, oneOf, type Shape, abortSignal, UINT32, whole } from './check.js'
import { type FilterResult, InvalidArgumentError, MqttError, SubscribeError } from './errors.js'
import { connectionError, type DescribeReason, subscribeError, thrownError } from './failure.js'
import { filtersOverlap, parseFilter, type Pattern } from './filter.js'
import type { ArrivedMessage, Client, Failure, FilterOptions } from './module.js'
import type { SubscribeOptions } from './options.js'
import { Router } from './router.js'
import { type Granted, type Overflow, Sink } from './sink.js'
import type { Message } from './message.js'

/** One filter on the broker. */
interface Entry {
  readonly filter: string
  readonly pattern: Pattern
  /** Tells which subscription a message comes by (MQTT 5.0, 3.8.2.1.2); 0: none. */
  identifier: number
  readonly sinks: Set<Sink>
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** The highest that was asked for. */
  qos: 0 | 1 | 2
  granted: 0 | 1 | 2 | undefined
}

export interface SubscriptionsHost {
  readonly protocolVersion: 3 | 4 | 5
  readonly describe: DescribeReason
  readonly onError: (thrown: unknown) => void
  readonly onOverflow: (overflow: Overflow) => void
}

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
}
/** Applications that use identifiers themselves like small ones. */
const FIRST_IDENTIFIER = 1000

export class Subscriptions {
  readonly #client: Client
  readonly #host: SubscriptionsHost
  readonly #hasIdentifiers: boolean
  readonly #entries = new Map<string, Entry>()
  readonly #sinks = new Set<Sink>()
  readonly #router = new Router<Sink>((identifier) => this.#isOurs(identifier))
  /** A signal may live longer than what it ends: how to stop listening to it. */
  readonly #unlisten = new Map<Sink, () => void>()
  #closed: { readonly reason: unknown } | undefined
  #nextIdentifier = FIRST_IDENTIFIER
  /** The broker had a session of another page: its subscriptions have identifiers, too. */
  #isResumed = false

  constructor(client: Client, host: SubscriptionsHost) {
    this.#client = client
    this.#host = host
    this.#hasIdentifiers = host.protocolVersion === 5
  }

  /** How many local subscriptions took it. */
  deliver(message: ArrivedMessage): number {
    const targets = this.#router.targets(message)
    for (const target of targets) target.sink.deliver(message, target.params)
    return targets.length
  }

  add(filters: string | readonly string[], options: SubscribeOptions, handler?: (message: Message) => unknown): Sink {
    checkOptions(options, SUBSCRIBE_OPTIONS)
    const { signal } = options
    signal?.throwIfAborted()
    const patterns = (Array.isArray(filters) ? (filters as readonly string[]) : [filters as string]).map(parseFilter)
    if (patterns.length === 0) throw new InvalidArgumentError('Give at least one topic filter.')
    const sink = new Sink({
      patterns,
      handler,
      bufferSize: options.bufferSize ?? DEFAULT_BUFFER_SIZE,
      whenFull: options.whenFull ?? 'drop_oldest',
      onError: this.#host.onError,
      onOverflow: (overflow) => {
        options.onOverflow?.(overflow)
        this.#host.onOverflow(overflow)
      },
      leave: (leaving) => this.#leave(leaving),
    })
    const wanted = this.#join(sink, patterns, options)
    this.#sinks.add(sink)
    const origins = patterns.map(({ filter }) => this.#entries.get(filter) as Entry)
    this.#router.add(sink, patterns, origins, wanted.length > 0 && options.retainHandling !== 2)
    try {
      this.#subscribe(sink, wanted, options)
    } catch (thrown) {
      sink.end()
      this.#forget(sink)
      throw thrownError(thrown)
    }
    if (signal !== undefined) this.#endWith(sink, signal)
    return sink
  }

  /** A connection stands. */
  connected(isFirst: boolean, sessionPresent: boolean): void {
    this.#isResumed = sessionPresent && (isFirst || this.#isResumed)
    if (!sessionPresent && !isFirst) this.#router.beginAnew()
  }

  /** The broker refused to renew a subscription after a reconnection. */
  lost(filter: string, reasonCode: number): void {
    const entry = this.#entries.get(filter)
    if (entry === undefined) return
    entry.granted = undefined
    const text = `The broker no longer grants ${filter}: ${this.#host.describe(reasonCode)}.`
    for (const sink of [...entry.sinks]) {
      this.#leave(sink).catch(() => {})
      sink.fail(new SubscribeError('subscribe_refused', text, [{ filter, reasonCode }]))
    }
  }

  /** The connection is over: `error` is why, unless it was ended on purpose. */
  close(error: unknown): void {
    const reason = error ?? new MqttError('closed', 'The connection was closed before the broker answered.')
    this.#closed = { reason }
    for (const sink of [...this.#sinks]) {
      sink.close(reason, error)
      this.#ignoreSignal(sink)
    }
    this.#sinks.clear()
    this.#entries.clear()
  }

  #endWith(sink: Sink, signal: AbortSignal): void {
    const end = () => {
      sink.close(signal.reason, signal.reason)
      this.#leave(sink).catch(this.#host.onError)
    }
    signal.addEventListener('abort', end, { once: true })
    this.#unlisten.set(sink, () => {
      signal.removeEventListener('abort', end)
    })
  }

  #ignoreSignal(sink: Sink): void {
    this.#unlisten.get(sink)?.()
    this.#unlisten.delete(sink)
  }

  /** The filters that the broker must be asked for. */
  #join(sink: Sink, patterns: readonly Pattern[], options: SubscribeOptions): Entry[] {
    const { qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 } = options
    const filters = [...new Set(patterns.map((pattern) => pattern.filter))]
    for (const filter of filters) {
      const entry = this.#entries.get(filter)
      if (entry !== undefined && (entry.noLocal !== noLocal || entry.retainAsPublished !== retainAsPublished))
        throw new InvalidArgumentError(
          `${filter} is subscribed already with another noLocal or retainAsPublished: the broker knows one of each.`,
        )
    }
    const created: Entry[] = []
    const wanted = patterns.flatMap((pattern) => {
      const { filter } = pattern
      let entry = this.#entries.get(filter)
      if (entry?.sinks.has(sink)) return []
      if (entry === undefined) {
        entry = { filter, pattern, identifier: 0, sinks: new Set(), noLocal, retainAsPublished, qos, granted: undefined }
        this.#entries.set(filter, entry)
        created.push(entry)
      }
      entry.sinks.add(sink)
      const suffices = entry.granted !== undefined && entry.qos >= qos && retainHandling !== 0
      if (qos > entry.qos) entry.qos = qos
      return suffices ? [] : [entry]
    })
    const own = options.properties?.subscriptionIdentifier
    if (own !== undefined) for (const entry of wanted) entry.identifier = own
    else if (this.#hasIdentifiers && this.#client.negotiated.subscriptionIdentifierAvailable) this.#identify(created)
    return wanted
  }

  /** An identifier for each, shared by those that are never for one topic: they are asked for in one packet. */
  #identify(entries: readonly Entry[]): void {
    const groups: { identifier: number; plain: Pattern[]; others: Pattern[] }[] = []
    for (const entry of entries) {
      const { pattern } = entry
      const isPlain = pattern.exact !== undefined
      // Two filters without wildcards are different.
      const fits = ({ plain, others }: (typeof groups)[number]) =>
        [...others, ...(isPlain ? [] : plain)].every((each) => !filtersOverlap(each, pattern))
      let group = groups.find(fits)
      if (group === undefined) groups.push((group = { identifier: this.#nextIdentifier++, plain: [], others: [] }))
      group[isPlain ? 'plain' : 'others'].push(pattern)
      entry.identifier = group.identifier
    }
  }

  #isOurs(identifier: number): boolean {
    return !this.#isResumed && identifier >= FIRST_IDENTIFIER && identifier < this.#nextIdentifier
  }

  #subscribe(sink: Sink, entries: readonly Entry[], options: SubscribeOptions): void {
    const packets = [...new Set(entries.map(({ identifier }) => identifier))]
    if (packets.length === 0) {
      sink.grant(this.#grantedTo(sink))
      return
    }
    const codes = new Map<Entry, number>()
    let unanswered = packets.length
    let refusal: Failure | undefined
    const answered = (asked: readonly Entry[], grantedQos: Uint8Array | undefined, failure?: Failure) => {
      grantedQos?.forEach((code, index) => codes.set(asked[index] as Entry, code))
      refusal ??= failure
      if (--unanswered > 0) return
      for (const [entry, code] of codes) if (code < 0x80) entry.granted = code as 0 | 1 | 2
      if (refusal === undefined) sink.grant(this.#grantedTo(sink))
      else this.#refused(sink, refusal, codes)
    }
    packets.forEach((packet, index) => {
      try {
        const asked = entries.filter(({ identifier }) => identifier === packet)
        this.#ask(asked, options, answered)
      } catch (thrown) {
        if (index > 0) this.#leave(sink).catch(() => {})
        throw thrown
      }
    })
  }

  /** Of one identifier: they go in one packet. */
  #ask(
    entries: readonly Entry[],
    options: SubscribeOptions,
    answered: (entries: readonly Entry[], codes: Uint8Array | undefined, failure?: Failure) => void,
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

  #refused(sink: Sink, failure: Failure, codes: ReadonlyMap<Entry, number>): void {
    if (!sink.active) return
    const results = [...codes].map(([{ filter }, reasonCode]): FilterResult => ({ filter, reasonCode }))
    this.#leave(sink).catch(this.#host.onError)
    sink.fail(subscribeError(failure, results, this.#host.describe))
  }

  #grantedTo(sink: Sink): Granted[] {
    return sink.patterns.map(({ filter }) => ({ filter, qos: this.#entries.get(filter)?.granted ?? 0 }))
  }

  /** Filters that no local subscription uses any more, each removed. */
  #forget(sink: Sink): Entry[] {
    this.#router.remove(sink, sink.patterns)
    this.#sinks.delete(sink)
    this.#ignoreSignal(sink)
    const unused: Entry[] = []
    for (const { filter } of sink.patterns) {
      const entry = this.#entries.get(filter)
      if (entry === undefined || !entry.sinks.delete(sink) || entry.sinks.size > 0) continue
      this.#entries.delete(filter)
      unused.push(entry)
    }
    return unused
  }

  #leave(sink: Sink): Promise<void> {
    const unused = this.#forget(sink).map((entry) => entry.filter)
    if (unused.length === 0 || this.#closed !== undefined) return Promise.resolve()
    return new Promise((resolve, reject) => {
      try {
        this.#client.unsubscribe(unused, {
          onSuccess: () => resolve(),
          onFailure: (failure) => {
            // Without a connection there is no subscription either.
            if (failure.reasonCode < 0x80 && failure.error !== 'broker_closed') resolve()
            else {
              const { message } = connectionError(failure, '', this.#host.describe, true)
              reject(new MqttError('unsubscribe_refused', `The broker refused to unsubscribe ${unused.join(', ')}: ${message}`))
            }
          },
        })
      } catch (thrown) {
        reject(thrownError(thrown))
      }
    })
  }
}
