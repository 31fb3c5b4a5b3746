// What only one tab of an origin can hold.

/** Milliseconds for another tab to answer that a name is its own, where there are no locks. */
const ANSWER_TIME = 150

/** The lock of a key. */
export function lockOf(key: string): string {
  return `websocket-mq ${key}`
}

/**
 * Acquires what only one tab can hold; undefined if another holds it, after at most `patience` milliseconds. A key that is
 * new, such as a random one, is held by nobody.
 */
export type Guard = (key: string, patience: number, isNew?: boolean) => Promise<(() => void) | undefined>

/** By a lock, else by asking the other tabs; undefined where neither is possible. */
export function findGuard(): Guard | undefined {
  const { navigator, BroadcastChannel: Channel } = globalThis as { navigator?: Navigator; BroadcastChannel?: typeof BroadcastChannel }
  const locks = navigator?.locks // not in pages that came over plain http:
  if (locks !== undefined) return (key, patience) => lock(locks, key, patience)
  return Channel === undefined ? undefined : (key, _, isNew) => ask(new Channel(lockOf(key)), isNew !== true)
}

async function lock(locks: LockManager, key: string, patience: number): Promise<(() => void) | undefined> {
  const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true }
  return new Promise((resolve) => {
    locks
      .request(lockOf(key), options, (held) => {
        if (held === null) return resolve(undefined)
        return new Promise<void>((release) => resolve(release))
      })
      // Timed out; or not allowed, as in a sandboxed frame.
      .catch(() => resolve(undefined))
  })
}

/** The tab that has the name answers on its channel. */
async function ask(channel: BroadcastChannel, isQuestion: boolean): Promise<(() => void) | undefined> {
  // Of two tabs that ask at the same time, the one with the lower ticket gets it.
  const ticket = Math.random()
  const isTaken = isQuestion
    ? await new Promise<boolean>((resolve) => {
        channel.onmessage = ({ data }: MessageEvent<{ ask?: number; has?: true }>) => {
          if (data.has === true || (data.ask ?? 1) < ticket) resolve(true)
          else channel.postMessage({ has: true })
        }
        channel.postMessage({ ask: ticket })
        setTimeout(() => resolve(false), ANSWER_TIME)
      })
    : false
  if (isTaken) {
    channel.close()
    return undefined
  }
  channel.onmessage = ({ data }: MessageEvent<{ ask?: number }>) => {
    if (data.ask !== undefined) channel.postMessage({ has: true })
  }
  return () => channel.close()
}
