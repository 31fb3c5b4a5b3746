// Local subscriptions and what the broker knows of them: several on one filter share one there.
import { type FilterResult, InvalidArgumentError, MqttError, SubscribeError } from './errors.js'
import { connectionError, type DescribeReason, subscribeError, thrownError } from './failure.js'
import { parseFilter, type Pattern } from './filter.js'
import type { ArrivedMessage, Client, Failure, FilterOptions } from './module.js'
import type { SubscribeOptions } from './options.js'
import { Router } from './router.js'
import { type Granted, type Overflow, Sink } from './sink.js'
import type { Message } from './message.js'

/** One filter on the broker. */
interface Entry {
  readonly filter: string
  readonly sinks: Set<Sink>
  readonly noLocal: boolean
  readonly retainAsPublished: boolean
  /** The highest that was asked for. */
  qos: 0 | 1 | 2
  granted: 0 | 1 | 2 | undefined
}

export interface SubscriptionsHost {
  readonly describe: DescribeReason
  readonly onError: (thrown: unknown) => void
  readonly onOverflow: (overflow: Overflow) => void
}

const DEFAULT_BUFFER_SIZE = 1000

export class Subscriptions {
  readonly #client: Client
  readonly #host: SubscriptionsHost
  readonly #entries = new Map<string, Entry>()
  readonly #sinks = new Set<Sink>()
  readonly #router = new Router<Sink>()
  /** A signal may live longer than what it ends: how to stop listening to it. */
  readonly #unlisten = new Map<Sink, () => void>()
  #closed: { readonly reason: unknown } | undefined

  constructor(client: Client, host: SubscriptionsHost) {
    this.#client = client
    this.#host = host
  }

  /** How many local subscriptions took it. */
  deliver(message: ArrivedMessage): number {
    const targets = this.#router.targets(message)
    for (const target of targets) target.sink.deliver(message, target.params)
    return targets.length
  }

  add(filters: string | readonly string[], options: SubscribeOptions, handler?: (message: Message) => unknown): Sink {
    const { signal } = options
    signal?.throwIfAborted()
    const patterns = (typeof filters === 'string' ? [filters] : filters).map(parseFilter)
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
    this.#router.add(sink, patterns)
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
    return filters.flatMap((filter) => {
      const existing = this.#entries.get(filter)
      const entry = existing ?? { filter, sinks: new Set(), noLocal, retainAsPublished, qos, granted: undefined }
      this.#entries.set(filter, entry)
      entry.sinks.add(sink)
      const suffices = entry.granted !== undefined && entry.qos >= qos && retainHandling !== 0
      if (qos > entry.qos) entry.qos = qos
      return suffices ? [] : [entry]
    })
  }

  #subscribe(sink: Sink, entries: readonly Entry[], options: SubscribeOptions): void {
    if (entries.length === 0) {
      sink.grant(this.#grantedTo(sink))
      return
    }
    const { noLocal = false, retainAsPublished = false, retainHandling = 0, properties } = options
    const requests = entries.map(({ filter, qos }): FilterOptions => ({
      topicFilter: filter,
      qos,
      noLocal,
      retainAsPublished,
      retainHandling,
    }))
    this.#client.subscribe(requests, {
      ...(properties === undefined ? {} : { properties }),
      onSuccess: ({ grantedQos }) => {
        entries.forEach((entry, index) => (entry.granted = grantedQos[index] as 0 | 1 | 2))
        sink.grant(this.#grantedTo(sink))
      },
      onFailure: (failure) => this.#refused(sink, entries, failure, failure.grantedQos),
    })
  }

  #refused(sink: Sink, entries: readonly Entry[], failure: Failure, codes: Uint8Array | undefined): void {
    const results: FilterResult[] = []
    if (codes !== undefined)
      entries.forEach((entry, index) => {
        const reasonCode = codes[index] ?? 0x80
        results.push({ filter: entry.filter, reasonCode })
        if (reasonCode < 0x80) entry.granted = reasonCode as 0 | 1 | 2
      })
    if (!sink.active) return
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
            if (failure.reasonCode < 0x80) resolve()
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
