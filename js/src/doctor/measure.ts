// What a broker does, as far as messages of our own can tell: topics below one prefix, which nobody else uses.
import { type Connection, type Message, type MqttError, PublishError, SubscribeError } from '../index.js'
import { attempt, type Attempts, nameless, type Version, works } from './attempt.js'
import type { BrokerFacts, Finding } from './diagnosis.js'

const patience = 3000 // ms for what should come at once
const roundTrips = 9

export interface Measuring {
  readonly url: string
  readonly attempts: Attempts
  readonly version: Version
  /** Ends with a slash. */
  readonly prefix: string
}

export function announced(mq: Connection): BrokerFacts {
  const { maximumQos, maximumPacketSize, receiveMaximum, topicAliasMaximum } = mq.negotiated
  const limit = maximumPacketSize >= 268_435_460 ? 0 : maximumPacketSize
  return { versions: [], maximumQos, maximumPacketSize: limit, receiveMaximum, topicAliasMaximum }
}

/**
 * Whoever is refused for another reason than the version was understood. One after the other: where an account is bound to one
 * client identifier, a connection displaces the one before.
 */
export async function versionsOf(url: string, attempts: Attempts, known: Version): Promise<Version[]> {
  const accepted: Version[] = []
  for (const each of [3, 4, 5] as const) if (each === known || (await works(url, attempts, { protocolVersion: each }))) accepted.push(each)
  return accepted
}

/** A further connection beside one that has the account's client identifier. */
function unnamed(attempts: Attempts): Attempts {
  const { credentials } = attempts
  return { ...nameless(attempts), ...(credentials === undefined ? {} : { credentials }) }
}

export async function roundTrip(mq: Connection, topic: string): Promise<{ median: number; longest: number }> {
  const times = []
  for (let round = 0; round < roundTrips; ++round) {
    const before = performance.now()
    await mq.publish(topic, '', { qos: 1 }).catch((error: unknown) => {
      // A refusal is an answer, too.
      if (!(error instanceof PublishError && error.code === 'publish_refused')) throw error
    })
    times.push(performance.now() - before)
  }
  times.sort((a, b) => a - b)
  return { median: times[roundTrips >> 1] as number, longest: times.at(-1) as number }
}

/** Each is a question with what "no" means for the user. */
interface Probe {
  readonly check: string
  readonly since?: Version
  readonly yes: string
  readonly no: string
  readonly ask: (lab: Lab) => Promise<boolean>
}

/** Why a question could not be asked. */
class Unanswered extends Error {}

/** Topics for probes, and connections beside the main one, all closed in the end. */
class Lab {
  readonly #open: Connection[] = []
  #topics = 0
  #isDisplaced = false
  constructor(
    readonly main: Connection,
    readonly given: Measuring,
  ) {}

  topic(): string {
    return `${this.given.prefix}${++this.#topics}`
  }
  async another(more: Parameters<typeof attempt>[2] = {}): Promise<Connection> {
    const { url, attempts, version } = this.given
    const mq = await attempt(url, unnamed(attempts), { protocolVersion: version, ...more })
    this.#open.push(mq)
    await this.main.publish(this.topic(), '', { qos: 1 }).catch(() => {})
    this.#isDisplaced = this.main.state === 'closed'
    this.checkNotDisplaced()
    return mq
  }
  checkNotDisplaced(): void {
    if (this.#isDisplaced)
      throw new Unanswered('It needs two connections, and the broker gives this account one: the second ended the first.')
  }
  /** Resolves with the first message, or undefined where none comes. */
  async first(
    mq: Connection,
    filter: string,
    wanted: (message: Message) => boolean = () => true,
  ): Promise<(limit?: number) => Promise<Message | undefined>> {
    let found!: (message: Message | undefined) => void
    const message = new Promise<Message | undefined>((resolve) => (found = resolve))
    const subscription = mq.subscribe(filter, { qos: 2 }, (each) => {
      if (wanted(each)) found(each)
    })
    await subscription.ready
    return (limit = patience) => {
      const timer = setTimeout(() => found(undefined), limit)
      return message.finally(() => clearTimeout(timer))
    }
  }
  /** What comes back of a message of our own, by the topic as filter behind a prefix. */
  async echo(prefix = '', qos: 0 | 1 | 2 = 1): Promise<Message | undefined> {
    const topic = this.topic()
    const next = await this.first(this.main, prefix + topic)
    await this.main.publish(topic, 'x', { qos })
    return next()
  }
  /** Milliseconds. */
  async sleep(duration: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, duration))
    this.given.attempts.signal?.throwIfAborted()
  }
  async close(): Promise<void> {
    await Promise.all(this.#open.splice(0).map((mq) => mq.disconnect().catch(() => {})))
  }
}

const retainedProbe = (check: string, filterOf: (topic: string) => string, yes: string, no: string): Probe => ({
  check,
  yes,
  no,
  ask: async (lab) => {
    const topic = lab.topic()
    await lab.main.publish(`${topic}/kept`, 'kept', { qos: 1, retain: true })
    try {
      return (await (await lab.first(lab.main, filterOf(topic)))()) !== undefined
    } finally {
      await lab.main.publish(`${topic}/kept`, '', { qos: 1, retain: true })
    }
  },
})

