// What a broker does, as far as messages of our own can tell: topics below one prefix, which nobody else uses.
import { type Connection, type Message, PublishError, SubscribeError } from '../index.js'
import { attempt, type Attempts, type Version, works } from './attempt.js'
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

/** Another account may exist for each version: whoever is refused for another reason than the version was understood. */
export async function versionsOf({ url, attempts, version }: Measuring): Promise<Version[]> {
  const others = ([3, 4, 5] as const).filter((each) => each !== version)
  const accepted = await Promise.all(others.map((each) => works(url, unnamed(attempts), { protocolVersion: each })))
  return [...others.filter((_, index) => accepted[index]), version].sort()
}

/** Several connections at once need names of their own. */
function unnamed(attempts: Attempts): Attempts {
  const { timeout, signal, credentials } = attempts
  return { timeout, signal, ...(credentials === undefined ? {} : { credentials }) }
}

export async function roundTrip(mq: Connection, topic: string): Promise<{ median: number; longest: number }> {
  const times = []
  for (let round = 0; round < roundTrips; ++round) {
    const before = performance.now()
    await mq.publish(topic, '', { qos: 1 })
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

/** Connections for probes, all closed in the end. */
class Lab {
  readonly #open: Connection[] = []
  #topics = 0
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
    return mq
  }
  /** Resolves with the first message, or undefined where none comes. */
  async first(
    mq: Connection,
    filter: string,
    wanted: (message: Message) => boolean = () => true,
  ): Promise<() => Promise<Message | undefined>> {
    let found!: (message: Message | undefined) => void
    const message = new Promise<Message | undefined>((resolve) => (found = resolve))
    const subscription = mq.subscribe(filter, { qos: 2 }, (each) => {
      if (wanted(each)) found(each)
    })
    await subscription.ready
    return () => {
      const timer = setTimeout(() => found(undefined), patience)
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
  async close(): Promise<void> {
    await Promise.all(this.#open.map((mq) => mq.disconnect().catch(() => {})))
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
      return (await (await lab.first(await lab.another(), filterOf(topic)))()) !== undefined
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

/** Tries them all. A refusal of what a probe needs is no verdict about the broker. */
export async function probeAll(main: Connection, given: Measuring): Promise<Finding[]> {
  const findings: Finding[] = []
  for (const { check, since = 3, yes, no, ask } of probes) {
    if (given.version < since) continue
    const lab = new Lab(main, given)
    try {
      const answer = await ask(lab)
      findings.push({ check, status: answer ? 'ok' : 'warning', text: answer ? yes : no })
    } catch (error) {
      given.attempts.signal?.throwIfAborted()
      if (main.state === 'closed') throw error
      const isRefused = error instanceof PublishError || error instanceof SubscribeError
      const why = error instanceof Error ? error.message : String(error)
      const hint = isRefused ? ` This account cannot use ${given.prefix}#: give a topic that it can use.` : ''
      findings.push({ check, status: 'skipped', text: `${why}${hint}` })
    } finally {
      await lab.close()
    }
  }
  return findings
}
