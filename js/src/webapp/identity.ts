// The part of a uid that distinguishes several connections of one account: a tab keeps it over reloads, and no two tabs
// share it. A duplicated tab has a copy of the storage, so that a stored name alone proves nothing.

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 4
/** The convention's rule. */
export const RAND = /^[a-z0-9]{4,16}$/
/** Milliseconds: the browser may release the lock of a page shortly after its reload has begun. */
const PATIENCE = 500
/** Milliseconds for another tab to answer that a name is its own, where there are no locks. */
const ANSWER_TIME = 150

export interface Identity {
  readonly rand: string
  /** Another webapp has the name: this connection, and the tab after a reload, has a new one. */
  rename: (rand: string) => void
  /** Lets others of this tab, or a later join(), have the name. */
  release: () => void
}

/** Four of `a-z0-9`, each equally likely. */
export function randomName(): string {
  let name = ''
  while (name.length < LENGTH)
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH * 2)))
      if (byte < 252 && name.length < LENGTH) name += LETTERS.charAt(byte % LETTERS.length)
  return name
}

/** Names of the connections of this page. */
const taken = new Set<string>()

/** The name that this tab had for the account before a reload, or a new one if another tab has it now. */
export async function claimIdentity(account: string): Promise<Identity> {
  const guard = findGuard()
  const kept = guard === undefined ? [] : readNames(account)
  for (const [index, name] of kept.entries()) {
    const key = `${account}:${name}`
    if (taken.has(key)) continue
    taken.add(key)
    const release = await guard?.(key, PATIENCE)
    if (release !== undefined) return claim(account, name, guard, release)
    taken.delete(key)
    return claimNew(account, guard, kept, index)
  }
  return claimNew(account, guard, kept, kept.length)
}

async function claimNew(account: string, guard: Guard | undefined, kept: string[], index: number): Promise<Identity> {
  const name = randomName()
  const key = `${account}:${name}`
  taken.add(key)
  kept[index] = name
  if (guard !== undefined) writeNames(account, kept)
  return claim(account, name, guard, await guard?.(key, 0))
}

function claim(account: string, first: string, guard: Guard | undefined, held: (() => void) | undefined): Identity {
  let [rand, letGo] = [first, held]
  const keyOf = (name: string) => `${account}:${name}`
  const release = () => {
    if (taken.delete(keyOf(rand))) letGo?.()
  }
  return {
    get rand() {
      return rand
    },
    rename: (name) => {
      const kept = guard === undefined ? [] : readNames(account).map((each) => (each === rand ? name : each))
      release()
      rand = name
      letGo = undefined
      taken.add(keyOf(name))
      if (guard === undefined) return
      writeNames(account, kept)
      void guard(keyOf(name), 0).then((later) => {
        if (taken.has(keyOf(name))) letGo = later
        else later?.()
      })
    },
    release,
  }
}

/** Acquires what only one tab can hold; undefined if another holds it, after at most `patience` milliseconds. */
type Guard = (key: string, patience: number) => Promise<(() => void) | undefined>

/** Undefined: a name that was used before cannot be distinguished from one in use, and is not reused. */
function findGuard(): Guard | undefined {
  const { navigator, BroadcastChannel: Channel } = globalThis as { navigator?: Navigator; BroadcastChannel?: typeof BroadcastChannel }
  if (!hasStorage()) return undefined
  const locks = navigator?.locks // not in pages that came over plain http:
  if (locks !== undefined) return (key, patience) => lock(locks, key, patience)
  return Channel === undefined ? undefined : (key, patience) => ask(new Channel(`websocket-mq ${key}`), patience > 0)
}

async function lock(locks: LockManager, key: string, patience: number): Promise<(() => void) | undefined> {
  const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true }
  return new Promise((resolve) => {
    locks
      .request(`websocket-mq ${key}`, options, (held) => {
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

function hasStorage(): boolean {
  try {
    return (globalThis as { sessionStorage?: Storage }).sessionStorage !== undefined
  } catch {
    return false // denied
  }
}

function storageKey(account: string): string {
  return `websocket-mq ${account}`
}

function readNames(account: string): string[] {
  try {
    return (sessionStorage.getItem(storageKey(account)) ?? '').split(' ').filter((name) => RAND.test(name))
  } catch {
    return []
  }
}

function writeNames(account: string, names: readonly string[]): void {
  try {
    sessionStorage.setItem(storageKey(account), names.join(' '))
  } catch {
    // Full or denied: the page has another name after a reload.
  }
}
