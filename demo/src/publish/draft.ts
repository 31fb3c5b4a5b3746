// What the publish form holds, and what became of it.
import { signal } from '@preact/signals'
import type { Connection, PublishOptions, PublishResult } from 'websocket-mq/webapp/wasm'
import { connection, isConnected } from '../connection/link.js'
import { stored } from '../connection/outbox.js'
import { oneOf, record, text, whole } from '../store/shapes.js'
import { number, plural, sentence, size } from '../ui/text.js'
import { NO_PROPERTIES, propertiesOf, type PropertyFields, readProperties } from './properties.js'

export const MOST_TIMES = 100_000
/** Messages that may be on their way at once. */
const WINDOW = 1000
/** After so many the page draws. */
const TURN = 100
const NO_SUBSCRIBERS = 0x10

export interface Draft {
  topic: string
  payload: string
  qos: 0 | 1 | 2
  retain: boolean
  times: number
  properties: PropertyFields
}

const DEFAULT_DRAFT: Draft = {
  topic: 'demo/hello',
  payload: '{ "hello": "world" }',
  qos: 1,
  retain: false,
  times: 1,
  properties: NO_PROPERTIES,
}

export const draft = signal(DEFAULT_DRAFT)
export const outcome = signal<{ text: string; isFailed: boolean }>({ text: '', isFailed: false })
export const isBusy = signal(false)

export function edit(some: Partial<Draft>): void {
  draft.value = { ...draft.value, ...some }
}

export function readDraft(value: unknown): Draft {
  const given = record(value)
  return {
    topic: text(given['topic'], DEFAULT_DRAFT.topic),
    payload: text(given['payload'], DEFAULT_DRAFT.payload),
    qos: oneOf(given['qos'], [0, 1, 2], DEFAULT_DRAFT.qos),
    retain: given['retain'] === true,
    times: whole(given['times'], 1, [1, MOST_TIMES]),
    properties: readProperties(given['properties']),
  }
}

export async function publishDraft(): Promise<void> {
  const mq = connection.peek()
  if (mq === undefined || isBusy.peek()) return
  const { times, payload } = draft.peek()
  const start = performance.now()
  isBusy.value = true
  tell('Publishing …')
  try {
    if (stored.peek() !== undefined && !isConnected.peek() && draft.peek().qos > 0) {
      await storeAll(mq, draft.peek())
      return tell(`Stored ${plural(times, 'message')}, which will be sent when there is a connection.`)
    }
    const result = await publishAll(mq, draft.peek())
    const took = `${number(Math.round(performance.now() - start))} ms`
    const unheard = result.reasonCode === NO_SUBSCRIBERS ? ' Nobody subscribes to it.' : ''
    const what = times === 1 ? size(new TextEncoder().encode(payload).length) : plural(times, 'message')
    tell(`Published ${what} in ${took}.${unheard}`)
  } catch (error) {
    tell(sentence(error), true)
  } finally {
    isBusy.value = false
  }
}

/** Leaves them to the outbox, which delivers them whatever becomes of the page. */
async function storeAll(mq: Connection, { topic, payload, times, ...fields }: Draft): Promise<void> {
  const options = optionsOf(mq, fields)
  for (let count = 1; count <= times; count++) mq.post(topic, payload, options)
  await mq.stored()
}

function optionsOf(mq: Connection, { qos, retain, properties: fields }: Pick<Draft, 'qos' | 'retain' | 'properties'>): PublishOptions {
  const properties = propertiesOf(fields)
  return { qos, retain, ...(mq.protocolVersion === 5 && Object.keys(properties).length > 0 && { properties }) }
}

/** Returns the last one's result. */
async function publishAll(mq: Connection, { topic, payload, times, ...fields }: Draft): Promise<PublishResult> {
  const options = optionsOf(mq, fields)
  let last = mq.publish(topic, payload, options)
  for (let count = 2; count <= times; count++) {
    // What goes wrong with another goes wrong with it as well, or it was only dropped.
    last.catch(() => {})
    last = mq.publish(topic, payload, options)
    if (count % TURN !== 0) continue
    last.catch(() => {})
    await mq.drained(WINDOW)
    await new Promise((resolve) => setTimeout(resolve))
  }
  const result = await last
  await mq.drained()
  return result
}

function tell(words: string, isFailed = false): void {
  outcome.value = { text: words, isFailed }
}
