import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { root } from './root.mjs'

const pause = 200 // ms between two looks
/** Looks at a lock without a number, whose owner has just made it, or was killed before it wrote. */
const patience = 25

/**
 * Does work that no other process does at the same time in this work tree, such as a second `npm start`, which builds into
 * the same folders.
 * @template T
 * @param {string} name of a file
 * @param {() => Promise<T>} work
 * @param {{ signal?: AbortSignal, onWait?: () => void, folder?: string }} [options] signal: gives up waiting; onWait: is called
 *   once, if somebody else is at it
 * @returns {Promise<T>}
 */
export async function exclusively(name, work, { signal, onWait, folder = `${root}build/locks/` } = {}) {
  await mkdir(folder, { recursive: true })
  const file = folder + name
  for (let looks = 0; !(await isTaken(file)); ++looks) {
    if (looks === 1) onWait?.()
    if (await isAbandoned(file, looks)) await rm(file, { force: true })
    else await sleep(pause, undefined, signal ? { signal } : {})
  }
  try {
    return await work()
  } finally {
    await rm(file, { force: true })
  }
}

/** @param {string} file which then holds our number */
async function isTaken(file) {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false
    throw error
  }
}

/** Whether the process that made it has ended without removing it. @param {string} file @param {number} looks */
async function isAbandoned(file, looks) {
  const owner = await readFile(file, 'utf8').catch(() => undefined)
  if (owner === undefined) return false // it was removed
  if (owner === '') return looks >= patience
  try {
    process.kill(Number(owner), 0)
    return false
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH'
  }
}
