// How many arrived messages a page may owe: one that is busy, or in the background, does not read, and must not make the
// host's memory grow.

/** From here on QoS 0 messages for it are dropped, */
const SOFT = { messages: 20_000, bytes: 16 * 1024 * 1024 }
/** and from here on all. */
const HARD = { messages: 100_000, bytes: 64 * 1024 * 1024 }
/** Of a message beside its payload. */
const OVERHEAD = 128

export class Arrivals {
  #messages = 0
  #bytes = 0
  #dropped = 0

  /** Whether the message may go to the page; else it is dropped. */
  admit(size: number, qos: number): boolean {
    const isAdmitted = this.fits(size, qos)
    if (!isAdmitted) this.#dropped++
    return isAdmitted
  }

  /** The same for what is not lost, as it can be said later. */
  fits(size: number, qos: number): boolean {
    const limit = qos === 0 ? SOFT : HARD
    if (this.#messages >= limit.messages || this.#bytes >= limit.bytes) return false
    this.#messages++
    this.#bytes += size + OVERHEAD
    return true
  }

  /** Whether the page has caught up. */
  get isLow(): boolean {
    return this.#messages < SOFT.messages / 2
  }

  /** Returns how many were dropped since the last report, once the page has caught up. */
  read(messages: number, bytes: number): number {
    // Anything may write into a channel.
    if (!(messages > 0 && bytes >= 0)) return 0
    this.#messages = Math.max(0, this.#messages - messages)
    this.#bytes = this.#messages === 0 ? 0 : Math.max(0, this.#bytes - bytes - messages * OVERHEAD)
    if (this.#dropped === 0 || !this.isLow) return 0
    const dropped = this.#dropped
    this.#dropped = 0
    return dropped
  }
}
