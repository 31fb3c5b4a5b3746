// The programs of the bench as processes, and one measurement with two of them: the client and its other end.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { programs } from './rows.mjs'

const folder = fileURLToPath(new URL('../../build/release/bench/native/', import.meta.url))
const patience = 60_000 // beyond what it was asked to last

/** A program that says what it has to say in lines. */
class Program {
  #child
  #lines
  #name
  #timer

  constructor(name, args) {
    this.#name = name
    this.#child = spawn(`${folder}bench_${name}`, args.map(String), { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child.once('error', () => {}) // there are no lines then
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
    this.#timer = setTimeout(() => this.end(), Number(args.at(-1)) + patience)
    process.once('exit', this.end)
  }

  async line() {
    const { value } = await this.#lines.next()
    if (value === undefined) throw new Error(`bench_${this.#name} ended without a word, or took too long`)
    return value
  }

  async result() {
    return JSON.parse(await this.line())
  }

  end = () => {
    clearTimeout(this.#timer)
    process.off('exit', this.end)
    this.#child.kill('SIGKILL')
  }
}

/** @param {string} peer */
export async function versionOf(peer) {
  const child = spawn(`${folder}bench_${programs[peer]}`, ['version'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [text] = await once(child.stdout.setEncoding('utf8'), 'data')
  return text.trim()
}

/**
 * Runs a row once with one client. Every message was compared byte for byte, or this throws.
 * @param {{ against: string, role: string, qos: number, size: number }} row
 * @param {string} peer
 * @param {{ milliseconds: number, brokerPort?: number }} where
 */
export async function measure({ against, role, qos, size }, peer, { milliseconds, brokerPort }) {
  const rest = [qos, size, milliseconds]
  const started = []
  const start = (name, ...args) => {
    started.push(new Program(name, args))
    return started.at(-1)
  }
  try {
    let client, other
    if (against === 'null') {
      other = start('null_broker', role, 0, ...rest)
      client = start(programs[peer], role, await other.line(), ...rest)
      if (role === 'receive') await ready(client, peer)
    } else if (role === 'publish') {
      other = start('bare', 'receive', brokerPort, ...rest)
      await ready(other, 'the receiver')
      client = start(programs[peer], role, brokerPort, ...rest)
    } else {
      client = start(programs[peer], role, brokerPort, ...rest)
      await ready(client, peer)
      other = start('bare', 'publish', brokerPort, ...rest)
    }
    const { count, wrong, seconds, processor } = await client.result()
    // What a sender sent is in its last message, which the receiver has compared.
    const received = role === 'publish' ? await other.result() : { count, wrong }
    if (count === 0 || received.count !== count || received.wrong > 0) {
      throw new Error(`${peer}: ${count} messages, of which ${received.count} arrived and ${received.wrong} were wrong`)
    }
    return { rate: count / seconds, processor: (processor * 1e9) / count }
  } finally {
    for (const program of started) program.end()
  }
}

async function ready(program, name) {
  const line = await program.line()
  if (line !== 'ready') throw new Error(`${name} should be ready, and says: ${line}`)
}
