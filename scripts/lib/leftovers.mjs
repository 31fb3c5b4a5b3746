// Programs that a file of tests has started and not ended. A program inherits the mark of the file whose process started it,
// also where its parent has ended before it. On systems without /proc none are found.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const markName = 'STARTED_BY_TEST_FILE'
const pauseMs = 1000
/** How many looks in a row find a program before it is ended: many end by themselves when the tests' process has. */
const looks = 4

/** Begins the line on stderr that scripts/lib/json-reporter.mjs makes a failure of. */
export const prefix = 'Left running: '

/**
 * Marks what the calling process will start.
 * @param {number} runner the process id of the `node --test` that runs the file @param {string} file its path
 */
export function markChildren(runner, file) {
  process.env[markName] = `${runner}:${process.pid}:${file}`
}

/** @typedef {{ pid: number, owner: number, file: string }} Marked */

/** Ends what has outlived the process of its file. To be used in the process of the runner, which would wait for it. */
export class LeftoverWatch {
  /** @type {{ file: string, error: string }[]} */
  #ended = []
  /** How often each was seen. @type {Map<number, number>} */
  #seen = new Map()
  #timer = setInterval(() => this.#look(), pauseMs).unref()

  /** @returns {Promise<{ file: string, error: string }[]>} what was ended, of which file */
  async stop() {
    while (this.#look() > 0) await sleep(pauseMs)
    clearInterval(this.#timer)
    return this.#ended
  }

  /** @returns {number} of how many it is not certain yet */
  #look() {
    const left = markedBy(process.pid).filter(({ owner }) => !isRunning(owner))
    const seen = left.map(({ pid }) => /** @type {const} */ ([pid, (this.#seen.get(pid) ?? 0) + 1]))
    this.#seen = new Map(seen.filter(([, times]) => times < looks))
    for (const each of left) if (!this.#seen.has(each.pid)) this.#end(each)
    return this.#seen.size
  }

  /** @param {Marked} leftover */
  #end({ pid, file }) {
    const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim()
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      return // It has ended meanwhile.
    }
    this.#ended.push({ file, error: `${prefix}${command}. Now ended. Tests end what they start, in after() or finally.` })
  }
}

/** @param {number} runner @returns {Marked[]} */
function markedBy(runner) {
  const mark = `${markName}=${runner}:`
  return processes().flatMap((pid) => {
    const variable = read(pid, 'environ').split('\0').find((text) => text.startsWith(mark)) // prettier-ignore
    const [, owner, file] = /:(\d+):(.*)$/s.exec(variable ?? '') ?? []
    return file === undefined || !isRunning(pid) ? [] : [{ pid, owner: Number(owner), file }]
  })
}

function processes() {
  return existsSync('/proc') ? readdirSync('/proc').map(Number).filter(Number.isInteger) : []
}

/** Not so one that has ended and that its parent has not noted yet. @param {number} pid */
export const isRunning = (pid) => !/^$|\) [ZX]/.test(read(pid, 'stat'))

/** Nothing about a process that is gone, or that belongs to someone else. @param {number} pid @param {string} file */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
