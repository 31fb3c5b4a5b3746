// Slots and records in IndexedDB.
import { findGuard } from '../guard.js'
import { findJournal, leaveJournal, removeJournal } from './journal.js'
import { type Key, type Row, type Slot, split, type Storage } from './storage.js'

const DATABASE = 'websocket-mq'
const SLOTS = 'slots'
const RECORDS = 'records'
/** Milliseconds; some browsers never answer, for example where another tab refuses to close an older database. */
const PATIENCE = 5000

type Stored = Row & { slot: string }

export class IndexedDbStorage implements Storage {
  readonly #guard = findGuard()
  readonly #locked = new Set<string>()
  /** Slots whose records went with a database that was deleted: the next write of each says so. */
  #lost = new Set<string>()
  #opening: Promise<IDBDatabase> | undefined
  /** For what must begin before the task is over. */
  #database: IDBDatabase | undefined

  async lock(id: string, patience: number, isNew?: boolean): Promise<(() => void) | undefined> {
    this.#locked.add(id)
    return this.#guard?.(`outbox ${id}`, patience, isNew)
  }

  async slots(scope: string): Promise<Slot[]> {
    const all = await this.#run('readonly', (slots) => slots.getAll() as IDBRequest<Slot[]>)
    return all.filter((slot) => slot.scope === scope)
  }

  async save(slot: Slot): Promise<void> {
    await this.#run('readwrite', (slots) => slots.put({ ...slot }))
  }

  async remove(id: string): Promise<void> {
    await this.#run('readwrite', (slots, records) => {
      records.delete(rangeOf(id))
      return slots.delete(id)
    })
  }

  async read(id: string): Promise<Row[]> {
    const journal = findJournal(id)
    if (journal !== undefined) {
      await this.write(id, journal.put, journal.erased)
      removeJournal(id)
    }
    return this.#run('readonly', (_, records) => records.getAll(rangeOf(id)) as IDBRequest<Stored[]>)
  }

  async write(slot: string, put: readonly Row[], erased: readonly Key[]): Promise<void> {
    if (this.#lost.delete(slot)) throw new Error('The browser closed the database, or it was deleted.')
    await this.#run('readwrite', (_, records) => {
      for (const { kind, number } of erased) records.delete([slot, kind, number])
      for (const row of put) records.put({ ...row, slot } satisfies Stored)
      return undefined
    })
  }

  leave(id: string, unwritten: readonly (Row | Key)[] | undefined): void {
    if (unwritten === undefined) return removeJournal(id)
    const { put, erased } = split(unwritten)
    leaveJournal(id, put, erased)
  }

  /** One transaction, which begins at once where the database is open. */
  async #run<T>(mode: IDBTransactionMode, run: (slots: IDBObjectStore, records: IDBObjectStore) => IDBRequest<T> | undefined): Promise<T> {
    if (this.#guard === undefined) throw new Error('This environment has neither Web Locks nor BroadcastChannel.')
    const database = this.#database ?? (await this.#open())
    const transaction = database.transaction([SLOTS, RECORDS], mode, { durability: 'relaxed' })
    return new Promise((resolve, reject) => {
      const request = run(transaction.objectStore(SLOTS), transaction.objectStore(RECORDS))
      // undefined where nobody wants a result
      transaction.oncomplete = () => resolve(request?.result as T)
      transaction.onabort = () => reject(transaction.error ?? new Error('The browser discarded the transaction.'))
      // A page that is left may not live to see the requests succeed.
      transaction.commit()
    })
  }

  #open(): Promise<IDBDatabase> {
    this.#opening ??= openDatabase()
      .then((database) => {
        const forget = () => {
          database.close()
          this.#database = this.#opening = undefined
          this.#lost = new Set(this.#locked)
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

function rangeOf(slot: string): IDBKeyRange {
  return IDBKeyRange.bound([slot], [slot, []])
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
