/**
 * How the bytes of one direction are cut into WebSocket messages. MQTT gives their boundaries no meaning, so a client
 * has to work with each of these.
 * @typedef {{ kind: 'as-is' }
 *   | { kind: 'split', bytes: number }
 *   | { kind: 'split-randomly', seed: number, most: number }
 *   | { kind: 'coalesce', bytes: number, within: number }} Shape
 */

/**
 * Cuts and joins a stream of messages; what comes out is handed to `emit`.
 */
export class Reshaper {
  /** @type {Buffer[]} */
  #held = []
  #heldBytes = 0
  /** @type {NodeJS.Timeout | undefined} */
  #timer
  #random = 1

  /**
   * @param {Shape} shape
   * @param {(message: Buffer) => void} emit
   */
  constructor(shape, emit) {
    this.shape = shape
    this.emit = emit
    if (shape.kind === 'split-randomly') this.#random = shape.seed
  }

  /** @param {Buffer} message */
  push(message) {
    const { shape } = this
    switch (shape.kind) {
      case 'as-is':
        return this.emit(message)
      case 'split':
        return this.#cut(message, () => shape.bytes)
      case 'split-randomly':
        return this.#cut(message, () => 1 + (this.#next() % shape.most))
      case 'coalesce':
        return this.#hold(message, shape)
    }
  }

  /** Lets go of what is held back. */
  flush() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#held.length === 0) return
    const message = Buffer.concat(this.#held)
    this.#held = []
    this.#heldBytes = 0
    this.emit(message)
  }

  /** Forgets what is held back, as a cut connection does. */
  drop() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#held = []
    this.#heldBytes = 0
  }

  /**
   * @param {Buffer} message
   * @param {() => number} length
   */
  #cut(message, length) {
    for (let start = 0, end; start < message.length; start = end) {
      end = Math.min(message.length, start + length())
      this.emit(message.subarray(start, end))
    }
  }

  /**
   * @param {Buffer} message
   * @param {{ bytes: number, within: number }} limits
   */
  #hold(message, { bytes, within }) {
    this.#held.push(message)
    this.#heldBytes += message.length
    if (this.#heldBytes >= bytes) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), within)
  }

  /** A small generator (xorshift), so that a failure can be repeated from its seed. */
  #next() {
    let x = this.#random
    x ^= x << 13
    x ^= x >>> 17
    x ^= x << 5
    this.#random = x
    return x >>> 0
  }
}
