// Slots and records in files, under Node: for each slot a log, to which changes are appended, and a lock. Whoever takes the
// lock from another machine makes a new file of the log: a process there that was only stopped goes on with the old one.
/* eslint-disable @typescript-eslint/require-await -- what these methods throw is a rejection, as with other storage */
import { InvalidArgumentError } from '../errors.js'
import { builtin } from '../node.js'
import { type FileLock, lockFile, type LockModules } from './file-lock.js'
import { appendErased, appendPut, appendSlot, type Crc32, logHeader, readLog } from './log-format.js'
import type { NodeFs } from './node-modules.js'
import { Fenced, type Key, type Row, type Slot, type Storage } from './storage.js'

/** Bytes; a larger log is rewritten once more than half of it is out of date. */
const COMPACT_ABOVE = 2 ** 20
const SUFFIX = '.outbox'
/** Of a slot's identifier. */
const NAME = /^[\da-f-]{36}$/

/** What is known of a slot that this process has locked. */
interface Log {
  descriptor: number
  size: number
  slot: Slot | undefined
  rows: Map<string, Row>
}

export function isNode(): boolean {
  return builtin('node:fs') !== undefined
}

export class FileStorage implements Storage {
  readonly #folder: string
  readonly #modules: LockModules
  readonly #crc32: Crc32
  readonly #logs = new Map<string, Log>()
  readonly #locks = new Map<string, FileLock>()

  constructor(folder: string) {
    const [fs, path, os, zlib] = ['fs', 'path', 'os', 'zlib'].map((name) => builtin(`node:${name}`))
    if (fs === undefined) throw new InvalidArgumentError('outbox.folder is for Node: leave it out, and the outbox is in IndexedDB.')
    this.#modules = { fs, os } as LockModules
    this.#crc32 = (zlib as { crc32: Crc32 }).crc32
    this.#folder = (path as { resolve: (path: string) => string }).resolve(folder)
  }

