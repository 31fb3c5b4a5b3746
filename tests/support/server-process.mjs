import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'

/** A test run that dies must not leave servers behind. @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set()
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')))

/** Milliseconds until a server is ready: RabbitMQ on a busy machine. */
const startLimit = 180_000
/** Milliseconds until one that was asked to end is killed, before it may have stored all that it keeps. */
const stopLimit = 30_000

/** A real server as a child process: started, awaited until it accepts connections, and ended by its own id. */
export class ServerProcess {
  /** @type {import('node:child_process').ChildProcess | undefined} */
  #child
  #output = ''

  /**
   * @param {string} program
   * @param {readonly string[]} args
   * @param {Record<string, string>} [env] added to the environment
   * @param {string} [cwd] where it runs, if not here
   */
  constructor(program, args, env = {}, cwd = undefined) {
    this.program = program
    this.args = args
    this.env = env
    this.cwd = cwd
  }

  get pid() {
    return this.#child?.pid
  }

  get running() {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  /** Everything that it has printed, for a failed test's message. */
  get output() {
    return this.#output
  }

  /**
   * Returns once every port accepts a connection, and where `ready` is given, the server has printed it.
   * @param {readonly number[]} ports
   * @param {RegExp} [ready]
   */
  async start(ports, ready) {
    if (this.running) throw new Error(`${this.program} runs already`)
    const env = { ...process.env, ...this.env }
    const child = spawn(this.program, this.args, { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: this.cwd })
    this.#child = child
    this.#output = ''
    for (const stream of [child.stdout, child.stderr]) {
      // Kept short: a broker that logs every packet of a long test must not fill the memory.
      stream?.setEncoding('utf8').on('data', (text) => (this.#output = (this.#output + text).slice(-100_000)))
    }
    const started = await new Promise((resolve) => {
      child.once('spawn', () => resolve(undefined))
      child.once('error', resolve)
    })
    if (started) throw new Error(`${this.program} cannot be started (${started.message}). Run: npm run setup`)
    children.add(child)
    child.once('exit', () => children.delete(child))
    const deadline = performance.now() + startLimit
    for (const port of ports) await this.#becomes(() => canConnect(port), `does not listen on ${port}`, deadline)
    if (ready) await this.#becomes(async () => ready.test(this.#output), `has not printed ${ready}`, deadline)
  }

  /**
   * @param {NodeJS.Signals} [signal] SIGTERM lets it say goodbye and save its state; SIGKILL is a crash
   */
  async stop(signal = 'SIGTERM') {
    const child = this.#child
    if (!child || !this.running) return
    const exited = once(child, 'exit')
    child.kill(signal)
    child.kill('SIGCONT') // a paused process would never see SIGTERM
    const impatience = setTimeout(() => child.kill('SIGKILL'), stopLimit)
    await exited
    clearTimeout(impatience)
  }

  /** @param {NodeJS.Signals} name for a server that goes on, such as SIGHUP */
  signal(name) {
    this.#child?.kill(name)
  }

  /** Freezes it: its connections stay open and silent, as behind a dead link. */
  pause() {
    this.#child?.kill('SIGSTOP')
  }

  resume() {
    this.#child?.kill('SIGCONT')
  }

  /**
   * @param {() => Promise<boolean>} condition
   * @param {string} complaint
   * @param {number} deadline by performance.now()
   */
  async #becomes(condition, complaint, deadline) {
    for (;;) {
      const is = await condition()
      // Also where it is so: somebody else may answer at a port that this one was not given.
      if (!this.running) throw new Error(`${this.program} ended at once:\n${this.#output}`)
      if (is) return
      if (performance.now() > deadline) throw new Error(`${this.program} ${complaint}:\n${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function canConnect(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(socket.destroy() && true))
    socket.once('error', () => resolve(false))
    socket.setTimeout(1000, () => resolve(socket.destroy() && false)) // whose queue of connections is full
  })
}
