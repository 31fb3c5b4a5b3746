// What is another in a JSON value than in the one before.

export type Change = 'added' | 'changed' | 'removed'

/** By path: the keys and indexes that lead there, as `pathOf` joins them. */
export function changesOf(before: unknown, now: unknown): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>()
  compare(before, now, '', changes)
  return changes
}

export const pathOf = (path: string, key: string | number) => `${path}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`

function compare(before: unknown, now: unknown, path: string, changes: Map<string, Change>): void {
  if (before === now) return
  if (!isContainer(before) || !isContainer(now) || Array.isArray(before) !== Array.isArray(now)) {
    changes.set(path, 'changed')
    return
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const below = pathOf(path, key)
    if (!Object.hasOwn(before, key)) changes.set(below, 'added')
    else if (!Object.hasOwn(now, key)) changes.set(below, 'removed')
    else compare(before[key], now[key], below, changes)
  }
}

export function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** The numbers in a JSON value, by their paths: at most `most`. */
export function numbersIn(value: unknown, most = 20): Map<string, number> {
  const found = new Map<string, number>()
  const walk = (each: unknown, path: string) => {
    if (found.size >= most) return
    if (typeof each === 'number') found.set(path, each)
    else if (typeof each === 'boolean' && path !== '') found.set(path, Number(each))
    else if (isContainer(each)) for (const [key, inner] of Object.entries(each)) walk(inner, pathOf(path, key))
  }
  walk(value, '')
  return found
}