  async lock(id: string, patience: number): Promise<(() => void) | undefined> {
    this.#fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
    const lock = await lockFile(this.#modules, this.#path(id, '.lock'), patience)
    if (lock === undefined) return undefined
    this.#locks.set(id, lock)
    return () => {
      this.#close(id)
      this.#locks.delete(id)
      lock.release()
    }
  }

  async slots(scope: string): Promise<Slot[]> {
    const names = this.#fs.existsSync(this.#folder) ? this.#fs.readdirSync(this.#folder) : []
    const ids = names.filter((name) => name.endsWith(SUFFIX)).map((name) => name.slice(0, -SUFFIX.length))
    const slots = ids.filter((id) => NAME.test(id)).map((id) => this.#slot(id))
    return slots.filter((slot) => slot?.scope === scope) as Slot[]
  }

  async save(slot: Slot): Promise<void> {
    const log = this.#logs.get(slot.id) ?? this.#open(slot.id)
    log.slot = { ...slot }
    if (log.size === 0) this.#rewrite(slot.id, log)
    else this.#append(slot.id, log, [appendSlot(this.#crc32, log.slot)])
  }

  async remove(id: string): Promise<void> {
    if (this.#locks.get(id)?.isLost() === true) throw new Fenced()
    this.#close(id)
    this.#fs.rmSync(this.#path(id), { force: true })
  }

  async read(id: string): Promise<Row[]> {
    const log = this.#logs.get(id) ?? this.#open(id)
    if (this.#locks.get(id)?.isTakenOver === true) this.#rewrite(id, log)
    return [...log.rows.values()].map((row) => ({ ...row })).sort((a, b) => a.kind - b.kind || a.number - b.number)
  }

  async write(id: string, put: readonly Row[], erased: readonly Key[]): Promise<void> {
    const log = this.#logs.get(id) ?? this.#open(id)
    const frames: Uint8Array[] = []
    for (const key of erased) {
      if (log.rows.delete(nameOf(key))) frames.push(appendErased(this.#crc32, key))
    }
    for (const row of put) {
      log.rows.set(nameOf(row), row)
      frames.push(appendPut(this.#crc32, row))
    }
    this.#append(id, log, frames)
    const live = [...log.rows.values()].reduce((size, { record }) => size + record.length + 128, 0)
    if (log.size > COMPACT_ABOVE && log.size > 2 * live) this.#rewrite(id, log)
    // What is erased comes back at worst, and is sent once more as what it was.
    else if (put.length > 0) await this.#sync(log)
  }

  get #fs(): NodeFs {
    return this.#modules.fs
  }

  #path(id: string, suffix = ''): string {
    return `${this.#folder}/${id}${suffix || SUFFIX}`
  }

  /** Of any slot, whoever has it. */
  #slot(id: string): Slot | undefined {
    try {
      return readLog(this.#crc32, this.#fs.readFileSync(this.#path(id))).slot
    } catch {
      return undefined // removed meanwhile, or not ours to read
    }
  }

  #open(id: string): Log {
    const path = this.#path(id)
    const bytes = this.#fs.existsSync(path) ? this.#fs.readFileSync(path) : new Uint8Array()
    const { sound, torn, slot, rows } = readLog(this.#crc32, bytes)
    if (sound < bytes.length && !torn) this.#fs.copyFileSync(path, `${path}.damaged`)
    const log: Log = {
      descriptor: this.#fs.openSync(path, 'a', 0o600),
      size: sound,
      slot,
      rows: new Map(rows.map((row) => [nameOf(row), row])),
    }
    this.#logs.set(id, log)
    // Nothing may be appended behind half a change.
    if (sound < bytes.length) this.#fs.ftruncateSync(log.descriptor, sound)
    return log
  }

  #close(id: string): void {
    const log = this.#logs.get(id)
    if (log === undefined) return
    this.#logs.delete(id)
    this.#fs.closeSync(log.descriptor)
  }

  /** At once: a process that ends writes what it has in its last moment. */
  #append(id: string, log: Log, frames: readonly Uint8Array[]): void {
    this.#check(id, log)
    const bytes = concatenated(frames)
    let at = 0
    try {
      while (at < bytes.length) at += this.#fs.writeSync(log.descriptor, bytes, at)
      log.size += bytes.length
    } catch (thrown) {
      // No half change stays, as more follows later.
      if (at > 0) this.#fs.ftruncateSync(log.descriptor, log.size)
      throw thrown
    }
  }

  /** Throws Fenced where the log that is open is not that of the slot any more. */
  #check(id: string, { descriptor }: Log): void {
    if (this.#fs.fstatSync(descriptor).nlink === 0 && this.#locks.get(id)?.isLost() === true) throw new Fenced()
  }

  #sync({ descriptor }: Log): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#fs.fdatasync(descriptor, (error) => {
        if (error === null || error.code === 'EBADF')
          resolve() // closed meanwhile
        else reject(error)
      })
    })
  }

  /** A log of nothing but what is kept, in the place of the old one. */
  #rewrite(id: string, log: Log): void {
    this.#check(id, log)
    const draft = this.#path(id, '.new')
    const descriptor = this.#fs.openSync(draft, 'w', 0o600)
    const rows = [...log.rows.values()].map((row) => appendPut(this.#crc32, row))
    const bytes = concatenated([logHeader, ...(log.slot === undefined ? [] : [appendSlot(this.#crc32, log.slot)]), ...rows])
    try {
      this.#fs.writeFileSync(descriptor, bytes)
      this.#fs.fdatasyncSync(descriptor)
      this.#fs.renameSync(draft, this.#path(id))
    } catch (thrown) {
      this.#fs.closeSync(descriptor)
      this.#fs.rmSync(draft, { force: true })
      throw thrown
    }
    this.#fs.closeSync(log.descriptor)
    log.descriptor = descriptor
    log.size = bytes.length
  }
}

function nameOf({ kind, number }: Key): string {
  return `${kind}/${number}`
}

function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
