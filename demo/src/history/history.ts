// Messages, and the latest values and counts of the explorer, over a reload: in IndexedDB, for each account at each broker.
import { signal } from '@preact/signals'
import { tree } from '../explorer/tree.js'
import { log } from '../messages/log.js'
import { accountOf, type Settings } from '../store/settings.js'
import { read, write } from '../store/storage.js'
import { sentence } from '../ui/text.js'
import { claim } from './claim.js'
import { Database } from './database.js'
import { Keeper } from './keeper.js'

/** Milliseconds between two looks at what is new. */
const PERIOD = 5000
/** Milliseconds for which a page that never rests is left alone. */
const PATIENCE = 1000
/** In the session's storage, for the next page of the tab. */
const REST = 'history rest'

interface Open {
  readonly keeper: Keeper
  readonly release: () => void
}

/** What is written, and why nothing is; empty: all is well. */
export const history = signal<{ messages: number; problem: string }>({ messages: 0, problem: '' })

let database: Promise<Database> | undefined
let scope: string | undefined
let open: Open | undefined
let turn: Promise<void> = Promise.resolve()

/** Goes on with the history of these settings, where it is another. Never rejects. */
export function useHistory(settings: Settings): Promise<void> {
  turn = turn.then(() => change(accountOf(settings))).catch(tell)
  return turn
}

export function startHistory(): void {
  setInterval(() => void saveSoon(), PERIOD)
  addEventListener('pagehide', () => {
    if (open === undefined) return
    write('sessionStorage', REST, open.keeper.rest)
    void saveAll()
  })
  document.addEventListener('visibilitychange', () => document.hidden && void saveAll())
}

/** Of this tab and of all others, at all brokers. Rejects where the browser refuses it. */
export async function clearHistory(): Promise<void> {
  log.clear()
  tree.clear()
  await (await opened()).clear()
  await saveAll()
}

async function change(next: string): Promise<void> {
  if (next === scope) return
  await saveAll()
  open?.release()
  open = undefined
  if (scope !== undefined) {
    log.clear()
    tree.clear()
  }
  scope = next
  const opening = await opened()
  const { slot, release } = await claim(opening, scope)
  open = { keeper: await Keeper.read(opening, slot, log, tree, read('sessionStorage', REST)), release }
  write('sessionStorage', REST, undefined)
  history.value = { messages: open.keeper.count, problem: '' }
}

function opened(): Promise<Database> {
  database ??= Database.open()
  return database
}

/** A part in each pause of the page; not what comes meanwhile. */
async function saveSoon(): Promise<void> {
  const own = open
  for (let left = own?.keeper.partsLeft ?? 0; left > 0; left--) {
    await pause()
    if (own !== open || own === undefined || !(await save(own, false))) return
  }
}

async function saveAll(): Promise<void> {
  if (open !== undefined && open.keeper.partsLeft > 0) await save(open, true)
}

async function save({ keeper }: Open, isAll: boolean): Promise<boolean> {
  try {
    await keeper.save({ isAll })
    history.value = { messages: keeper.count, problem: '' }
    return true
  } catch (error) {
    tell(error)
    return false
  }
}

function tell(error: unknown): void {
  const reason = (error as Error | undefined)?.name === 'QuotaExceededError' ? 'It has no more room.' : sentence(error)
  history.value = { messages: 0, problem: `This browser does not keep the history, which ends with this page: ${reason}` }
}

function pause(): Promise<void> {
  const { requestIdleCallback: idle } = globalThis as { requestIdleCallback?: typeof requestIdleCallback }
  return new Promise((resolve) => (idle === undefined ? setTimeout(resolve) : idle(() => resolve(), { timeout: PATIENCE })))
}
