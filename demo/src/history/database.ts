// The history's database. Each slot is the history of one tab at one broker; its records have numbers.

const NAME = 'websocket-mq demo'
/** Of what the records hold: those of another version are dropped. */
const VERSION = 1
const STORES = ['slots', 'messages', 'topics'] as const
/** Milliseconds: some browsers never answer. */
const PATIENCE = 3000

export interface Slot {
  readonly id: string
  /** Which account at which broker. */
  readonly scope: string
  /** Milliseconds since 1970. */
  readonly usedAt: number
}

export interface Stored {
  readonly slot: string
  readonly number: number
}

type Stores = Readonly<Record<(typeof STORES)[number], IDBObjectStore>>

export class Database {
  readonly #database: IDBDatabase

  private constructor(database: IDBDatabase) {
    this.#database = database
    // Another page deletes it, or has a newer version of it.
    database.onversionchange = () => database.close()
  }

  /** Rejects where the browser denies it. */
  static open(): Promise<Database> {
    return new Promise((resolve, reject) => {
      const { indexedDB } = globalThis as { indexedDB?: IDBFactory }
      if (indexedDB === undefined) throw new Error('It has no IndexedDB.')
      const request = indexedDB.open(NAME, VERSION)
      const timer = setTimeout(() => reject(new Error('IndexedDB does not answer.')), PATIENCE)
      request.onupgradeneeded = () => {
        for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name)
        request.result.createObjectStore('slots', { keyPath: 'id' })
        for (const name of ['messages', 'topics']) request.result.createObjectStore(name, { keyPath: ['slot', 'number'] })
      }
      request.onsuccess = () => {
        clearTimeout(timer)
        resolve(new Database(request.result))
      }
      request.onerror = () => {
        clearTimeout(timer)
        reject(request.error ?? new Error('IndexedDB cannot be opened.'))
      }
    })
  }

  /** One transaction, whose requests are made at once. Resolves when it is complete, with what `act` returned. */
  async run<Result>(mode: IDBTransactionMode, act: (stores: Stores) => Result): Promise<Result> {
    const transaction = this.#database.transaction(STORES, mode, { durability: 'relaxed' })
    const stores = Object.fromEntries(STORES.map((name) => [name, transaction.objectStore(name)])) as Stores
    let result
    try {
      result = act(stores)
    } catch (error) {
      transaction.abort()
      throw error
    }
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve()
      transaction.onabort = () => reject(transaction.error ?? new Error('It gave the transaction up.'))
    })
    // A page that is left may not live to see its requests succeed.
    transaction.commit()
    await done
    return result
  }

  async slots(): Promise<Slot[]> {
    const request = await this.run('readonly', ({ slots }) => slots.getAll() as IDBRequest<Slot[]>)
    return request.result
  }

  async save(slot: Slot): Promise<void> {
    await this.run('readwrite', ({ slots }) => slots.put(slot))
  }

  /** The records of a slot, in the order of their numbers. */
  async read<Messages, Topics>(slot: string): Promise<{ messages: Messages[]; topics: Topics[] }> {
    const requests = await this.run('readonly', ({ messages, topics }) => [messages.getAll(all(slot)), topics.getAll(all(slot))] as const)
    return { messages: requests[0].result as Messages[], topics: requests[1].result as Topics[] }
  }

  async remove(slot: string): Promise<void> {
    await this.run('readwrite', ({ slots, messages, topics }) => {
      slots.delete(slot)
      for (const store of [messages, topics]) store.delete(all(slot))
    })
  }

  /** All slots, those of other tabs too. */
  async clear(): Promise<void> {
    await this.run('readwrite', (stores) => Object.values(stores).forEach((store) => store.clear()))
  }
}

/** The records of a slot. */
export function all(slot: string): IDBKeyRange {
  return IDBKeyRange.bound([slot], [slot, []])
}
