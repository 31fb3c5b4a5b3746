// Web Locks tell who lives: a page that closes, crashes or is frozen gives its lock back, and nothing has to poll.

import { MqttError } from '../errors.js'

export function locksOf(): LockManager | undefined {
  return (globalThis as { navigator?: { locks?: LockManager } }).navigator?.locks
}

/** Throws MqttError (`not_supported`). */
export function requireLocks(): void {
  if (locksOf() === undefined)
    throw new MqttError(
      'not_supported',
      'Tabs can share a connection only where there are Web Locks: serve the page by https:, or leave the option shared out.',
    )
}

export interface HoldOptions {
  /** Ends the waiting. A lock that is stolen is not waited for. */
  readonly signal?: AbortSignal
  /** Takes the lock from whoever holds it. */
  readonly steal?: true
  /** Somebody has stolen it. */
  readonly onStolen?: () => void
}

/** Resolves with what gives the lock back, once it is held. Rejects with the signal's reason. */
export function hold(name: string, { onStolen, ...options }: HoldOptions = {}): Promise<() => void> {
  const locks = locksOf()
  if (locks === undefined) return Promise.reject(new Error('This environment has no Web Locks.'))
  return new Promise((resolve, reject) => {
    let isHeld = false
    const held = (): Promise<void> =>
      new Promise((release) => {
        isHeld = true
        resolve(release)
      })
    locks.request(name, options, held).catch((thrown: unknown) => (isHeld ? onStolen?.() : reject(thrown)))
  })
}

/** Which page or worker holds the lock. */
export async function holderOf(name: string): Promise<string | undefined> {
  const { held = [] } = (await locksOf()?.query()) ?? {}
  return held.find((lock) => lock.name === name)?.clientId
}

/** Calls back once nobody holds the lock any more. */
export function whenReleased(name: string, call: () => void): void {
  locksOf()
    ?.request(name, call)
    .catch(() => {})
}
