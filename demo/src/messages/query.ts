// What is searched for: a text, a topic filter, a regular expression, or a value in JSON.
import { topicMatches } from 'websocket-mq/webapp/wasm'
import { jsonOf, textOf } from './payload.js'
import type { Content } from './shown.js'

/** Bytes of a payload that are searched. */
const SEARCHED = 4096

export type Matcher = (content: Content) => boolean

let latest: readonly [query: string, matcher: Matcher] = ['', () => true]

/** Topic filters have a wildcard; others are `/expression/flags`, and `$.path`, or `$.path > 20` with one of `= != < <= > >=`. */
export function matcherOf(query: string): Matcher {
  if (query !== latest[0])
    latest = [query, query === '' ? () => true : (expression(query) ?? value(query) ?? filter(query) ?? words(query))]
  return latest[1]
}

const searched = ({ bytes }: Content) => textOf(bytes.subarray(0, SEARCHED))

function words(query: string): Matcher {
  const wanted = query.toLowerCase()
  return (content) => content.topic.toLowerCase().includes(wanted) || searched(content).toLowerCase().includes(wanted)
}

function filter(query: string): Matcher | undefined {
  if (!/(?:^|\/)(?:\+|#$)/.test(query)) return undefined
  return ({ topic }) => {
    try {
      return topicMatches(query, topic)
    } catch {
      return false
    }
  }
}

/** Undefined also as long as what is typed is no expression yet. */
function expression(query: string): Matcher | undefined {
  const [, source = '', flags = ''] = /^\/(.+)\/([imsu]*)$/s.exec(query) ?? []
  if (source === '') return undefined
  try {
    const wanted = new RegExp(source, flags)
    return (content) => wanted.test(content.topic) || wanted.test(searched(content))
  } catch {
    return undefined
  }
}

const COMPARISONS: Readonly<Record<string, (one: unknown, other: unknown) => boolean>> = {
  '': (one) => one !== undefined,
  '=': (one, other) => one === other,
  '!=': (one, other) => one !== undefined && one !== other,
  '<': (one, other) => (order(one, other) ?? 0) < 0,
  '<=': (one, other) => (order(one, other) ?? 1) <= 0,
  '>': (one, other) => (order(one, other) ?? 0) > 0,
  '>=': (one, other) => (order(one, other) ?? -1) >= 0,
}

function value(query: string): Matcher | undefined {
  const [, path, sign = '', given = ''] = /^\$((?:\.[\w-]+|\[\d+\])*)\s*(?:(=|!=|[<>]=?)\s*(\S.*?))?\s*$/s.exec(query) ?? []
  if (path === undefined) return undefined
  const steps = path.match(/[\w-]+/g) ?? []
  const wanted = literalOf(given)
  const compare = COMPARISONS[sign] as (one: unknown, other: unknown) => boolean
  return ({ bytes }) => compare(steps.reduce(inside, jsonOf(bytes)), wanted)
}

function inside(outer: unknown, step: string): unknown {
  return typeof outer === 'object' && outer !== null && Object.hasOwn(outer, step) ? (outer as Record<string, unknown>)[step] : undefined
}

/** What is no JSON is a text. */
function literalOf(given: string): unknown {
  try {
    return JSON.parse(given) as unknown
  } catch {
    return given
  }
}

/** Undefined: they cannot be compared. */
function order(one: unknown, other: unknown): number | undefined {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  if (typeof one === 'string' && typeof other === 'string') return one < other ? -1 : Number(one > other)
  return undefined
}
