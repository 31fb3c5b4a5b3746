// The numbers in the messages of one topic, over time.
import { signal } from '@preact/signals'
import { log } from '../messages/log.js'
import { jsonOf } from '../messages/payload.js'
import { Changes } from '../ui/changes.js'
import { numbersIn } from './json-diff.js'
import { type Latest, tree, type TopicNode } from './tree.js'

const MOST_POINTS = 1200
/** Messages that are read at a drawing: of more, the latest. */
const MOST_AT_ONCE = 100

export interface Point {
  /** Seconds since 1970. */
  readonly at: number
  readonly numbers: ReadonlyMap<string, number>
}

/** Of the topic that is followed, the oldest first. */
export const points = signal<readonly Point[]>([])

let followed = ''
let waiting: Latest[] = []
const changes = new Changes(() => {
  const fresh = waiting.map(pointOf).filter((point) => point !== undefined)
  waiting = []
  if (fresh.length > 0) points.value = [...points.peek(), ...fresh].slice(-MOST_POINTS)
})

/** Follows another topic, from the messages on that are still in the log. */
export function follow(topic: string): void {
  if (topic === followed) return
  followed = topic
  waiting = []
  points.value = log
    .list()
    .filter(({ content }) => content.topic === topic)
    .map(pointOf)
    .filter((point) => point !== undefined)
}

tree.onMessage((node: TopicNode) => {
  if (node.path !== followed || node.latest === undefined) return
  waiting.push(node.latest)
  if (waiting.length > MOST_AT_ONCE) waiting.shift()
  changes.touch()
})

function pointOf({ content, at }: Latest): Point | undefined {
  const numbers = numbersIn(jsonOf(content.bytes))
  return numbers.size === 0 ? undefined : { at: at / 1000, numbers }
}
