// For several pages: they share the subscriptions of the one connection. To each page the host is a broker that sends one
// copy of a message, with the identifiers of the subscriptions of that page that it is for (MQTT 5.0, 3.3.4).
import { SubscribeError } from '../errors.js'
import type { ArrivedMessage, Client, FilterOptions, Module, Properties } from '../module.js'
import type { SubscribeOptions } from '../options.js'
import type { Subscriber } from '../subscriber.js'
import { Subscriptions } from '../subscriptions.js'
import { type Exchange, failureOf, failureOfError } from './exchange.js'
import type { HostPort } from './host-port.js'

/** Filters that a page subscribed together, with the same options. */
interface Lease {
  readonly options: SubscribeOptions
  /** The page's own; 0: none. */
  readonly identifier: number
  readonly filters: Set<string>
  subscriber: Subscriber
}

const REFUSED = 0x80

export class MergedExchange implements Exchange {
  readonly #ports: ReadonlySet<HostPort>
  readonly #subscriptions: Subscriptions
  readonly #leases = new Map<HostPort, Map<string, Lease>>()
  /** The pages of the message that is being delivered, with the identifiers. */
  readonly #targets = new Map<HostPort, number[]>()

  constructor(module: Module, client: Client, ports: ReadonlySet<HostPort>, protocolVersion: 3 | 4 | 5) {
    this.#ports = ports
    this.#subscriptions = new Subscriptions(client, {
      protocolVersion,
      describe: (reasonCode) => module.describeReason(reasonCode),
      // What ends a subscription is said to its pages where it happens.
      onError: () => {},
      onOverflow: () => {},
      log: undefined,
    })
  }

  subscribe(port: HostPort, operation: number, requests: readonly FilterOptions[], properties: Properties | undefined): void {
    const own = this.#leasesOf(port)
    const former = requests.flatMap(({ topicFilter }) => (own.has(topicFilter) ? [topicFilter] : []))
    const identifier = [properties?.subscriptionIdentifier].flat()[0] ?? 0
    const leases = this.#lease(port, requests, identifier, properties)
    // Only now, so that the broker keeps the subscription.
    ignoreFailures(this.#drop(port, former, own))
    for (const lease of leases) for (const filter of lease.filters) own.set(filter, lease)
    void Promise.allSettled(leases.map(({ subscriber }) => subscriber.ready())).then((outcomes) => {
      const codes = new Map<string, number>()
      let error: unknown
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') for (const { filter, qos } of outcome.value) codes.set(filter, qos)
        else {
          error ??= outcome.reason
          if (outcome.reason instanceof SubscribeError)
            for (const { filter, reasonCode } of outcome.reason.results) codes.set(filter, reasonCode)
        }
      }
      const all = Uint8Array.from(requests, ({ topicFilter }) => codes.get(topicFilter) ?? REFUSED)
      if (error === undefined) return port.send(['granted', operation, all, {}])
      for (const lease of leases)
        for (const filter of lease.filters) if (own.get(filter) === lease && !lease.subscriber.active) own.delete(filter)
      if (!(error instanceof SubscribeError) || codes.size === 0) return port.refuse(operation, failureOfError(error))
      port.refuse(operation, failureOf('none', error.message, all.find((code) => code >= REFUSED) ?? REFUSED), all)
    })
  }

  unsubscribe(port: HostPort, operation: number, filters: readonly string[]): void {
    Promise.all(this.#drop(port, filters, this.#leasesOf(port))).then(
      () => port.send(['unsubscribed', operation, new Uint8Array(filters.length)]),
      (thrown: unknown) => {
        const { error, errorMessage } = failureOfError(thrown)
        port.refuse(operation, failureOf(error, errorMessage, error === 'unsubscribe_refused' ? REFUSED : 0))
      },
    )
  }

  deliver(message: ArrivedMessage): void {
    const targets = this.#targets
    // What no subscription of a page takes, such as a message of an earlier session, is for whoever takes all.
    if (this.#subscriptions.deliver(message) === 0) for (const port of this.#ports) port.deliver(message, undefined)
    for (const [port, [first, ...more]] of targets)
      port.deliver(message, first === 0 ? undefined : more.length === 0 ? first : [first as number, ...more])
    targets.clear()
  }

  connected(isFirst: boolean, sessionPresent: boolean): void {
    this.#subscriptions.connected(isFirst, sessionPresent)
  }

  lost(filter: string, reasonCode: number): void {
    for (const [port, own] of this.#leases) {
      if (!own.has(filter)) continue
      ignoreFailures(this.#drop(port, [filter], own))
      port.send(['subscriptionLost', filter, reasonCode])
    }
  }

  leave(port: HostPort): void {
    const own = this.#leases.get(port)
    this.#leases.delete(port)
    for (const { subscriber } of new Set(own?.values())) subscriber.unsubscribe().catch(() => {})
  }

  #leasesOf(port: HostPort): Map<string, Lease> {
    let own = this.#leases.get(port)
    if (own === undefined) this.#leases.set(port, (own = new Map<string, Lease>()))
    return own
  }

  #lease(port: HostPort, requests: readonly FilterOptions[], identifier: number, properties: Properties | undefined): Lease[] {
    const own = this.#leasesOf(port)
    const groups = new Map<string, { options: SubscribeOptions; filters: Set<string> }>()
    for (const { topicFilter, qos = 0, noLocal = false, retainAsPublished = false, retainHandling = 0 } of requests) {
      // Whether the subscription is new is asked of the page's own (MQTT 5.0, 3.8.3.1).
      const stored = retainHandling === 1 ? (own.has(topicFilter) ? 2 : 0) : retainHandling
      const key = [qos, noLocal, retainAsPublished, stored].join()
      const options: SubscribeOptions = { qos, noLocal, retainAsPublished, retainHandling: stored }
      if (properties?.userProperties !== undefined) options.properties = { userProperties: properties.userProperties }
      const group = groups.get(key) ?? { options, filters: new Set() }
      group.filters.add(topicFilter)
      groups.set(key, group)
    }
    return [...groups.values()].map(({ options, filters }) => this.#open(port, options, identifier, filters))
  }

  #open(port: HostPort, options: SubscribeOptions, identifier: number, filters: Set<string>): Lease {
    const subscriber = this.#subscriptions.add([...filters], options, () => {
      const identifiers = this.#targets.get(port)
      if (identifiers === undefined) this.#targets.set(port, [identifier])
      else if (!identifiers.includes(identifier)) identifiers.push(identifier)
    })
    return { options, identifier, filters, subscriber }
  }

  /** Filters that were subscribed together with others leave them behind, subscribed as before. */
  #drop(port: HostPort, filters: readonly string[], own: Map<string, Lease>): Promise<void>[] {
    const touched = new Set<Lease>()
    for (const filter of filters) {
      const lease = own.get(filter)
      if (lease === undefined) continue
      own.delete(filter)
      lease.filters.delete(filter)
      touched.add(lease)
    }
    return [...touched].map(({ options, identifier, filters: left, subscriber }) => {
      if (left.size > 0) {
        const rest = this.#open(port, { ...options, retainHandling: 2 }, identifier, new Set(left))
        for (const filter of left) own.set(filter, rest)
      }
      return subscriber.unsubscribe()
    })
  }
}

/** What a page does not ask about is tried, and no more. */
function ignoreFailures(promises: readonly Promise<void>[]): void {
  for (const promise of promises) promise.catch(() => {})
}
