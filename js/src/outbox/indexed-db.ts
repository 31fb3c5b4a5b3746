// Slots and records in IndexedDB. A page that hangs may go on writing at any time, and nothing can be asked of it: its slot
// is given to others under a new identifier. Transactions on the same stores come one after the other in all tabs, so that
// what it writes is in there before that, or else under the old identifier, where nobody looks.
import { findGuard, lockOf } from '../guard.js'
import { findJournal, leaveJournal, removeJournal } from './journal.js'
import { Fenced, type Key, type Row, type Slot, split, type Storage } from './storage.js'

const DATABASE = 'websocket-mq'
const SLOTS = 'slots'
const RECORDS = 'records'
/** Milliseconds; some browsers never answer, for example where another tab refuses to close an older database. */
const PATIENCE = 5000

type Stored = Row & { slot: string }

export class IndexedDbStorage implements Storage {
  readonly #guard = findGuard()
  readonly #locked = new Set<string>()
  /** Slots that are in the database, unless others were given them. */
  readonly #known = new Set<string>()
  /** Slots whose records went with a database that was deleted: the next write of each says so. */
  #lost = new Set<string>()
  #opening: Promise<IDBDatabase> | undefined
  /** For what must begin before the task is over. */
  #database: IDBDatabase | undefined

  async lock(id: string, patience: number, isNew?: boolean): Promise<(() => void) | undefined> {
    this.#locked.add(id)
    return this.#guard?.(keyOf(id), patience, isNew)
  }

  async slots(scope: string): Promise<Slot[]> {
    return (await this.#all()).filter((slot) => slot.scope === scope)
  }

  async save(slot: Slot): Promise<void> {
    const { id } = slot
    const isNew = !this.#known.has(id)
    const isThere = await this.#run('readwrite', ({ slots }) => {
      const found = slots.getKey(id)
      found.onsuccess = () => (isNew || found.result !== undefined) && slots.put({ ...slot })
      return () => found.result !== undefined
    })
    if (!isNew && !isThere) throw new Fenced()
    this.#known.add(id)
  }

  async remove(id: string): Promise<void> {
    await this.#run('readwrite', ({ slots, records, transaction }) => {
      records.delete(rangeOf(id))
      slots.delete(id)
      transaction.commit()
      return () => {}
    })
  }

  async read(id: string): Promise<Row[]> {
    this.#known.add(id)
    const rows = await this.#run('readwrite', ({ slots, records }) => {
      let rows: IDBRequest<Stored[]> | undefined
      const slot = slots.get(id) as IDBRequest<Slot | undefined>
      slot.onsuccess = () => {
        writeJournal(records, slot.result, id)
        rows = records.getAll(rangeOf(id)) as IDBRequest<Stored[]>
      }
      return () => rows?.result ?? []
    })
    removeJournal(id)
    return rows
  }

  async write(id: string, put: readonly Row[], erased: readonly Key[]): Promise<void> {
    if (this.#lost.delete(id)) throw new Error('The browser closed the database, or it was deleted.')
    const isThere = await this.#run('readwrite', ({ slots, records, transaction }) => {
      const found = slots.getKey(id)
      change(records, id, put, erased)
      // A page that is left may not live to see the requests succeed.
      transaction.commit()
      return () => found.result !== undefined
    })
    if (isThere || !this.#known.has(id)) return
    // Nobody will look for it.
    await this.remove(id)
    throw new Fenced()
  }

  leave(slot: Slot, unwritten: readonly (Row | Key)[] | undefined): void {
    if (unwritten === undefined) return removeJournal(slot.id)
    const { put, erased } = split(unwritten)
    leaveJournal(slot, put, erased)
  }

  /** Gives the slots of a shared connection to others. @param isHeld whether this lock is held by the page that hangs */
  async depose(group: string, isHeld: (lock: string) => Promise<boolean>): Promise<void> {
    for (const slot of await this.#all())
      if (slot.group === group && (await isHeld(lockOf(keyOf(slot.id))))) await this.#move(slot.id, crypto.randomUUID())
  }

  async #move(from: string, id: string): Promise<void> {
    await this.#run('readwrite', ({ slots, records }) => {
      const slot = slots.get(from) as IDBRequest<Slot | undefined>
      const rows = records.getAll(rangeOf(from)) as IDBRequest<Stored[]>
      rows.onsuccess = () => {
        if (slot.result === undefined) return
        slots.delete(from)
        records.delete(rangeOf(from))
        slots.put({ ...slot.result, id })
        change(records, id, rows.result, [])
        // Of a page that was left in this moment.
        writeJournal(records, slot.result, id)
      }
      return () => {}
    })
    removeJournal(from)
  }

  #all(): Promise<Slot[]> {
    return this.#run('readonly', ({ slots }) => resultOf(slots.getAll() as IDBRequest<Slot[]>))
  }

  /** One transaction, which begins at once where the database is open. What `run` returns gives the result, when it is over. */
  async #run<T>(mode: IDBTransactionMode, run: (stores: Stores) => () => T): Promise<T> {
    if (this.#guard === undefined) throw new Error('This environment has neither Web Locks nor BroadcastChannel.')
    const database = this.#database ?? (await this.#open())
    const transaction = database.transaction([SLOTS, RECORDS], mode, { durability: 'relaxed' })
    return new Promise((resolve, reject) => {
      const result = run({ transaction, slots: transaction.objectStore(SLOTS), records: transaction.objectStore(RECORDS) })
      transaction.oncomplete = () => resolve(result())
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser discarded the transaction.'))
    })
  }

  #open(): Promise<IDBDatabase> {
    this.#opening ??= openDatabase()
      .then((database) => {
        const forget = () => {
          database.close()
          this.#database = this.#opening = undefined
          this.#lost = new Set(this.#locked)
          this.#known.clear()
        }
        // It is being deleted: whoever does that waits for all to close it.
        database.onversionchange = database.onclose = forget
        return (this.#database = database)
      })
      .catch((thrown: unknown) => {
        this.#opening = undefined
        throw thrown
      })
    return this.#opening
  }
}

