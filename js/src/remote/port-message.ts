// A message that arrived at the host, as the page sees it.
import type { ArrivedMessage, Properties } from '../module.js'
import { payloadText } from '../payload-text.js'
import { type Body, MessageFlag } from './protocol.js'

const NO_PROPERTIES: Properties = Object.freeze({})
/** Numbers are given anew once there are so many topics, which whoever caches by them has to expect. */
const MOST_TOPICS = 100_000

export class TopicNumbers {
  readonly #numbers = new Map<string, number>()

  of(topic: string): number {
    let number = this.#numbers.get(topic)
    if (number === undefined) {
      if (this.#numbers.size === MOST_TOPICS) this.#numbers.clear()
      this.#numbers.set(topic, (number = this.#numbers.size))
    }
    return number
  }
}

export class PortMessage implements ArrivedMessage {
  readonly topic: string
  readonly topicId: number
  readonly properties: Properties
  readonly subscriptionIdentifier: number | number[] | undefined
  readonly #flags: number
  /** The packet's, until the payload was read. */
  #buffer: ArrayBuffer | undefined
  readonly #start: number
  readonly #length: number
  #bytes: Uint8Array | undefined
  #text: string | undefined

  constructor(
    topic: string,
    topicId: number,
    flags: number,
    body: Body,
    buffer: ArrayBuffer | undefined,
    properties: Properties | undefined,
    identifier: number | number[] | undefined,
  ) {
    this.topic = topic
    this.topicId = topicId
    this.properties = propertiesOf(properties, identifier)
    this.subscriptionIdentifier = identifier
    this.#flags = flags
    this.#buffer = buffer
    ;[this.#start, this.#length] = typeof body === 'string' ? [0, 0] : body
  }

  get destinationName(): string {
    return this.topic
  }

  get qos(): 0 | 1 | 2 {
    return (this.#flags & MessageFlag.qos) as 0 | 1 | 2
  }

  get retained(): boolean {
    return (this.#flags & MessageFlag.retained) !== 0
  }

  get duplicate(): boolean {
    return (this.#flags & MessageFlag.duplicate) !== 0
  }

  get payloadBytes(): Uint8Array {
    if (this.#bytes === undefined) {
      this.#bytes = this.#view().slice()
      this.#buffer = undefined
    }
    return this.#bytes
  }

  get payloadString(): string {
    return (this.#text ??= payloadText(this.#bytes ?? this.#view(), 'payloadBytes'))
  }

  #view(): Uint8Array {
    return this.#buffer === undefined ? new Uint8Array(0) : new Uint8Array(this.#buffer, this.#start, this.#length)
  }
}

/** The identifiers are those of the page's own subscriptions. */
function propertiesOf(properties: Properties | undefined, identifier: number | number[] | undefined): Properties {
  if (identifier !== undefined) return { ...properties, subscriptionIdentifier: identifier }
  if (properties?.subscriptionIdentifier === undefined) return properties ?? NO_PROPERTIES
  const { ...others } = properties
  delete others.subscriptionIdentifier
  return others
}
