// The command as a user calls it: a process with arguments, input, two outputs and an exit code.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { buildPreset } from '../../scripts/lib/cmake.mjs'
import { childrenOf } from './programs.mjs'

export const program = process.env['TESTED_COMMAND'] ?? fileURLToPath(new URL('../../build/debug/native/command/wsmq', import.meta.url))

/** Builds it, unless TESTED_COMMAND names one. */
export async function buildCommand() {
  if (!process.env['TESTED_COMMAND']) await buildPreset('debug', { targets: ['wsmq_command', 'wsmq_hello'] })
  return program
}

/** Milliseconds, long beyond any sound run. */
const patience = 60_000

/** A running program whose output can be waited for. */
export class Running {
  /** @param {string} name @param {readonly string[]} args @param {string} [input] left open where it is not given */
  constructor(name, args, input) {
    this.child = spawn(name, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    this.out = ''
    this.err = ''
    /** @type {Set<() => void>} */
    this.changed = new Set()
    const tell = () => this.changed.forEach((each) => each())
    /** @type {Buffer[]} */
    this.chunks = []
    const decoder = new StringDecoder('utf8')
    this.child.stdout.on('data', (chunk) => (this.chunks.push(chunk), (this.out += decoder.write(chunk)), tell()))
    this.child.stderr.setEncoding('utf8').on('data', (text) => ((this.err += text), tell()))
    this.child.stdin.on('error', () => {}) // it may end before it has read everything
    if (input !== undefined) this.child.stdin.end(input)
    this.ended = once(this.child, 'close').then(([code, signal]) => (tell(), { code, signal, out: this.out, err: this.err }))
  }

  /** What it has printed, where that need not be text. */
  get bytes() {
    return Buffer.concat(this.chunks)
  }

  /** @param {() => boolean} condition over `out` and `err` */
  async until(condition) {
    let over = false
    void this.ended.then(() => (over = true))
    const deadline = performance.now() + patience
    while (!condition()) {
      const told = `\n${this.out}\n${this.err}`
      if (over) throw new Error(`It ended first.${told}`)
      if (performance.now() > deadline) throw new Error(`Not within ${patience / 1000} s: ${condition}${told}`)
      const changes = new Promise((resolve) => this.changed.add(() => resolve(undefined)))
      await Promise.race([this.ended, changes, sleep(1000, undefined, { ref: false })])
    }
  }

  /** Says that it is subscribed, with -d. */
  subscribed() {
    return this.until(() => this.err.includes('Subscribed to'))
  }
}

/** @type {Set<Running>} */
const running = new Set()

/** @param {readonly string[]} args @param {string} [input] */
export function start(args, input) {
  return track(new Running(program, args, input))
}

/** As a line of the shell, in which "$0" "$@" is the command: with its environment and its descriptors. @param {string} line @param {readonly string[]} args */
export function startInShell(line, args) {
  return track(new Running('sh', ['-c', line, program, ...args]))
}

/** The same on a terminal, where `out` has all that it shows. @param {readonly string[]} args */
export function startOnTerminal(args) {
  const words = [program, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  return track(new Running('script', ['--quiet', '--return', '--command', words.join(' '), '/dev/null']))
}

/** @param {Running} one */
function track(one) {
  running.add(one)
  void one.ended.then(() => running.delete(one))
  return one
}

/** What a failed test left running, with its programs: a service that was about to end them cannot any more. */
export async function endAll() {
  const programs = await Promise.all([...running].map((one) => childrenOf(one).catch(() => [])))
  for (const one of running) one.child.kill('SIGKILL')
  for (const pid of programs.flat()) {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended.
    }
  }
  await Promise.all([...running].map((one) => one.ended))
}

/** Runs it to its end. @param {readonly string[]} args @param {string} [input] */
export function wsmq(args, input = '') {
  return start(args, input).ended
}