interface Stores {
  readonly transaction: IDBTransaction
  readonly slots: IDBObjectStore
  readonly records: IDBObjectStore
}

function keyOf(slot: string): string {
  return `outbox ${slot}`
}

function rangeOf(slot: string): IDBKeyRange {
  return IDBKeyRange.bound([slot], [slot, []])
}

function change(records: IDBObjectStore, slot: string, put: readonly Row[], erased: readonly Key[]): void {
  for (const { kind, number } of erased) records.delete([slot, kind, number])
  for (const row of put) records.put({ ...row, slot } satisfies Stored)
}

/** What the last owner of the slot could not write, as records of `id`. */
function writeJournal(records: IDBObjectStore, slot: Slot | undefined, id: string): void {
  const journal = slot && findJournal(slot)
  if (journal !== undefined) change(records, id, journal.put, journal.erased)
}

function resultOf<T>(request: IDBRequest<T>): () => T {
  return () => request.result
}

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    // Throws where it is denied, and is absent in some web views.
    const { indexedDB } = globalThis as { indexedDB?: IDBFactory }
    if (indexedDB === undefined) throw new Error('This environment has no IndexedDB.')
    const request = indexedDB.open(DATABASE, 1)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(new Error('IndexedDB does not answer.'))
    }, PATIENCE)
    request.onupgradeneeded = () => {
      request.result.createObjectStore(SLOTS, { keyPath: 'id' })
      request.result.createObjectStore(RECORDS, { keyPath: ['slot', 'kind', 'number'] })
    }
    request.onsuccess = () => {
      clearTimeout(timer)
      if (isLate) request.result.close()
      else resolve(request.result)
    }
    request.onerror = () => {
      clearTimeout(timer)
      reject(request.error ?? new Error('IndexedDB cannot be opened.'))
    }
  })
}
