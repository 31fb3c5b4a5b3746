// The part of a uid that distinguishes several connections of one account: a tab keeps it over reloads, and no two tabs
// share it. A duplicated tab has a copy of the storage, so that a stored name alone proves nothing.

import { findGuard as findAnyGuard, type Guard } from '../guard.js'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'
const LENGTH = 4
/** The convention's rule. */
export const RAND = /^[a-z0-9]{4,16}$/
/** Milliseconds: the browser may release the lock of a page shortly after its reload has begun. */
const PATIENCE = 500

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
  return claim(account, name, guard, await guard?.(key, 0, true))
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
      void guard(keyOf(name), 0, true).then((later) => {
        if (taken.has(keyOf(name))) letGo = later
        else later?.()
      })
    },
    release,
  }
}

/** Of tabs that share the connection of that name: nobody else can have it, and each keeps it in case that it is the first. */
export function sharedIdentity(account: string, connection: string): Identity {
  const key = `${account} ${connection}`
  let [rand = randomName()] = hasStorage() ? readNames(key) : []
  const rename = (name: string) => {
    rand = name
    if (hasStorage()) writeNames(key, [name])
  }
  rename(rand)
  return {
    get rand() {
      return rand
    },
    rename,
    release: () => {},
  }
}

/** Undefined: a name that was used before cannot be distinguished from one in use, and is not reused. */
function findGuard(): Guard | undefined {
  return hasStorage() ? findAnyGuard() : undefined
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
