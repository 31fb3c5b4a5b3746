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

/** Resolves with what gives the lock back, once it is held. Rejects with the signal's reason. */
export function hold(name: string, signal?: AbortSignal): Promise<() => void> {
  const locks = locksOf()
  if (locks === undefined) return Promise.reject(new Error('This environment has no Web Locks.'))
  return new Promise((resolve, reject) => {
    const held = (): Promise<void> => new Promise((release) => resolve(release))
    locks.request(name, signal === undefined ? {} : { signal }, held).catch(reject)
  })
}

/** Calls back once nobody holds the lock any more. */
export function whenReleased(name: string, call: () => void): void {
  locksOf()
    ?.request(name, call)
    .catch(() => {})
}
