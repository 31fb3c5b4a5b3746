// Which local subscriptions an arrived message is for.
import { matchTopic, NO_PARAMS, type Params, type Pattern } from './filter.js'
import type { ArrivedMessage } from './module.js'

/** A subscription on the broker. */
export interface Origin {
  /** What messages that come by it carry (MQTT 5.0, 3.3.2.3.8); 0: it has none. */
  readonly identifier: number
  /** The retain flag says nothing about being stored. */
  readonly retainAsPublished: boolean
}

export interface Target<Sink> {
  readonly sink: Sink
  readonly params: Params
}

interface Matching<Sink> extends Target<Sink> {
  /** Subscriptions on the broker by which the message may come: several where filters of one sink overlap. */
  readonly origins: readonly Origin[]
  /** False: a filter of a kind that we do not know; the identifier alone tells what comes by it. */
  readonly byTopic: boolean
  /** What the sink was given of this topic, or does not want. */
  heard: 'nothing' | 'live' | 'stored'
  /** The stored message that its SUBSCRIBE brings has not come. */
  isDue: boolean
}

interface Route<Sink> {
  readonly topic: string
  readonly version: number
  readonly matching: readonly Matching<Sink>[]
  /** Those that go by the topic. */
  readonly byTopic: readonly Matching<Sink>[]
  /** The answers so far for messages that are not stored, by their identifier; 0 is for those without one. */
  readonly live: Map<number, readonly Matching<Sink>[]>
  /** The last of these answers: mostly the next one, too. */
  identifier: number
  targets: readonly Matching<Sink>[]
}

interface Listed<Sink> {
  readonly sink: Sink
  readonly pattern: Pattern
  readonly origin: Origin
  /** Where it stands among all: subscriptions are served in the order in which they were made. */
  readonly order: number
  readonly wantsStored: boolean
}

/**
 * The answer is kept per topic number, so that a message costs one look-up in an array. Numbers are given anew when
 * the engine forgets a topic: the topic is compared as well, which costs nothing while it is the same string.
 */
export class Router<Sink> {
  readonly #exact = new Map<string, Listed<Sink>[]>()
  #others: Listed<Sink>[] = []
  #routes: (Route<Sink> | undefined)[] = []
  #version = 0
  #order = 0
  readonly #isOurs: (identifier: number) => boolean

  /** `isOurs`: whether no subscription of an older session may have this identifier. */
  constructor(isOurs: (identifier: number) => boolean) {
    this.#isOurs = isOurs
  }

