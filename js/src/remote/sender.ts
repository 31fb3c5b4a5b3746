// Collects what one task has to say into one packet.
import type { Body, Channel } from './protocol.js'

/** So many microtasks without a command mean that the task is over: `await publish()` in a loop takes a few each. */
const QUIET_MICROTASKS = 4
/** A task that says more is not waited for. */
const LARGE_BATCH = 256 * 1024
const FIRST_CAPACITY = 4096

export class Sender<Command> {
  readonly #channel: Channel
  #commands: Command[] = []
  #bytes = new Uint8Array(0)
  #size = 0
  #quiet = 0
  #isScheduled = false
  #isClosed = false

  constructor(channel: Channel) {
    this.#channel = channel
  }

  add(command: Command): void {
    if (this.#isClosed) return
    this.#commands.push(command)
    this.#quiet = 0
    if (this.#size > LARGE_BATCH || this.#channel.isDirect === true) this.flush()
    else if (!this.#isScheduled) {
      this.#isScheduled = true
      queueMicrotask(this.#tick)
    }
  }

  /** Copies the bytes; the command that they belong to is added next. */
  pack(bytes: Uint8Array): Body {
    const start = this.#size
    const needed = start + bytes.length
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2, FIRST_CAPACITY))
      larger.set(this.#bytes.subarray(0, start))
      this.#bytes = larger
    }
    this.#bytes.set(bytes, start)
    this.#size = needed
    return [start, bytes.length]
  }

  flush(): void {
    if (this.#commands.length === 0 || this.#isClosed) return
    // A receiver may keep the buffer for as long as one of its messages.
    const { buffer } = this.#size * 2 < this.#bytes.length ? this.#bytes.slice(0, this.#size) : this.#bytes
    const bytes = this.#size === 0 ? undefined : buffer
    const commands = this.#commands
    this.#commands = []
    this.#bytes = new Uint8Array(0)
    this.#size = 0
    this.#channel.post({ commands, bytes }, bytes === undefined ? [] : [bytes])
  }

  /** What was not sent is dropped. */
  close(): void {
    this.#isClosed = true
    this.#commands = []
  }

  readonly #tick = (): void => {
    if (++this.#quiet <= QUIET_MICROTASKS) return queueMicrotask(this.#tick)
    this.#isScheduled = false
    this.flush()
  }
}
