// Finds the local subscriptions that a message is for.
import { matchTopic, NO_PARAMS, type Params, type Pattern } from './filter.js'
import type { ArrivedMessage } from './module.js'

/** A subscription on the broker. */
export interface Origin {
  /** Its messages carry this Subscription Identifier (MQTT 5.0, 3.3.2.3.8); 0: none. */
  readonly identifier: number
  /** If true, the RETAIN flag does not mean that a message is a stored one (Retain As Published). */
  readonly retainAsPublished: boolean
}

export interface Target<Subscriber> {
  readonly subscriber: Subscriber
  readonly params: Params
}

interface Matching<Subscriber> extends Target<Subscriber> {
  /** The subscriptions on the broker that match: several if filters of one subscriber overlap. */
  readonly origins: readonly Origin[]
  /** False: the filter is of an unknown kind, so that only the identifier says what matches it. */
  readonly byTopic: boolean
  /** What the subscriber has received of this topic; `stored` also if it wants no stored messages. */
  delivered: 'nothing' | 'live' | 'stored'
  /** The stored message that its SUBSCRIBE requested has not arrived. */
  isDue: boolean
}

interface Route<Subscriber> {
  readonly topic: string
  readonly version: number
  readonly matching: readonly Matching<Subscriber>[]
  /** Those with `byTopic`. */
  readonly byTopic: readonly Matching<Subscriber>[]
  /** The targets of messages that are not stored, by identifier; 0: without one. */
  readonly live: Map<number, readonly Matching<Subscriber>[]>
  /** The last of these, which the next message mostly needs as well. */
  identifier: number
  targets: readonly Matching<Subscriber>[]
}

interface Listed<Subscriber> {
  readonly subscriber: Subscriber
  readonly pattern: Pattern
  readonly origin: Origin
  /** Subscriptions are served in the order in which they were made. */
  readonly order: number
  readonly wantsStored: boolean
}

/**
 * Caches the targets per topic number, so that a message costs one look-up in an array. The engine reuses numbers of
 * topics that it has forgotten: the topic is compared as well, which costs nothing while it is the same string.
 */
export class Router<Subscriber> {
  readonly #exact = new Map<string, Listed<Subscriber>[]>()
  #others: Listed<Subscriber>[] = []
  #routes: (Route<Subscriber> | undefined)[] = []
  #version = 0
  #order = 0
  readonly #isAssigned: (identifier: number) => boolean

  /** `isAssigned`: whether this identifier was assigned here, and no subscription of an earlier page can have it. */
  constructor(isAssigned: (identifier: number) => boolean) {
    this.#isAssigned = isAssigned
  }

