// Topic filters with named wildcards: `lab/+room/temperature` is the filter `lab/+/temperature`, and the level that
// matches `+room` is `message.params.room`. `#rest` names all remaining levels. The module matches filters too, but knows
// no names; these functions also work before it is loaded.
import { InvalidArgumentError } from './errors.js'

type LevelName<Level extends string> = Level extends `+${infer Name}` | `#${infer Name}` ? Exclude<Name, ''> : never
type Names<Filter extends string> = Filter extends `${infer Level}/${infer Rest}` ? LevelName<Level> | Names<Rest> : LevelName<Filter>
type OneFilter<Filter extends string> = string extends Filter ? Record<string, string> : { readonly [Name in Names<Filter>]: string }
/** Distributes over a union of filters. */
type EachFilter<Filter extends string> = Filter extends string ? OneFilter<Filter> : never
type Merged<Each, All extends PropertyKey> = { readonly [Name in keyof Each]: string } & {
  readonly [Name in Exclude<All, keyof Each>]?: string
}

/**
 * The type of `message.params` for a topic filter, or for an array of them: a name that is in every filter is always
 * present, any other is optional.
 */
export type TopicParams<Filter extends string | readonly string[]> = Filter extends readonly (infer Each extends string)[]
  ? string extends Each
    ? Partial<Record<string, string>>
    : Merged<EachFilter<Each>, Names<Each>>
  : Filter extends string
    ? OneFilter<Filter>
    : never

/** Levels by name; an empty object if there is no named wildcard. */
export type Params = Readonly<Partial<Record<string, string>>>

export const NO_PARAMS: Params = Object.freeze({})

/** One level: text that must be equal, or a wildcard, named or not. */
type Level = { readonly text: string } | { readonly wildcard: '+' | '#'; readonly name: string }

export interface Pattern {
  /** The filter for the broker, without names. */
  readonly filter: string
  /** The levels after the prefix. */
  readonly levels: readonly Level[]
  /** `$share/{name}/`, or a prefix that some brokers add to MQTT. */
  readonly prefix: string
  /** The one topic that it matches, if it has no wildcard and no prefix that a broker may not know. */
  readonly exact: string | undefined
  /** Begins with an unknown `$` prefix: only the broker knows which topics it matches. */
  readonly isOpaque: boolean
}

/** The prefixes, and how many levels they have. The latter two are EMQX's. */
const PREFIXES: Partial<Record<string, number>> = { $share: 2, $queue: 1, $exclusive: 1 }

const NAME = /^[A-Za-z_$][\w$-]*$/

