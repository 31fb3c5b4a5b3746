// Checks options before anything is done: their names, types and ranges.
import { InvalidArgumentError } from './errors.js'
import { hasTag } from './realms.js'

/** Undefined where the value is valid; else what it must be, for `X is ..., and not Y`. */
export type Check = (name: string, value: unknown) => string | undefined
export type Shape = Readonly<Record<string, Check>>

export const UINT16 = 65_535
export const UINT32 = 4_294_967_295
/** The longest delay of setTimeout(), in milliseconds. */
export const LONGEST_DELAY = 2 ** 31 - 1

export const flag: Check = (_, value) => (typeof value === 'boolean' ? undefined : 'true or false')
export const text: Check = (_, value) => (typeof value === 'string' ? undefined : 'a text')
export const callable: Check = (_, value) => (typeof value === 'function' ? undefined : 'a function')
/** Checked where it is used, or by the module. */
export const anything: Check = () => undefined
export const abortSignal: Check = (_, value) => (hasTag(value, 'AbortSignal') ? undefined : 'an AbortSignal')

export function whole(least: number, most: number): Check {
  return (_, value) =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`
}

export function oneOf(...values: readonly (string | number)[]): Check {
  return (_, value) => (values.includes(value as string) ? undefined : `one of ${values.join(', ')}`)
}

export function either(...checks: readonly Check[]): Check {
  return (name, value) => {
    const wants = checks.map((check) => check(name, value))
    return wants.includes(undefined) ? undefined : wants.join(', or ')
  }
}

/** An object with no other keys than these. */
export function object(shape: Shape): Check {
  return (name, value) => {
    if (!isObject(value)) return 'an object'
    checkShape(`${name}.`, value, shape)
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Throws InvalidArgumentError. */
export function checkOptions(options: unknown, shape: Shape): void {
  if (!isObject(options)) throw new InvalidArgumentError(`Options are an object, and not ${quoted(options)}.`)
  checkShape('', options, shape)
}

function checkShape(prefix: string, options: Record<string, unknown>, shape: Shape): void {
  for (const key in options) {
    const check = Object.hasOwn(shape, key) ? shape[key] : undefined
    if (check === undefined) throw new InvalidArgumentError(`There is no option ${prefix}${key}.${suggestion(key, shape)}`)
    const value = options[key]
    const wanted = value === undefined ? undefined : check(prefix + key, value)
    if (wanted !== undefined) throw new InvalidArgumentError(`${prefix}${key} is ${wanted}, and not ${quoted(value)}.`)
  }
}

/** The names that other clients have for an option. */
const OTHER_NAMES: Partial<Record<string, string>> = {
  clean: 'cleanStart',
  cleansession: 'cleanStart',
  keepaliveinterval: 'keepAlive',
  mqttversion: 'protocolVersion',
  password: 'credentials',
  reconnectperiod: 'reconnect',
  retained: 'retain',
  timeout: 'connectTimeout',
  username: 'credentials',
  willmessage: 'will',
}

function suggestion(key: string, shape: Shape): string {
  const lower = key.toLowerCase()
  const names = Object.keys(shape)
  const other = OTHER_NAMES[lower]
  const [nearest] = names
    .map((name) => ({ name, edits: name === other ? 0 : distance(lower, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)
  return nearest !== undefined && nearest.edits <= 2 ? ` Did you mean ${nearest.name}?` : ` There are ${names.join(', ')}.`
}

/** The edit distance: how many letters to replace, insert or remove. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++)
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + Number(one[i - 1] !== other[j - 1]))
    row = next
  }
  return row[other.length] ?? 0
}

function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 80))
  return typeof value === 'object' && value !== null ? (Array.isArray(value) ? 'a list' : 'an object') : String(value)
}
