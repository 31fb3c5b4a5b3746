// The part of a uid that tells several connections of one account apart: kept for the life of a tab, and never shared
// with another. A tab that is duplicated has the storage of the first one, so that the name alone proves nothing.

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 4
/** What the convention allows. */
export const RAND = /^[a-z0-9]{4,16}$/
/** A reloaded page may ask a moment before the browser has let go of what it held before. */
const PATIENCE = 500
/** How long another tab may take to say that a name is its own, where there are no locks. */
const ANSWER_TIME = 150

export interface Identity {
  readonly rand: string
  /** Somebody else has the name: this connection has another one, and so has the tab when it is loaded anew. */
  rename: (rand: string) => void
  /** For others of this tab, and for this one after `leave()`. */
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

/** Names that connections of this page have. */
const taken = new Set<string>()

/** The name that this tab had for the account before a reload, unless another tab has it now; else a new one. */
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

/** Takes what no two tabs can have at once; undefined where another one has it, after some milliseconds of waiting. */
type Guard = (key: string, patience: number) => Promise<(() => void) | undefined>

/** None: a name that was used before cannot be told from one in use, and is not taken again. */
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
      // In vain; or not allowed, as in a sandboxed frame.
      .catch(() => resolve(undefined))
  })
}

/** Whoever has the name listens on its channel, and answers. */
async function ask(channel: BroadcastChannel, isQuestion: boolean): Promise<(() => void) | undefined> {
  // Two tabs that ask at the same time: the one with the lower ticket has it.
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
    // Full or denied: the next page has another name.
  }
}
