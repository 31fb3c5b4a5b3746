import { AsyncLocalStorage } from 'node:async_hooks'
import { spawn } from 'node:child_process'
import { root } from './root.mjs'

/** A failure whose message is a sentence for the user, without a stack. */
export class Failure extends Error {}

/** @type {AsyncLocalStorage<boolean>} */
const background = new AsyncLocalStorage()

/**
 * Does work whose programs run at a lower priority, so that programs beside it that wait for a time limit get the processor
 * at once.
 * @template T
 * @param {() => Promise<T>} work
 */
export const inBackground = (work) => background.run(true, work)

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] added to the environment
 * @property {boolean} [live] show the output while it is written
 * @property {number} [patience] milliseconds from its end until its output must be closed; without that it has failed
 * @property {AbortSignal} [signal] ends it, with all that it has started
 */

/**
 * Runs a program to its end and keeps what it prints (both streams, in order).
 * @param {string} program
 * @param {readonly string[]} [args]
 * @param {RunOptions} [options]
 * @returns {Promise<{ code: number, output: string }>} code 127 when the program does not exist
 */
export function run(program, args = [], { cwd = root, env = {}, live = false, patience = 10_000, signal } = {}) {
  return new Promise((resolve) => {
    let output = ''
    let held = false
    const [command, ...words] = background.getStore() ? ['nice', program, ...args] : [program, ...args]
    if (signal?.aborted) return resolve({ code: 128, output: '' })
    // Detached, it has a group of its own, which ends as a whole.
    const options = { cwd, env: { ...process.env, ...env }, detached: signal !== undefined }
    const child = spawn(command, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let impatience
    const end = () => {
      signalGroup(child.pid, 'SIGINT') // as Ctrl-C does: compilers remove what they have half written
      impatience = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), timeToEnd)
    }
    signal?.addEventListener('abort', end)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text) => {
        output += text
        if (live) process.stdout.write(text)
      })
    }
    // A program that it started and left may hold its output, perhaps for ever.
    child.on('exit', () => {
      const waiting = setTimeout(() => {
        held = true
        for (const stream of [child.stdout, child.stderr]) stream.destroy()
      }, patience)
      child.once('close', () => clearTimeout(waiting))
    })
    child.on('error', (error) => resolve({ code: 127, output: `${output}${error.message}\n` }))
    child.on('close', (code, by) => {
      signal?.removeEventListener('abort', end)
      clearTimeout(impatience)
      if (by) output += `ended by ${by}\n`
      if (held) output += `${program} has ended, but something that it started still runs and holds its output.\n`
      resolve({ code: (code ?? 128) || Number(held), output })
    })
  })
}

/** Milliseconds that a program has to end when it is asked to. */
const timeToEnd = 3000

/** @param {number | undefined} pid of its first process @param {NodeJS.Signals} name */
function signalGroup(pid, name) {
  try {
    if (pid !== undefined) process.kill(-pid, name)
  } catch {
    // It has ended.
  }
}

/**
 * Runs a program that has to succeed.
 * @param {string} program
 * @param {readonly string[]} [args]
 * @param {RunOptions & { whenItFails?: string }} [options]
 * @returns {Promise<string>} its output
 */
export async function must(program, args = [], { whenItFails, ...options } = {}) {
  const { code, output } = await run(program, args, options)
  if (code === 0) return output
  throw new Failure(`${options.live ? '' : lastLines(output, 80)}${whenItFails ?? `This failed: ${[program, ...args].join(' ')}`}`)
}

/**
 * @param {string} text
 * @param {number} count
 */
export function lastLines(text, count) {
  const lines = text.trimEnd().split('\n')
  const left = lines.length - count
  return (left > 0 ? `[${left} lines left out]\n` : '') + lines.slice(-count).join('\n') + '\n'
}

/**
 * Runs a script's main function; a failure is printed as a sentence.
 * @param {() => Promise<void>} main
 */
export async function runMain(main) {
  try {
    await main()
  } catch (error) {
    console.error(error instanceof Failure ? error.message : error)
    process.exitCode = 1
  }
}

/**
 * Prints what is being done and how long it took.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function timed(title, work) {
  const start = performance.now()
  console.log(`${title} ...`)
  const result = await work()
  console.log(`${title}: done in ${seconds(performance.now() - start)}`)
  return result
}

/** @param {number} milliseconds */
export function seconds(milliseconds) {
  return `${(milliseconds / 1000).toFixed(1)} s`
}

/** @param {string} path */
export async function isMain(path) {
  const { pathToFileURL } = await import('node:url')
  return path === pathToFileURL(process.argv[1] ?? '').href
}

/**
 * Works through a list, some entries at once.
 * @template T
 * @param {readonly T[]} entries
 * @param {number} atOnce
 * @param {(entry: T) => Promise<unknown>} work
 */
export async function forEach(entries, atOnce, work) {
  const waiting = entries.values()
  const worker = async () => {
    for (const entry of waiting) await work(entry)
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}
