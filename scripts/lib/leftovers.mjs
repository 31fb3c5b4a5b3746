// Programs that a file of tests has started and not ended. A program inherits the mark of the file whose process started it,
// also where its parent has ended before it.
import { readdirSync, readFileSync } from 'node:fs'

const markName = 'WSMQ_TEST_FILE'

/**
 * Marks what the calling process will start.
 * @param {number} runner the process id of the `node --test` that runs the file @param {string} file its path
 */
export function markChildren(runner, file) {
  process.env[markName] = `${runner}:${file}`
}

/** Begins the line on stderr that scripts/lib/json-reporter.mjs makes a failure of. */
export const prefix = 'Left running: '

/** @param {readonly { command: string }[]} left */
export const sentence = (left) =>
  `${prefix}${left.map(({ command }) => command).join('; ')}. Now ended. Tests end what they start, in after() or finally.`

const pauseMs = 50

/**
 * Ends the marked programs. Those that are ending get a moment first. Finds nothing on systems without /proc.
 * @param {number} runner
 * @param {{ file?: string, patience?: number }} [options] of one file only; `patience` in milliseconds
 * @returns {{ file: string, command: string }[]} what had to be ended
 */
export function endLeftovers(runner, { file = '', patience = 0 } = {}) {
  const mark = `${markName}=${runner}:${file}`
  const until = performance.now() + patience
  let left = marked(mark)
  while (left.length > 0 && performance.now() < until) {
    // What calls this may be ending, so nothing can be awaited.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMs)
    left = marked(mark)
  }
  return left.map(({ pid, variable }) => {
    const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim()
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
    return { file: variable.slice(variable.indexOf(':') + 1), command }
  })
}

/** @param {string} mark what their variable begins with */
function marked(mark) {
  return processes().flatMap((pid) => {
    const variable = read(pid, 'environ').split('\0').find((text) => text.startsWith(mark)) // prettier-ignore
    return variable === undefined || pid === process.pid ? [] : [{ pid, variable }]
  })
}

function processes() {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
}

/** Nothing about a process that has ended, that nobody has waited for, or that belongs to someone else. @param {number} pid @param {string} file */
function read(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8')
  } catch {
    return ''
  }
}