  /**
   * `origins`: one for each pattern. A subscriber with several matching patterns is served once, by the first.
   * `wantsStored`: whether its SUBSCRIBE requests stored messages.
   */
  add(subscriber: Subscriber, patterns: readonly Pattern[], origins: readonly Origin[], wantsStored: boolean): void {
    patterns.forEach((pattern, index) => {
      const listed = { subscriber, pattern, origin: origins[index] as Origin, order: this.#order++, wantsStored }
      if (pattern.exact === undefined) this.#others.push(listed)
      else {
        const same = this.#exact.get(pattern.exact)
        if (same === undefined) this.#exact.set(pattern.exact, [listed])
        else same.push(listed)
      }
    })
    this.#version++
  }

  remove(subscriber: Subscriber, patterns: readonly Pattern[]): void {
    this.#others = this.#others.filter((listed) => listed.subscriber !== subscriber)
    for (const { exact } of patterns) {
      if (exact === undefined) continue
      const others = this.#exact.get(exact)?.filter((listed) => listed.subscriber !== subscriber) ?? []
      if (others.length === 0) this.#exact.delete(exact)
      else this.#exact.set(exact, others)
    }
    this.#version++
  }

  /** The session is new: all subscriptions are renewed, and bring the stored messages to every subscriber. */
  reset(): void {
    this.#routes = []
  }

  targets(message: ArrivedMessage): readonly Target<Subscriber>[] {
    let route = this.#routes[message.topicId]
    if (route === undefined || route.version !== this.#version || route.topic !== message.topic) route = this.#find(message, route)
    const identifier = message.subscriptionIdentifier ?? 0
    if (message.retained) return this.#targetsOfStored(route, identifier)
    if (identifier === route.identifier) return route.targets
    if (typeof identifier !== 'number') return live(this.#byIdentifier(route, identifier, false))
    let targets = route.live.get(identifier)
    if (targets === undefined) route.live.set(identifier, (targets = live(this.#byIdentifier(route, identifier, false))))
    route.identifier = identifier
    route.targets = targets
    return targets
  }

  /**
   * A broker may send a copy for each matching subscription (MQTT 5.0, 3.3.4): a copy is for the subscribers of that
   * subscription. A subscriber whose filters overlap takes the copies of the first. A copy that an unknown subscription
   * of an earlier page causes is for all that match.
   */
  #byIdentifier(route: Route<Subscriber>, identifier: number | number[], isStored: boolean): readonly Matching<Subscriber>[] {
    if (identifier === 0) return route.byTopic
    const identifiers = [identifier].flat()
    const own = route.matching.filter(({ origins, byTopic }) =>
      (byTopic && !isStored ? origins.slice(0, 1) : origins).some((origin) => identifiers.includes(origin.identifier)),
    )
    return own.length > 0 || identifiers.every((each) => this.#isAssigned(each)) ? own : route.byTopic
  }

  /**
   * A further SUBSCRIBE to a filter makes the broker send the stored messages again. They are for the subscribers that
   * have received the least of the topic; a copy that none needs is dropped, one for each SUBSCRIBE. Only with Retain As
   * Published do other messages have the flag (MQTT 5.0, 3.3.1.3).
   */
  #targetsOfStored(route: Route<Subscriber>, identifier: number | number[]): readonly Matching<Subscriber>[] {
    const own = this.#byIdentifier(route, identifier, true)
    const counted = own.filter(({ origins }) => !origins[0]?.retainAsPublished)
    const due = counted.find(({ isDue }) => isDue)
    if (due !== undefined) due.isDue = false
    const least = (['nothing', 'live'] as const).find((state) => counted.some(({ delivered }) => delivered === state))
    if (least === undefined && due === undefined) return own
    const left = own.filter((target) => !counted.includes(target) || target.delivered === least)
    for (const target of left) target.delivered = 'stored'
    return left
  }

  #find({ topicId, topic }: ArrivedMessage, former: Route<Subscriber> | undefined): Route<Subscriber> {
    const found: Listed<Subscriber>[] = [...(this.#exact.get(topic) ?? []), ...this.#others].sort((one, other) => one.order - other.order)
    const known = new Map(former?.topic === topic ? former.matching.map((target) => [target.subscriber, target]) : [])
    const matching = new Map<Subscriber, Matching<Subscriber> & { origins: Origin[] }>()
    for (const { subscriber, pattern, origin, wantsStored } of found) {
      const params = matchTopic(pattern, topic)
      if (params === undefined && !pattern.isOpaque) continue
      const target = matching.get(subscriber)
      if (target !== undefined) {
        target.origins.push(origin)
        continue
      }
      const { delivered, isDue } = known.get(subscriber) ?? { delivered: wantsStored ? 'nothing' : 'stored', isDue: wantsStored }
      matching.set(subscriber, {
        subscriber,
        params: params ?? NO_PARAMS,
        origins: [origin],
        byTopic: params !== undefined,
        delivered,
        isDue,
      })
    }
    const all = [...matching.values()]
    const route: Route<Subscriber> = {
      topic,
      version: this.#version,
      matching: all,
      byTopic: all.filter(({ byTopic }) => byTopic),
      live: new Map(),
      identifier: -1,
      targets: [],
    }
    // Without holes, so that the engine keeps it a plain array.
    while (this.#routes.length <= topicId) this.#routes.push(undefined)
    this.#routes[topicId] = route
    return route
  }
}

function live<Subscriber>(targets: readonly Matching<Subscriber>[]): readonly Matching<Subscriber>[] {
  for (const target of targets) if (target.delivered === 'nothing') target.delivered = 'live'
  return targets
}
