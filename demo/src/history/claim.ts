// Which slot a tab gets: after a reload its own, else the latest that no tab has, or a new one.
import { record, text } from '../store/shapes.js'
import { read, write } from '../store/storage.js'
import type { Database, Slot } from './database.js'

/** Milliseconds: a browser may release the lock of a page shortly after its reload has begun. */
const RELOAD_TIME = 2000
/** Slots that are kept, of all brokers. */
const MOST_SLOTS = 12

export interface Claim {
  readonly slot: Slot
  readonly release: () => void
}

export async function claim(database: Database, scope: string): Promise<Claim> {
  const slots = (await database.slots()).sort((one, other) => other.usedAt - one.usedAt)
  const remembered = record(read('sessionStorage', 'history'))
  const own = text(remembered[scope], '')
  const ofScope = slots.filter((slot) => slot.scope === scope)
  const claimed = await firstFree(ofScope, own)
  const slot = { id: claimed?.slot.id ?? newId(), scope, usedAt: Date.now() }
  const release = claimed?.release ?? (await lock(slot.id, 0)) ?? (() => {})
  // The next page has to find it, whatever becomes of what is written in the last moment.
  await database.save(slot)
  write('sessionStorage', 'history', { ...remembered, [scope]: slot.id })
  for (const old of slots.slice(MOST_SLOTS)) await removeUnused(database, old)
  return { slot, release }
}

const newId = () => Date.now().toString(36) + Math.random().toString(36).slice(2)

async function firstFree(slots: readonly Slot[], own: string): Promise<Claim | undefined> {
  const mine = slots.find(({ id }) => id === own)
  const others = hasLocks() ? slots.filter((slot) => slot !== mine) : []
  for (const slot of mine === undefined ? others : [mine, ...others]) {
    const release = await lock(slot.id, slot === mine ? RELOAD_TIME : 0)
    if (release !== undefined) return { slot, release }
  }
  return undefined
}

async function removeUnused(database: Database, { id }: Slot): Promise<void> {
  const release = hasLocks() ? await lock(id, 0) : undefined
  if (release === undefined) return
  await database.remove(id)
  release()
}

/** Only pages of secure contexts have locks: elsewhere nobody knows which slots are free. */
function hasLocks(): boolean {
  return (navigator as { locks?: LockManager }).locks !== undefined
}

/** Undefined: another tab has it. @param patience milliseconds */
function lock(id: string, patience: number): Promise<(() => void) | undefined> {
  if (!hasLocks()) return Promise.resolve(() => {})
  const options = patience > 0 ? { signal: AbortSignal.timeout(patience) } : { ifAvailable: true }
  return new Promise((resolve) => {
    const hold = (held: Lock | null) =>
      new Promise<void>((release) => {
        resolve(held === null ? undefined : release)
        if (held === null) release()
      })
    navigator.locks.request(`websocket-mq demo history ${id}`, options, hold).catch(() => resolve(undefined))
  })
}
