// How things stand, by key, and which pages are told: one that comes late is told of all that is so.
import type { HostPort } from '../host-port.js'
import { goneOf } from './census.js'
import type { StateRow } from './commands.js'

/** As many as any page keeps of a kind. */
const MOST = 100_000

interface Reader {
  wants: (key: string) => boolean
  /** What it could not be told, as it did not read. */
  readonly missed: Set<string>
}

export class Board {
  readonly #kind: StateRow[0]
  readonly #rows = new Map<string, StateRow>()
  readonly #readers = new Map<HostPort, Reader>()

  constructor(kind: StateRow[0]) {
    this.#kind = kind
  }

  received(row: StateRow): void {
    const key = row[1]
    if (row[2] === undefined) this.#rows.delete(key)
    else if (this.#rows.has(key) || this.#rows.size < MOST) this.#rows.set(key, row)
    for (const [port, reader] of this.#readers) if (reader.wants(key)) this.#tell(port, reader, row)
  }

  /** The page is told of what it did not want before, that what it does not want any more is gone, and of all that follows. */
  open(port: HostPort, wants: (key: string) => boolean = () => true): void {
    const former = this.#readers.get(port)
    const reader: Reader = { wants, missed: former?.missed ?? new Set() }
    this.#readers.set(port, reader)
    for (const [key, row] of this.#rows) {
      const [did, does] = [former?.wants(key) === true, wants(key)]
      if (did !== does) this.#tell(port, reader, does ? row : goneOf(this.#kind, key))
    }
  }

  close(port: HostPort): void {
    this.#readers.delete(port)
  }

  /** Nobody is told of these any more. */
  forget(isWanted: (key: string) => boolean): void {
    for (const key of this.#rows.keys()) if (!isWanted(key)) this.#rows.delete(key)
  }

  /** The page has read. */
  caughtUp(port: HostPort): void {
    const reader = this.#readers.get(port)
    if (reader === undefined || reader.missed.size === 0 || !port.hasCaughtUp) return
    const missed = [...reader.missed]
    reader.missed.clear()
    for (const key of missed) if (reader.wants(key)) this.#tell(port, reader, this.#rows.get(key) ?? goneOf(this.#kind, key))
  }

  #tell(port: HostPort, { missed }: Reader, row: StateRow): void {
    const size = row[1].length + (row[2]?.length ?? 0) + (row[0] === 'presence' ? (row[4]?.length ?? 0) : 0)
    // In the order of what happened: all that is missed is told together.
    if (missed.has(row[1]) || !port.tellRow(row, size)) missed.add(row[1])
  }
}
