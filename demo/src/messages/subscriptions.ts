// The subscriptions, which outlive a connection: each new one is given the same.
import { effect, signal } from '@preact/signals'
import { type Connection, type Message, type Subscription, topicMatches } from 'websocket-mq/webapp/wasm'
import { DOCTOR_TOPIC } from '../connection/doctor.js'
import { connection } from '../connection/link.js'
import { list, oneOf, record, text } from '../store/shapes.js'
import { read, write } from '../store/storage.js'
import { Changes } from '../ui/changes.js'
import { sentence } from '../ui/text.js'

export type Qos = 0 | 1 | 2

export interface Entry {
  readonly filter: string
  readonly qos: Qos
  /** Which colour its messages have. */
  readonly mark: number
  /** Messages that it has received, one for each of the broker's copies. */
  count: number
  state: 'off' | 'waiting' | 'granted' | 'refused'
  /** The granted QoS, or why it was refused. */
  detail: string
  subscription: Subscription<never, never> | undefined
}

const MARKS = 6
/** More messages than that in a frame are delivered before it. */
const AT_ONCE = 2000
const MOST_TOPICS = 10_000
const DEFAULTS = ['demo/#', 'lab/#']

type Take = (messages: readonly Message<never>[], mark: number) => void

export const entries = signal<readonly Entry[]>([])
/** Of what entries hold. */
export const counts = new Changes()
export const outcome = signal('')

let nextMark = 0
let take: Take = () => {}
/** By topic: whose messages are shown, where filters overlap. */
const owners = new Map<string, Entry | undefined>()

/** @param given receives each message once, whichever and however many filters match it */
export function startSubscriptions(given: Take): void {
  take = given
  restore(read('sessionStorage', 'subscriptions') ?? DEFAULTS.map((filter) => ({ filter, qos: 1 })))
  effect(() => {
    const mq = connection.value
    for (const entry of entries.peek()) {
      entry.subscription = undefined
      if (mq === undefined) Object.assign(entry, { state: 'off', detail: '' })
      else subscribe(mq, entry)
    }
    owners.clear()
    counts.touch()
  })
}

/** Replaces all. */
export function restore(stored: unknown): void {
  for (const entry of entries.peek()) drop(entry)
  for (const each of list(stored)) {
    const { filter, qos } = record(each)
    if (text(filter, '') !== '') add(text(filter, ''), oneOf(qos, [0, 1, 2], 1))
  }
}

export function stored(): { filter: string; qos: Qos }[] {
  return entries.peek().map(({ filter, qos }) => ({ filter, qos }))
}

/** Returns whether it is in the list now. */
export function add(filter: string, qos: Qos): boolean {
  outcome.value = ''
  if (entries.peek().some((entry) => entry.filter === filter)) {
    outcome.value = `${filter} is subscribed already.`
    return false
  }
  const entry: Entry = { filter, qos, mark: nextMark++ % MARKS, count: 0, state: 'off', detail: '', subscription: undefined }
  set([...entries.peek(), entry])
  const mq = connection.peek()
  return mq === undefined || subscribe(mq, entry)
}

export function remove(entry: Entry): void {
  const { subscription } = entry
  drop(entry)
  subscription?.unsubscribe().catch((error: unknown) => (outcome.value = sentence(error)))
}

/** Returns false for a filter that cannot be one. */
function subscribe(mq: Connection, entry: Entry): boolean {
  entry.state = 'waiting'
  try {
    const options = {
      qos: entry.qos,
      deliver: 'frame',
      bufferSize: AT_ONCE,
      // Messages that are retained are marked, and not only those of the past.
      ...(mq.protocolVersion === 5 && { retainAsPublished: true }),
    } as const
    const subscription = mq.subscribe(entry.filter, options, (messages) => arrived(entry, messages as Message<never>[]))
    entry.subscription = subscription as Subscription<never, never>
    subscription.ready.then(
      ([first]) => settle(entry, subscription, 'granted', `QoS ${first?.qos ?? 0}`),
      (error: unknown) => settle(entry, subscription, 'refused', sentence(error)),
    )
    return true
  } catch (error) {
    drop(entry)
    outcome.value = sentence(error)
    return false
  }
}

function settle(entry: Entry, subscription: unknown, state: Entry['state'], detail: string): void {
  if (entry.subscription !== subscription || connection.peek() === undefined) return
  Object.assign(entry, { state, detail })
  owners.clear()
  counts.touch()
}

function arrived(entry: Entry, messages: readonly Message<never>[]): void {
  entry.count += messages.length
  counts.touch()
  const own = messages.filter(({ topic }) => ownerOf(topic) === entry)
  if (own.length > 0) take(own, entry.mark)
}

/** Each matching filter has a copy of a message: the first one's is shown. The doctor's own messages never are. */
function ownerOf(topic: string): Entry | undefined {
  if (owners.has(topic)) return owners.get(topic)
  if (owners.size >= MOST_TOPICS) owners.clear()
  const isDoctors = topic.startsWith(`${DOCTOR_TOPIC}/`)
  const owner = isDoctors ? undefined : entries.peek().find(({ filter, state }) => state !== 'refused' && topicMatches(filter, topic))
  owners.set(topic, owner)
  return owner
}

function drop(entry: Entry): void {
  entry.subscription = undefined
  set(entries.peek().filter((other) => other !== entry))
}

function set(all: readonly Entry[]): void {
  entries.value = all
  owners.clear()
  write('sessionStorage', 'subscriptions', stored())
}
