// Where the records of outboxes are: slots, and records in each. A slot belongs to whoever holds its lock.

/** One client identifier at one broker, with one set of records. */
export interface Slot {
  readonly id: string
  /** The broker and the user: what is of another scope is another outbox's. */
  readonly scope: string
  clientId: string
  /** Milliseconds since 1970: when it was opened or closed last. */
  used: number
  /** The name of the connection, where it is that of tabs one of which has it for others. */
  readonly group?: string
  /** How often a page has taken it. */
  claims?: number
}

/** A record of the module (stored-message.ts) that always has its message, and what else there is to know of that. */
export interface Row {
  kind: number
  number: number
  record: Uint8Array
  /** Milliseconds since 1970. */
  publishedAt: number
  /** The same, of the end of its Message Expiry Interval. */
  expiresAt?: number
  /** What the owner of the outbox attached to the message. */
  origin?: string
}

export type Key = Pick<Row, 'kind' | 'number'>

/** The slot was given to another page: nothing of what is done with it under its old identifier is ever seen. */
export class Fenced extends Error {
  constructor() {
    super('Another page has taken the outbox over.')
  }
}

/** save() and write() reject with Fenced once others were given the slot. */
export interface Storage {
  /** Undefined: another tab or process has it, and still had it after `patience` milliseconds. Else call it to let go. */
  lock(id: string, patience: number, isNew?: boolean): Promise<(() => void) | undefined>
  slots(scope: string): Promise<Slot[]>
  /** Makes the slot, or replaces what is known of it. */
  save(slot: Slot): Promise<void>
  /** With its records. */
  remove(id: string): Promise<void>
  /** In ascending order. */
  read(id: string): Promise<Row[]>
  /** All or nothing, after what was written before. Begins at once: a page that is left has no other moment. */
  write(id: string, put: readonly Row[], erased: readonly Key[]): Promise<void>
  /** The page is being left, and this was not written yet; undefined: it is back. */
  leave?(slot: Slot, unwritten: readonly (Row | Key)[] | undefined): void
}

/** Rows to be stored, and keys of rows that are over. */
export function split(changes: Iterable<Row | Key>): { put: Row[]; erased: Key[] } {
  const put: Row[] = []
  const erased: Key[] = []
  for (const change of changes) {
    if ('record' in change) put.push(change)
    else erased.push(change)
  }
  return { put, erased }
}
