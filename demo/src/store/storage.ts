// What the browser keeps. It may be denied, full, or hold what an older page or somebody else wrote.

type Kind = 'localStorage' | 'sessionStorage'

const PREFIX = 'websocket-mq demo '

/** Undefined where there is nothing, or no JSON. */
export function read(kind: Kind, key: string): unknown {
  try {
    const text = globalThis[kind].getItem(PREFIX + key)
    return text === null ? undefined : (JSON.parse(text) as unknown)
  } catch {
    return undefined
  }
}

/** Returns whether there was room. */
export function write(kind: Kind, key: string, value: unknown): boolean {
  try {
    if (value === undefined) globalThis[kind].removeItem(PREFIX + key)
    else globalThis[kind].setItem(PREFIX + key, JSON.stringify(value))
    return true
  } catch {
    return false
  }
}
