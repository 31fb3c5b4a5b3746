// What a page was told of webapps, devices and services. The next host tells all of it again, except for what has gone.
import type { StateRow } from './commands.js'

/** In milliseconds: how long after the last that came again the others count as gone, as after a lost session. */
const QUIET = 5000

interface Known {
  readonly row: StateRow
  /** Of the former host. */
  isOld: boolean
}

export class Census {
  readonly #known = new Map<string, Known>()
  readonly #onGone: (row: StateRow) => void
  #old = 0
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(onGone: (row: StateRow) => void) {
    this.#onGone = onGone
  }

  /** Whether it is news. */
  received(row: StateRow): boolean {
    const key = keyOf(row)
    const known = this.#known.get(key)
    if (known?.isOld === true) this.#old--
    if (row[2] === undefined) this.#known.delete(key)
    else this.#known.set(key, { row, isOld: false })
    if (known?.isOld !== true) return true
    if (this.#timer !== undefined) this.settle()
    return String(row) !== String(known.row)
  }

  /** Some of a kind are no longer watched, and so none of them is known: those that `isWatched` refuses. */
  forget(kind: StateRow[0], isWatched: (name: string) => boolean): void {
    for (const [key, { row, isOld }] of this.#known) {
      if (row[0] !== kind || isWatched(row[1])) continue
      this.#known.delete(key)
      this.#old -= Number(isOld)
    }
  }

  /** The host is gone. */
  lost(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const known of this.#known.values()) known.isOld = true
    this.#old = this.#known.size
  }

  /** The next host has joined: from now on what is there shows up. */
  settle(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#old > 0) this.#timer = setTimeout(() => this.#sweep(), QUIET)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#known.clear()
  }

  #sweep(): void {
    this.#timer = undefined
    this.#old = 0
    for (const [key, { row, isOld }] of [...this.#known]) {
      if (!isOld) continue
      this.#known.delete(key)
      this.#onGone(goneOf(row[0], row[1]))
    }
  }
}

function keyOf([kind, name]: StateRow): string {
  return `${kind} ${name}`
}

export function goneOf(kind: StateRow[0], key: string): StateRow {
  return kind === 'presence' ? [kind, key, undefined, 0] : [kind, key, undefined]
}
