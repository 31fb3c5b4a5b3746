// The tabs of a webapp, as its record tells of them.
import { RAND } from './identity.js'

/** One of several tabs that share a connection, and of which each has a state. */
export interface PresentTab<State = unknown> {
  /** 4 to 16 of `a-z0-9`, of no other tab of the webapp; the same for as long as its page lives. */
  readonly id: string
  /** When it joined, by its own clock; the beginning of 1970 if it does not say. */
  readonly since: Date
  /** Its own state, null if it was none. Its type is not checked. */
  readonly state: State
}

/** Of milliseconds since 1970, as anybody may have written them. */
export function dateOf(since: unknown): Date {
  const date = new Date(typeof since === 'number' ? since : 0)
  return Number.isNaN(date.getTime()) ? new Date(0) : date
}

/** What is no sound tab in the JSON text of an array, or was there before, is passed over. */
export function tabsOf<State>(text: string): PresentTab<State>[] {
  const tabs = new Map<string, PresentTab<State>>()
  for (const each of JSON.parse(text) as unknown[]) {
    const { id, since, state = null } = (each ?? {}) as Partial<Record<'id' | 'since' | 'state', unknown>>
    if (typeof id === 'string' && RAND.test(id) && !tabs.has(id)) tabs.set(id, { id, since: dateOf(since), state: state as State })
  }
  return [...tabs.values()]
}
