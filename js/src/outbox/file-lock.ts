// A lock between processes, as Node has none: a file that names its owner. One whose owner is dead is taken over. That of
// another machine may only have been stopped for a while, and goes on.
import type { NodeError, NodeFs, NodeOs, NodeProcess } from './node-modules.js'

export interface LockModules {
  fs: NodeFs
  os: NodeOs
}

interface Owner {
  pid: number
  /** When the process began, where that is known: process identifiers are reused. */
  start: string
  host: string
  /** Of this hold of the lock alone. */
  token: string
}

export interface FileLock {
  /** Whether it was taken from another machine or container, whose process may still live. */
  readonly isTakenOver: boolean
  /** Whether another process has taken it. */
  isLost(): boolean
  release(): void
}

/** Milliseconds: how often the owner touches its lock, and after how long another machine or container counts it as dead. */
const BEAT = 5000
const DEATH = 30_000
/** Milliseconds between two attempts. */
const PAUSE = 50
/** Milliseconds: nobody takes longer to remove the lock of a dead owner. */
const REMOVAL = 10_000

/** Undefined: another has it, and still had it after `patience` milliseconds. */
export async function lockFile(modules: LockModules, path: string, patience: number): Promise<FileLock | undefined> {
  const end = Date.now() + patience
  const token = crypto.randomUUID()
  for (;;) {
    if (take(modules, path, token)) return hold(modules, path, token, false)
    const dead = removeDead(modules, path)
    if (dead !== undefined && take(modules, path, token)) return hold(modules, path, token, dead.host !== modules.os.hostname())
    if (Date.now() >= end) return undefined
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

function hold({ fs }: LockModules, path: string, token: string, isTakenOver: boolean): FileLock {
  const isLost = () => (ownerOf(fs, path)?.token ?? token) !== token
  const timer = setInterval(() => {
    const now = new Date()
    // Where the folder is gone there is nothing to lock.
    if (!isLost()) fs.utimes(path, now, now, () => {})
  }, BEAT)
  ;(timer as { unref?: () => void }).unref?.()
  const release = () => {
    clearInterval(timer)
    if (!isLost()) fs.rmSync(path, { force: true })
  }
  return { isTakenOver, isLost, release }
}

/** With its content at once, so that nobody finds half of it. */
function take({ fs, os }: LockModules, path: string, token: string): boolean {
  const { pid } = process()
  const draft = `${path}.${pid}.${Math.random().toString(36).slice(2)}`
  const owner: Owner = { pid, start: startOf(fs, pid), host: os.hostname(), token }
  fs.writeFileSync(draft, JSON.stringify(owner), { mode: 0o600 })
  try {
    fs.linkSync(draft, path)
    return true
  } catch (thrown) {
    if ((thrown as NodeError).code === 'EEXIST') return false
    throw thrown
  } finally {
    fs.rmSync(draft)
  }
}

/** Its owner. Only one at a time, or else the second would remove the lock that the first has taken by then. */
function removeDead(modules: LockModules, path: string): Partial<Owner> | undefined {
  const { fs } = modules
  if (findDead(modules, path) === undefined) return undefined
  const guard = `${path}.removal`
  try {
    fs.mkdirSync(guard)
  } catch {
    const since = fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs
    if (since !== undefined && Date.now() - since > REMOVAL) fs.rmSync(guard, { recursive: true, force: true })
    return undefined
  }
  const dead = findDead(modules, path)
  if (dead !== undefined) fs.rmSync(path, { force: true })
  fs.rmSync(guard, { recursive: true, force: true })
  return dead
}

function findDead({ fs, os }: LockModules, path: string): Partial<Owner> | undefined {
  const owner = ownerOf(fs, path)
  if (owner === undefined) return undefined
  const { pid = 0, start, host } = owner
  const touched = fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity
  const isElsewhere = host !== os.hostname()
  const isDead = isElsewhere ? Date.now() - touched > DEATH : !isRunning(pid) || (start !== '' && startOf(fs, pid) !== start)
  return isDead ? owner : undefined
}

/** Undefined: nobody has it. */
function ownerOf(fs: NodeFs, path: string): Partial<Owner> | undefined {
  try {
    return JSON.parse(fs.readFileSync(path, 'utf8')) as Owner
  } catch {
    return undefined
  }
}

function isRunning(pid: number): boolean {
  try {
    process().kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeError).code === 'EPERM'
  }
}

/** Empty where the system does not tell. */
function startOf(fs: LockModules['fs'], pid: number): string {
  try {
    // The 22nd field, behind the name in brackets: ticks since the machine was started.
    const ticks = fs.readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[19] ?? ''
    return `${fs.readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()}/${ticks}`
  } catch {
    return ''
  }
}

function process(): NodeProcess {
  return (globalThis as unknown as { process: NodeProcess }).process
}
