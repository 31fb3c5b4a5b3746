// What a broker knows beyond its connections: sessions, retained messages, and whom a message is for.
import { topicMatches } from '../filter.js'
import type { WireMessage } from '../packets/decode.js'
import { type Delivery, Session, type Subscribed } from './session.js'

/** `name` and the filter itself, of `$share/{name}/{filter}`. */
const shared = /^\$share\/([^/]+)\/(.+)$/

export class Exchange {
  readonly sessions = new Map<string, Session>()
  readonly retained = new Map<string, Delivery>()
  /** Whose turn it is in each group that shares. */
  readonly #turns = new Map<string, number>()
  readonly #flush: (session: Session) => void
  readonly #isConnected: (session: Session) => boolean

  constructor(flush: (session: Session) => void, isConnected: (session: Session) => boolean) {
    this.#flush = flush
    this.#isConnected = isConnected
  }

  /** @returns whether anybody gets it */
  route(message: WireMessage, from: string | undefined): boolean {
    const delivery = deliveryOf(message)
    if (message.retain) {
      if (message.payload.length === 0) this.retained.delete(message.topic)
      else this.retained.set(message.topic, delivery)
    }
    const groups = new Map<string, [Session, Subscribed][]>()
    let isTaken = false
    for (const session of this.sessions.values()) {
      const matching: Subscribed[] = []
      for (const subscribed of session.subscriptions.values()) {
        if (!topicMatches(subscribed.filter, message.topic) || (subscribed.noLocal && from === session.clientId)) continue
        const [, name] = shared.exec(subscribed.filter) ?? []
        if (name === undefined) matching.push(subscribed)
        else groups.set(subscribed.filter, [...(groups.get(subscribed.filter) ?? []), [session, subscribed]])
      }
      if (matching.length > 0) isTaken = this.#give(session, delivery, matching)
    }
    for (const [filter, members] of groups) isTaken = this.#giveToOne(filter, members, delivery) || isTaken
    return isTaken
  }

  /** The retained messages of a subscription, as far as its Retain Handling wants them (MQTT 5.0, 3.3.1.3). */
  deliverRetained(session: Session, subscribed: Subscribed, isNew: boolean): void {
    if (shared.test(subscribed.filter) || subscribed.retainHandling === 2 || (subscribed.retainHandling === 1 && !isNew)) return
    for (const [topic, delivery] of this.retained) {
      if (isExpired(delivery)) this.retained.delete(topic)
      else if (topicMatches(subscribed.filter, topic)) this.#give(session, delivery, [subscribed], true)
    }
  }

  end(session: Session): void {
    clearTimeout(session.expiry)
    if (this.sessions.get(session.clientId) === session) this.sessions.delete(session.clientId)
  }

  /** Those that are connected first, in turn. */
  #giveToOne(filter: string, members: [Session, Subscribed][], delivery: Delivery): boolean {
    const connected = members.filter(([session]) => this.#isConnected(session))
    const candidates = connected.length > 0 ? connected : members
    const turn = this.#turns.get(filter) ?? 0
    this.#turns.set(filter, turn + 1)
    const [session, subscribed] = candidates[turn % candidates.length] as [Session, Subscribed]
    return this.#give(session, delivery, [subscribed])
  }

  /** One copy, at the highest QoS, with all the subscription identifiers [MQTT-3.3.4-2] [MQTT-3.3.4-4]. */
  #give(session: Session, { message, expires }: Delivery, matching: readonly Subscribed[], isRetained = false): true {
    const qos = matching.map((each) => Session.qosOf(message, each)).reduce((one, other) => (one > other ? one : other))
    const identifiers = matching.flatMap(({ identifier }) => (identifier === undefined ? [] : [identifier]))
    const retain = isRetained || (message.retain && matching.some(({ retainAsPublished }) => retainAsPublished))
    const properties = { ...message.properties, ...(identifiers.length > 0 ? { subscriptionIdentifier: identifiers } : {}) }
    // Without a connection, nothing of QoS 0 is kept.
    if (qos > 0 || this.#isConnected(session)) session.waiting.push({ message: { ...message, qos, retain, properties }, expires })
    this.#flush(session)
    return true
  }
}

export function isExpired({ expires }: Delivery): boolean {
  return expires !== undefined && expires <= Date.now()
}

function deliveryOf(message: WireMessage): Delivery {
  const seconds = message.properties['messageExpiryInterval'] as number | undefined
  return { message, expires: seconds === undefined ? undefined : Date.now() + seconds * 1000 }
}
