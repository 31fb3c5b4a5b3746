// Writes the records of a slot, one batch at a time, and keeps them here as well: what could not be written, because
// storage is full, denied or was deleted, is written as soon as that is possible.
import type { Claim } from './slots.js'
import { Fenced, type Key, type Row, split, type Storage } from './storage.js'

/** Milliseconds before a failed write is repeated; each further one waits twice as long. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000
const LONGEST_CLOSE = 5000
/** What another page has taken over is not stored here, and so nothing is sent that waits for that. */
const NEVER = new Promise<never>(() => {})

export class Mirror {
  readonly #storage: Storage
  readonly #claim: Claim
  readonly #rows = new Map<string, Row>()
  /** What storage does not have yet: rows, or keys of rows that are over. */
  #changed = new Map<string, Row | Key>()
  /** What is in transactions that are not complete. */
  readonly #written = new Set<Map<string, Row | Key>>()
  #writing: Promise<void> | undefined
  #following: Promise<void> | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #pause = FIRST_PAUSE
  /** Once for each cause, until storing is possible again. */
  #reported: string | undefined
  /** Why storage failed last. */
  cause: unknown
  #isClosed = false
  /** Another page has taken the slot over. */
  #isFenced = false
  #onFenced = () => {}
  onFailed: (cause: unknown) => void = () => {}

  constructor(storage: Storage, claim: Claim) {
    this.#storage = storage
    this.#claim = claim
    for (const row of claim.rows) this.#rows.set(nameOf(row), row)
    mirrors.add(this)
  }

  get size(): number {
    return this.#rows.size
  }

  /** Whether storage failed, and is tried again later. */
  get isBehind(): boolean {
    return this.#retry !== undefined
  }

  rows(): Iterable<Row> {
    return this.#rows.values()
  }

  get(key: Key): Row | undefined {
    return this.#rows.get(nameOf(key))
  }

  put(row: Row): void {
    const name = nameOf(row)
    this.#rows.set(name, row)
    this.#changed.set(name, row)
  }

  erase(key: Key): void {
    const name = nameOf(key)
    if (this.#rows.delete(name)) this.#changed.set(name, { kind: key.kind, number: key.number })
  }

  /**
   * Resolves when all that has changed is stored, or when it cannot be: delivery goes on from memory. Never rejects, and
   * stays open once another page has taken the slot over.
   */
  flush(): Promise<void> | undefined {
    if (this.#isFenced) return NEVER
    if (this.#changed.size === 0 || this.#retry !== undefined) return this.#following ?? this.#writing
    if (this.#writing === undefined || isLeaving()) {
      const writing = this.#begin()
      if (isLeft) this.leave()
      return writing
    }
    // What changes during a transaction is one more.
    this.#following ??= this.#writing.then(() => {
      this.#following = undefined
      return this.flush()
    })
    return this.#following
  }

  /** Storage cannot be used: everything is written when it can be. */
  failed(cause: unknown): void {
    if (cause instanceof Fenced) this.#fence()
    if (this.#isFenced) return
    for (const [name, row] of this.#rows) this.#changed.set(name, row)
    this.cause = cause
    this.#report(cause)
    if (this.#isClosed || this.#retry !== undefined) return
    this.#retry = setTimeout(() => {
      this.#retry = undefined
      void this.#begin(true)
    }, this.#pause)
    ;(this.#retry as { unref?: () => void }).unref?.()
    this.#pause = Math.min(2 * this.#pause, LONGEST_PAUSE)
  }

  /** The page is being left: a transaction may come to nothing. */
  leave(): void {
    const unwritten = new Map([...this.#written, this.#changed].flatMap((changes) => [...changes]))
    if (unwritten.size > 0) this.#storage.leave?.(this.#claim.slot, [...unwritten.values()])
  }

  /** The page was left, and is back. */
  comeBack(): void {
    this.#storage.leave?.(this.#claim.slot, undefined)
    if (this.#retry === undefined) void this.flush()
  }

  saveSlot(): void {
    this.#storage.save(this.#claim.slot).catch((cause: unknown) => this.failed(cause))
  }

  /** Writes what is left, and lets others have the slot. */
  async close(): Promise<void> {
    this.#isClosed = true
    const { isBehind } = this
    clearTimeout(this.#retry)
    this.#retry = undefined
    const close = async () => {
      await (isBehind ? this.#begin(true) : this.flush())
      mirrors.delete(this)
      this.#claim.slot.used = Date.now()
      await this.#storage.save(this.#claim.slot).catch(() => {})
      this.#claim.release()
    }
    if (this.#isFenced) return
    // Storage that does not answer keeps the slot, and nobody waiting.
    let timer: ReturnType<typeof setTimeout> | undefined
    const given = new Promise<void>((resolve) => {
      this.#onFenced = resolve
      timer = setTimeout(resolve, LONGEST_CLOSE)
    })
    await Promise.race([close(), given])
    clearTimeout(timer)
  }

  /** The slot is over, with all that is in it. */
  async discard(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#retry)
    mirrors.delete(this)
    await this.#writing
    await this.#storage.remove(this.#claim.slot.id).catch(() => {})
    this.#claim.release()
  }

  /** What happens here is of no account any more, and the page is repeating it elsewhere: it ends without a word. */
  #fence(): void {
    if (this.#isFenced) return
    this.#isFenced = true
    clearTimeout(this.#retry)
    this.#retry = undefined
    mirrors.delete(this)
    this.#storage.leave?.(this.#claim.slot, undefined)
    this.#claim.release()
    this.#onFenced()
  }

  /** @param isNew the slot may not be in storage, or no more */
  #begin(isNew = false): Promise<void> {
    const changed = this.#changed
    this.#changed = new Map()
    this.#written.add(changed)
    const { id } = this.#claim.slot
    const { put, erased } = split(changed.values())
    const saved = isNew ? this.#storage.save(this.#claim.slot) : undefined
    const write = () => this.#storage.write(id, put, erased)
    const writing = (saved?.then(write) ?? write())
      .then(
        () => {
          this.#pause = FIRST_PAUSE
          this.#reported = undefined
        },
        (cause: unknown) => {
          for (const [name, change] of changed) if (!this.#changed.has(name)) this.#changed.set(name, change)
          this.failed(cause)
          return this.#isFenced ? NEVER : undefined
        },
      )
      .finally(() => {
        this.#written.delete(changed)
        if (this.#writing === writing) this.#writing = undefined
      })
    this.#writing = writing
    return writing
  }

  #report(cause: unknown): void {
    const name = (cause as Partial<Error> | null)?.name ?? String(cause)
    if (this.#reported === name) return
    this.#reported = name
    this.onFailed(cause)
  }
}

function nameOf({ kind, number }: Key): string {
  return `${kind}/${number}`
}

/** Those of this page. */
const mirrors = new Set<Mirror>()
let isLeft = false
/** Node has no such events. */
const page = globalThis as { addEventListener?: typeof addEventListener }
page.addEventListener?.('pagehide', () => {
  isLeft = true
  for (const mirror of mirrors) mirror.leave()
})
page.addEventListener?.('pageshow', () => {
  if (!isLeft) return
  isLeft = false
  for (const mirror of mirrors) mirror.comeBack()
})

/** A page that is hidden or left may have no later moment. */
function isLeaving(): boolean {
  return isLeft || (globalThis as { document?: Document }).document?.visibilityState === 'hidden'
}