  /**
   * `origins`: of each pattern. A sink that matches in several patterns is served once, by the first. `wantsStored`:
   * whether its SUBSCRIBE asks for stored messages.
   */
  add(sink: Sink, patterns: readonly Pattern[], origins: readonly Origin[], wantsStored: boolean): void {
    patterns.forEach((pattern, index) => {
      const listed = { sink, pattern, origin: origins[index] as Origin, order: this.#order++, wantsStored }
      if (pattern.exact === undefined) this.#others.push(listed)
      else {
        const same = this.#exact.get(pattern.exact)
        if (same === undefined) this.#exact.set(pattern.exact, [listed])
        else same.push(listed)
      }
    })
    this.#version++
  }

  remove(sink: Sink, patterns: readonly Pattern[]): void {
    this.#others = this.#others.filter((listed) => listed.sink !== sink)
    for (const { exact } of patterns) {
      if (exact === undefined) continue
      const others = this.#exact.get(exact)?.filter((listed) => listed.sink !== sink) ?? []
      if (others.length === 0) this.#exact.delete(exact)
      else this.#exact.set(exact, others)
    }
    this.#version++
  }

  /** The broker has a new session: every subscription is made anew, and brings the stored messages to everybody. */
  beginAnew(): void {
    this.#routes = []
  }

  targets(message: ArrivedMessage): readonly Target<Sink>[] {
    let route = this.#routes[message.topicId]
    if (route === undefined || route.version !== this.#version || route.topic !== message.topic) route = this.#find(message, route)
    const identifier = message.subscriptionIdentifier ?? 0
    if (message.retained) return this.#targetsOfStored(route, identifier)
    if (identifier === route.identifier) return route.targets
    if (typeof identifier !== 'number') return live(this.#own(route, identifier, false))
    let targets = route.live.get(identifier)
    if (targets === undefined) route.live.set(identifier, (targets = live(this.#own(route, identifier, false))))
    route.identifier = identifier
    route.targets = targets
    return targets
  }

  /**
   * A broker may send a copy for each subscription that matches (MQTT 5.0, 3.3.4): each is for those whose own it is. A
   * sink whose filters overlap takes the copies of the first. What comes by a subscription of an older session, of
   * which we know nothing, is for all that match.
   */
  #own(route: Route<Sink>, identifier: number | number[], isStored: boolean): readonly Matching<Sink>[] {
    if (identifier === 0) return route.byTopic
    const identifiers = [identifier].flat()
    const own = route.matching.filter(({ origins, byTopic }) =>
      (byTopic && !isStored ? origins.slice(0, 1) : origins).some((origin) => identifiers.includes(origin.identifier)),
    )
    return own.length > 0 || identifiers.every((each) => this.#isOurs(each)) ? own : route.byTopic
  }

  /**
   * When one more subscribes to a filter, the broker sends the stored messages again. They are for those that have
   * heard the least of the topic; a copy that nobody needs is left out, one for each that subscribed. Other messages do
   * not have the flag (MQTT 5.0, 3.3.1.3), but with Retain As Published.
   */
  #targetsOfStored(route: Route<Sink>, identifier: number | number[]): readonly Matching<Sink>[] {
    const own = this.#own(route, identifier, true)
    const counted = own.filter(({ origins }) => !origins[0]?.retainAsPublished)
    const due = counted.find(({ isDue }) => isDue)
    if (due !== undefined) due.isDue = false
    const least = (['nothing', 'live'] as const).find((state) => counted.some(({ heard }) => heard === state))
    if (least === undefined && due === undefined) return own
    const left = own.filter((target) => !counted.includes(target) || target.heard === least)
    for (const target of left) target.heard = 'stored'
    return left
  }

  #find({ topicId, topic }: ArrivedMessage, former: Route<Sink> | undefined): Route<Sink> {
    const found: Listed<Sink>[] = [...(this.#exact.get(topic) ?? []), ...this.#others].sort((one, other) => one.order - other.order)
    const known = new Map(former?.topic === topic ? former.matching.map((target) => [target.sink, target]) : [])
    const matching = new Map<Sink, Matching<Sink> & { origins: Origin[] }>()
    for (const { sink, pattern, origin, wantsStored } of found) {
      const params = matchTopic(pattern, topic)
      if (params === undefined && !pattern.isOpaque) continue
      const target = matching.get(sink)
      if (target !== undefined) {
        target.origins.push(origin)
        continue
      }
      const { heard, isDue } = known.get(sink) ?? { heard: wantsStored ? 'nothing' : 'stored', isDue: wantsStored }
      matching.set(sink, { sink, params: params ?? NO_PARAMS, origins: [origin], byTopic: params !== undefined, heard, isDue })
    }
    const all = [...matching.values()]
    const route: Route<Sink> = {
      topic,
      version: this.#version,
      matching: all,
      byTopic: all.filter(({ byTopic }) => byTopic),
      live: new Map(),
      identifier: -1,
      targets: [],
    }
    // Filled up, never set far behind the end: the array stays a plain one.
    while (this.#routes.length <= topicId) this.#routes.push(undefined)
    this.#routes[topicId] = route
    return route
  }
}

function live<Sink>(targets: readonly Matching<Sink>[]): readonly Matching<Sink>[] {
  for (const target of targets) if (target.heard === 'nothing') target.heard = 'live'
  return targets
}
