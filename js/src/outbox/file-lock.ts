// A lock between processes, as Node has none: a file that names its owner. One whose owner is dead is taken over.
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
}

/** Milliseconds: how often the owner touches its lock, and after how long another machine or container counts it as dead. */
const BEAT = 5000
const DEATH = 30_000
/** Milliseconds between two attempts. */
const PAUSE = 50
/** Milliseconds: nobody takes longer to remove the lock of a dead owner. */
const REMOVAL = 10_000

/** Undefined: another has it, and still had it after `patience` milliseconds. Else call it to let go. */
export async function lockFile(modules: LockModules, path: string, patience: number): Promise<(() => void) | undefined> {
  const end = Date.now() + patience
  for (;;) {
    if (take(modules, path) || (removeDead(modules, path) && take(modules, path))) return hold(modules, path)
    if (Date.now() >= end) return undefined
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
  }
}

function hold({ fs }: LockModules, path: string): () => void {
  const timer = setInterval(() => {
    const now = new Date()
    // Where the folder is gone there is nothing to lock.
    fs.utimes(path, now, now, () => {})
  }, BEAT)
  ;(timer as { unref?: () => void }).unref?.()
  return () => {
    clearInterval(timer)
    fs.rmSync(path, { force: true })
  }
}

/** With its content at once, so that nobody finds half of it. */
function take({ fs, os }: LockModules, path: string): boolean {
  const { pid } = process()
  const draft = `${path}.${pid}.${Math.random().toString(36).slice(2)}`
  const owner: Owner = { pid, start: startOf(fs, pid), host: os.hostname() }
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

/** Only one at a time, or else the second would remove the lock that the first has taken by then. */
function removeDead(modules: LockModules, path: string): boolean {
  const { fs } = modules
  if (!isDead(modules, path)) return false
  const guard = `${path}.removal`
  try {
    fs.mkdirSync(guard)
  } catch {
    const since = fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs
    if (since !== undefined && Date.now() - since > REMOVAL) fs.rmSync(guard, { recursive: true, force: true })
    return false
  }
  const isStillDead = isDead(modules, path)
  if (isStillDead) fs.rmSync(path, { force: true })
  fs.rmSync(guard, { recursive: true, force: true })
  return isStillDead
}

function isDead({ fs, os }: LockModules, path: string): boolean {
  let owner: Partial<Owner>
  let touched: number
  try {
    owner = JSON.parse(fs.readFileSync(path, 'utf8')) as Owner
    touched = fs.statSync(path)?.mtimeMs ?? Infinity
  } catch {
    return false // let go meanwhile
  }
  const { pid = 0, start, host } = owner
  if (host !== os.hostname()) return Date.now() - touched > DEATH
  return !isRunning(pid) || (start !== '' && startOf(fs, pid) !== start)
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
