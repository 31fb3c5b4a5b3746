import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const startLimit = 90_000 // ms; a virtual machine on a busy computer takes its time
const stopLimit = 20_000 // twice and more what a service takes, and less than a stream may wait

/** One running instance of the service under test, in a process group of its own so that a wrapper's children end too. */
export class Instance {
  output = ''

  /**
   * @param {readonly string[]} command
   * @param {Record<string, string>} environment
   */
  constructor([program = '', ...args], environment) {
    this.child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    this.exited = once(this.child, 'close').catch(() => [127, null])
    this.child.on('error', (error) => (this.output += error.message))
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => (this.output = (this.output + text).slice(-20_000)))
    }
    process.once('exit', this.#killNow)
    /** Its name in the discovery record, once that has come. */
    this.name = ''
  }

  get running() {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null
  }

  /**
   * Waits for a record that was not there before.
   * @param {import('./records.mjs').Records} records
   */
  async ready(records) {
    const before = new Set(records.allOnline())
    const deadline = performance.now() + startLimit
    for (;;) {
      const name = records.allOnline().find((instance) => !before.has(instance))
      if (name) return void (this.name = name)
      if (!this.running) throw new Error(`The service ended before its discovery record came:\n${this.output}`)
      if (performance.now() > deadline) throw new Error(`No discovery record came within ${startLimit / 1000} s:\n${this.output}`)
      await records.changed(50)
    }
  }

  /** @param {NodeJS.Signals} signal */
  signal(signal) {
    if (this.running) process.kill(-(/** @type {number} */ (this.child.pid)), signal)
  }

  /** Stops it in its tracks until `resume`; a process is still running for a moment after the signal. */
  async pause() {
    this.signal('SIGSTOP')
    while (this.running && !(await isStopped(/** @type {number} */ (this.child.pid)))) await sleep(5)
  }

  resume() {
    this.signal('SIGCONT')
  }

  /**
   * @param {NodeJS.Signals} [signal]
   * @returns {Promise<{ code: number | null, signal: string | null, late: boolean }>} how it ended
   */
  async stop(signal = 'SIGTERM') {
    this.signal(signal)
    const ended = await Promise.race([this.exited, sleep(stopLimit, null, { ref: false })])
    if (!ended) {
      this.signal('SIGKILL')
      await this.exited
    }
    process.off('exit', this.#killNow)
    return { code: this.child.exitCode, signal: this.child.signalCode, late: !ended }
  }

  #killNow = () => this.signal('SIGKILL')
}

/**
 * Whether all threads of a process stand still, as far as the system tells.
 * @param {number} pid
 */
async function isStopped(pid) {
  try {
    const threads = await readdir(`/proc/${pid}/task`)
    const states = await Promise.all(threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/stat`, 'utf8')))
    return states.every((state) => state.slice(state.lastIndexOf(')') + 2)[0] === 'T')
  } catch {
    return !existsSync('/proc/self') // a thread has ended, or there is no such file system
  }
}