/** Throws InvalidArgumentError. */
export function parseFilter(text: string): Pattern {
  if (typeof text !== 'string' || text === '')
    throw new InvalidArgumentError('A topic filter is a text of at least one character.', 'invalid_topic')
  const all = text.split('/')
  const isShared = all[0] === '$share'
  if (isShared && (all.length < 3 || all[1] === '' || /[+#]/.test(all[1] ?? '')))
    throw new InvalidArgumentError(`"${text}" is not a shared subscription: write $share/{name}/{filter}.`, 'invalid_topic')
  const before = all.length > 1 ? (PREFIXES[all[0] ?? ''] ?? 0) : 0
  const prefix = all
    .slice(0, before)
    .map((level) => `${level}/`)
    .join('')
  const levels = all.slice(before).map((level, index, list) => parseLevel(text, level, index === list.length - 1))
  const names = levels.flatMap((level) => ('name' in level && level.name !== '' ? [level.name] : []))
  if (new Set(names).size < names.length)
    throw new InvalidArgumentError(`"${text}" has the same name twice: rename one wildcard.`, 'invalid_topic')
  const topic = levels.map((level) => ('text' in level ? level.text : level.wildcard)).join('/')
  const isOpaque = before === 0 && topic.startsWith('$')
  const isExact = levels.every((level) => 'text' in level) && !isOpaque && (before === 0 || isShared)
  return { filter: prefix + topic, levels, prefix, exact: isExact ? topic : undefined, isOpaque }
}

/** A number for each pattern, from 0: a topic never matches two patterns with the same number. */
export function disjointGroups(patterns: readonly Pattern[]): number[] {
  const groups: { plain: Pattern[]; others: Pattern[] }[] = []
  return patterns.map((pattern) => {
    const isPlain = pattern.exact !== undefined
    // Two different filters without wildcards never overlap.
    const fits = ({ plain, others }: (typeof groups)[number]) =>
      [...others, ...(isPlain ? [] : plain)].every((each) => !overlap(each, pattern))
    let number = groups.findIndex(fits)
    if (number < 0) number = groups.push({ plain: [], others: [] }) - 1
    groups[number]?.[isPlain ? 'plain' : 'others'].push(pattern)
    return number
  })
}

/** Whether a topic may match both. */
function overlap({ levels: one }: Pattern, { levels: other }: Pattern): boolean {
  for (let index = 0; ; index++) {
    const [a, b] = [one[index], other[index]]
    // `a/#` matches `a` as well.
    if (isRest(a) || isRest(b)) return true
    if (a === undefined || b === undefined) return a === b
    if ('text' in a && 'text' in b && a.text !== b.text) return false
  }
}

function isRest(level: Level | undefined): boolean {
  return level !== undefined && 'wildcard' in level && level.wildcard === '#'
}

/** The named levels of `topic`, or undefined where it does not match (MQTT 5.0, 4.7). */
export function matchTopic(pattern: Pattern, topic: string): Params | undefined {
  if (pattern.exact !== undefined) return pattern.exact === topic ? NO_PARAMS : undefined
  const { levels, prefix } = pattern
  // To a broker that does not know the prefix it is a part of the topic.
  if (prefix !== '' && topic.startsWith(prefix)) topic = topic.slice(prefix.length)
  // Wildcards at the start do not match topics such as $SYS [MQTT-4.7.2-1].
  if (topic.startsWith('$') && levels[0] !== undefined && 'wildcard' in levels[0]) return undefined
  let params: Record<string, string> | undefined
  let start = 0
  for (const level of levels) {
    const rest = start > topic.length
    if ('wildcard' in level && level.wildcard === '#') {
      if (level.name !== '') (params ??= {})[level.name] = rest ? '' : topic.slice(start)
      return params === undefined ? NO_PARAMS : Object.freeze(params)
    }
    if (rest) return undefined
    const slash = topic.indexOf('/', start)
    const end = slash < 0 ? topic.length : slash
    const value = topic.slice(start, end)
    if ('text' in level) {
      if (level.text !== value) return undefined
    } else if (level.name !== '') (params ??= {})[level.name] = value
    start = end + 1
  }
  if (start <= topic.length) return undefined
  return params === undefined ? NO_PARAMS : Object.freeze(params)
}

/**
 * Whether a topic name matches a topic filter (MQTT 5.0, 4.7). Named wildcards are allowed; `$share/{name}/`, `$queue/`
 * and `$exclusive/` are ignored. Throws {@link InvalidArgumentError} (`invalid_topic`) if the filter is not valid.
 */
export function topicMatches(filter: string, topic: string): boolean {
  return matchTopic(parseFilter(filter), topic) !== undefined
}

function parseLevel(filter: string, level: string, last: boolean): Level {
  const wildcard = level[0]
  if (wildcard !== '+' && wildcard !== '#') {
    if (/[+#\0]/.test(level))
      throw new InvalidArgumentError(`"${filter}": + and # are allowed only at the beginning of a level.`, 'invalid_topic')
    return { text: level }
  }
  const name = level.slice(1)
  if (name !== '' && !NAME.test(name))
    throw new InvalidArgumentError(`"${filter}": "${name}" cannot name a wildcard: use letters, digits, _ and -.`, 'invalid_topic')
  if (wildcard === '#' && !last) throw new InvalidArgumentError(`"${filter}": # is allowed only at the end.`, 'invalid_topic')
  return { wildcard, name }
}
