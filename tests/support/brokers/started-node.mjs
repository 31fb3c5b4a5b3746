import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, startOnFreePorts } from '../free-port.mjs'
import { ServerProcess } from '../server-process.mjs'

/**
 * What it takes to run one node of a broker.
 * @typedef {object} NodeSetup
 * @property {string} program
 * @property {string[]} args
 * @property {Record<string, string>} [env]
 * @property {RegExp} [ready] what it prints when it takes clients
 * @property {number[]} ports those that it listens on
 * @property {ServerProcess[]} [helpers] started before it, and ended behind it
 */

/**
 * A node in a temporary directory of its own. The same for every broker, so that whoever starts one need not know which.
 * @template {object} Facts
 * @param {string} name
 * @param {number} portCount
 * @param {(directory: string, ports: number[]) => Promise<{ setup: NodeSetup, facts: Facts }>} prepare writes its files
 */
export async function startNode(name, portCount, prepare) {
  return startOnFreePorts(async () => {
    const directory = await mkdtemp(join(tmpdir(), `wsmq-${name}-`))
    const ports = await Promise.all(Array.from({ length: portCount }, freePort))
    const { setup, facts } = await prepare(directory, ports)
    const node = nodeOf(directory, setup)
    try {
      await node.start()
      return { ...facts, ...node }
    } catch (error) {
      await node.close()
      throw error
    }
  })
}

/** @param {string} directory @param {NodeSetup} setup */
function nodeOf(directory, { program, args, env = {}, ready, ports, helpers = [] }) {
  const server = new ServerProcess(program, args, { HOME: directory, ...env }, directory)
  let closed = false
  /** @param {NodeJS.Signals} [signal] */
  const stop = (signal) => server.stop(signal)
  async function start() {
    if (closed) throw new Error(`This ${program} was closed.`)
    for (const helper of helpers) if (!helper.running) await helper.start([])
    await server.start(ports, ready)
  }
  async function close() {
    closed = true
    await stop()
    for (const helper of helpers) await helper.stop()
    await rm(directory, { recursive: true, force: true })
  }
  return {
    log: () => server.output,
    pid: () => server.pid,
    start,
    /** SIGTERM by default; SIGKILL is a crash. */
    stop,
    /** On the same ports, with what it stored. @param {NodeJS.Signals} [signal] */
    async restart(signal) {
      await stop(signal)
      await start()
    },
    /** Freezes it: its connections stay open and silent. */
    pause: () => server.pause(),
    resume: () => server.resume(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
