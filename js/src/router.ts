// Which local subscriptions an arrived message is for.
import { matchTopic, type Params, type Pattern } from './filter.js'
import type { ArrivedMessage } from './module.js'

export interface Target<Sink> {
  readonly sink: Sink
  readonly params: Params
}

interface Route<Sink> {
  readonly topic: string
  readonly version: number
  readonly targets: readonly Target<Sink>[]
}

interface Listed<Sink> {
  readonly sink: Sink
  readonly pattern: Pattern
  /** Where it stands among all: subscriptions are served in the order in which they were made. */
  readonly order: number
}

/**
 * The answer is kept per topic number, so that a message costs one look-up in an array. Numbers are given anew when
 * the engine forgets a topic: the topic is compared as well, which costs nothing while it is the same string.
 */
export class Router<Sink> {
  readonly #exact = new Map<string, Listed<Sink>[]>()
  #wildcards: Listed<Sink>[] = []
  #routes: (Route<Sink> | undefined)[] = []
  #version = 0
  #order = 0

  /** A sink that matches in several patterns is served once, by the first. */
  add(sink: Sink, patterns: readonly Pattern[]): void {
    for (const pattern of patterns) {
      const listed = { sink, pattern, order: this.#order++ }
      if (pattern.exact === undefined) this.#wildcards.push(listed)
      else {
        const same = this.#exact.get(pattern.exact)
        if (same === undefined) this.#exact.set(pattern.exact, [listed])
        else same.push(listed)
      }
    }
    this.#version++
  }

  remove(sink: Sink, patterns: readonly Pattern[]): void {
    this.#wildcards = this.#wildcards.filter((listed) => listed.sink !== sink)
    for (const { exact } of patterns) {
      if (exact === undefined) continue
      const others = this.#exact.get(exact)?.filter((listed) => listed.sink !== sink) ?? []
      if (others.length === 0) this.#exact.delete(exact)
      else this.#exact.set(exact, others)
    }
    this.#version++
  }

  targets(message: ArrivedMessage): readonly Target<Sink>[] {
    const route = this.#routes[message.topicId]
    if (route !== undefined && route.version === this.#version && route.topic === message.topic) return route.targets
    return this.#find(message)
  }

  #find({ topicId, topic }: ArrivedMessage): readonly Target<Sink>[] {
    const matching: (Listed<Sink> & { params: Params })[] = []
    for (const list of [this.#exact.get(topic) ?? [], this.#wildcards])
      for (const listed of list) {
        const params = matchTopic(listed.pattern, topic)
        if (params !== undefined) matching.push({ ...listed, params })
      }
    matching.sort((one, other) => one.order - other.order)
    const seen = new Set<Sink>()
    const targets = matching.filter(({ sink }) => !seen.has(sink) && seen.add(sink)).map(({ sink, params }) => ({ sink, params }))
    // Filled up, never set far behind the end: the array stays a plain one.
    while (this.#routes.length <= topicId) this.#routes.push(undefined)
    this.#routes[topicId] = { topic, version: this.#version, targets }
    return targets
  }
}
