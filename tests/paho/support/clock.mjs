// Time that moves only when a scenario says so: timers, performance.now() and Date as a library sees them.

const epoch = Date.UTC(2020, 0, 1)

/** Lets everything run that waits for no timer. */
export function settle() {
  return new Promise((resolve) => setImmediate(resolve))
}

export class Clock {
  now = 0
  #next = 1
  /** @type {Map<number, { due: number, run: () => void, every: number | undefined }>} */
  #timers = new Map()

  /** What stands for the globals of the same names. */
  globals() {
    const now = () => this.now
    class VirtualDate extends Date {
      /** @param {...any} given */
      constructor(...given) {
        if (given.length === 0) super(epoch + now())
        else super(.../** @type {[any]} */ (given))
      }
      static now() {
        return epoch + now()
      }
    }
    return {
      /** @param {Function} run @param {number} [delay] @param {...unknown} given */
      setTimeout: (run, delay, ...given) => this.#add(run, delay, given, false),
      /** @param {Function} run @param {number} [delay] @param {...unknown} given */
      setInterval: (run, delay, ...given) => this.#add(run, delay, given, true),
      /** @param {number} id */
      clearTimeout: (id) => void this.#timers.delete(id),
      /** @param {number} id */
      clearInterval: (id) => void this.#timers.delete(id),
      performance: { now, timeOrigin: epoch },
      Date: VirtualDate,
    }
  }

  /** Runs what is due until then, each timer at its own moment. @param {number} milliseconds */
  async advance(milliseconds) {
    const end = this.now + milliseconds
    for (;;) {
      await settle()
      const [first] = [...this.#timers].filter(([, timer]) => timer.due <= end).sort(([, a], [, b]) => a.due - b.due)
      if (first === undefined) break
      const [id, timer] = first
      this.now = Math.max(this.now, timer.due)
      if (timer.every === undefined) this.#timers.delete(id)
      else timer.due += timer.every
      timer.run()
    }
    this.now = end
    await settle()
  }

  /** @param {Function} run @param {number | undefined} delay @param {unknown[]} given @param {boolean} repeats */
  #add(run, delay, given, repeats) {
    const wait = Math.max(Number(delay) || 0, repeats ? 1 : 0)
    this.#timers.set(this.#next, { due: this.now + wait, run: () => run(...given), every: repeats ? wait : undefined })
    return this.#next++
  }
}