const probes: readonly Probe[] = [
  {
    check: 'exactly-once',
    yes: 'Messages are delivered at QoS 2.',
    no: 'Messages published at QoS 2 arrive with a lower QoS: count on at least once.',
    ask: async (lab) => {
      return (await lab.echo('', lab.main.negotiated.maximumQos))?.qos === 2
    },
  },
  retainedProbe(
    'retained',
    (topic) => `${topic}/kept`,
    'Retained messages are kept.',
    'Retained messages are not delivered: presence and devices cannot be seen by newcomers. Enable them on the broker.',
  ),
  retainedProbe(
    'retained-wildcard',
    (topic) => `${topic}/+`,
    'Wildcard filters get retained messages.',
    'Wildcard filters get no retained messages: webapps find one another by roll calls, which costs traffic (see docs/brokers.md).',
  ),
  {
    check: 'message-expiry',
    since: 5,
    yes: 'Messages expire.',
    no: 'The Message Expiry Interval is not kept: records of who is gone stay.',
    ask: async (lab) => {
      const topic = lab.topic()
      const properties = { messageExpiryInterval: 1 } // seconds, which brokers count as whole ones
      await lab.main.publish(`${topic}/kept`, 'kept', { qos: 1, retain: true, properties })
      try {
        if ((await (await lab.first(lab.main, `${topic}/kept`))()) === undefined)
          throw new Unanswered('Retained messages do not arrive, with which it would be tried.')
        await lab.sleep(2500)
        return (await (await lab.first(lab.main, `${topic}/+`))(500)) === undefined
      } finally {
        await lab.main.publish(`${topic}/kept`, '', { qos: 1, retain: true })
      }
    },
  },
  {
    check: 'shared-subscriptions',
    yes: 'Shared subscriptions work: instances of a service share its requests.',
    no: 'Shared subscriptions do not work: start services with shares off, so that their instances agree who answers.',
    ask: async (lab) => {
      return (await lab.echo('$share/doctor/')) !== undefined
    },
  },
  {
    check: 'subscription-identifiers',
    since: 5,
    yes: 'Subscription identifiers work.',
    no: 'The broker has no subscription identifiers: where filters overlap, handlers may hear copies.',
    ask: async (lab) => {
      return ((await lab.echo())?.properties as { subscriptionIdentifier?: unknown } | undefined)?.subscriptionIdentifier !== undefined
    },
  },
  {
    check: 'will',
    since: 5, // below, a page cannot end a connection in a way that publishes it
    yes: 'Last wills are published.',
    no: 'Last wills are not published: who vanishes stays online for the others.',
    ask: async (lab) => {
      const topic = lab.topic()
      const next = await lab.first(lab.main, topic)
      const mq = await lab.another({ will: { topic, payload: 'gone', qos: 1 } })
      await mq.disconnect({ reasonCode: 0x04 })
      return (await next()) !== undefined
    },
  },
  {
    check: 'will-delay',
    since: 5,
    yes: 'The will delay is kept: a reload passes unseen.',
    no: 'The will delay is not kept: a page that reloads is gone for a moment.',
    ask: async (lab) => {
      const topic = lab.topic()
      const next = await lab.first(lab.main, topic)
      const mq = await lab.another({
        sessionExpiryInterval: 30,
        will: { topic, payload: 'gone', qos: 1, properties: { willDelayInterval: 1 } },
      })
      const before = performance.now()
      await mq.disconnect({ reasonCode: 0x04 })
      return (await next()) !== undefined && performance.now() - before > 750
    },
  },
]

/** The broker says itself that it has no such thing. */
function isNotOffered(error: unknown): boolean {
  const codes = error instanceof SubscribeError ? error.results.map(({ reasonCode }) => reasonCode) : []
  if (error instanceof PublishError) codes.push(error.reasonCode)
  return (error as Partial<MqttError>).code === 'not_supported' || codes.some((code) => NOT_OFFERED.includes(code))
}
const NOT_OFFERED = [0x9a, 0x9b, 0x9e, 0xa1, 0xa2]

/** Tries them all. A refusal of what a probe needs is no verdict about the broker. */
export async function probeAll(main: Connection, given: Measuring): Promise<Finding[]> {
  const findings: Finding[] = []
  const lab = new Lab(main, given)
  for (const { check, since = 3, yes, no, ask } of probes) {
    if (given.version < since) continue
    try {
      lab.checkNotDisplaced()
      const answer = await ask(lab)
      findings.push({ check, status: answer ? 'ok' : 'warning', text: answer ? yes : no })
    } catch (error) {
      given.attempts.signal?.throwIfAborted()
      if (main.state === 'closed' && !(error instanceof Unanswered)) throw error
      if (isNotOffered(error)) findings.push({ check, status: 'warning', text: no })
      else findings.push({ check, status: 'skipped', text: whyNot(error, given.prefix) })
    } finally {
      await lab.close()
    }
  }
  return findings
}

function whyNot(error: unknown, prefix: string): string {
  const isRefused = error instanceof PublishError || error instanceof SubscribeError
  const why = error instanceof Error ? error.message : String(error)
  return isRefused ? `${why} This account cannot use ${prefix}#: give a topic that it can use.` : why
}
