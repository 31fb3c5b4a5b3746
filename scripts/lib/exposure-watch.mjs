import { readFile } from 'node:fs/promises'
import { isLoopback, listeners, listeningSockets } from '../../tests/support/listening.mjs'

const period = 200 // milliseconds

/** While tests run, looks for sockets of theirs that accept connections from other machines. */
export class ExposureWatch {
  /** @type {Map<string, string>} */
  #found = new Map()
  /** Sockets that belong to other programs. @type {Set<string>} */
  #foreign = new Set()
  #looking = Promise.resolve()
  /** @type {NodeJS.Timeout | undefined} */
  #timer
  #all
  #ours

  /** @param {{ all?: typeof listeningSockets, ours?: typeof listeners }} [sources] replaced by tests: sockets of the machine, and of this process */
  constructor({ all = listeningSockets, ours = listeners } = {}) {
    this.#all = all
    this.#ours = ours
  }

  start() {
    this.#timer = setInterval(() => (this.#looking = this.#looking.then(() => this.look())), period).unref()
  }

  /** @returns {Promise<string[]>} each process that was found, and its address */
  async stop() {
    clearInterval(this.#timer)
    await this.#looking
    return [...this.#found.values()]
  }

  async look() {
    const open = [...(await this.#all())].filter(([inode, socket]) => !isLoopback(socket) && !this.#foreign.has(inode))
    if (open.every(([inode]) => this.#found.has(inode))) return
    const ours = await this.#ours()
    for (const [inode, { address, port }] of open) {
      const owner = ours.find((each) => each.inode === inode)
      if (!owner) this.#foreign.add(inode)
      else this.#found.set(inode, `${await commandOf(owner.pid)} (${owner.pid}) at ${address}, port ${port}`)
    }
  }
}

/** @param {number} pid */
async function commandOf(pid) {
  const words = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'a process that has ended')
  return words.split('\0').join(' ').trim()
}
