// Renews a connection before what it was made with expires.
import type { Asker, Given } from './asking.js'
import { expiryOf, renewalDelay } from './expiry.js'

/**
 * Renews the connection, and returns with what, where that is known. Asks `isBetter` whether something newer is to be used,
 * which throws if it ends no later than what there is.
 */
type Renew = (isBetter: (given: Given) => boolean) => undefined | Promise<Given | undefined>

/** Milliseconds. Clocks are looked at this often: a machine may sleep, and a clock be set. */
const LONGEST_LOOK = 300_000
const SHORTEST_RETRY = 5_000
const LONGEST_RETRY = 60_000

export class Renewal {
  readonly #asker: Pick<Asker, 'timers' | 'log' | 'isConnected'>
  readonly #renew: Renew
  /** Of the newest. */
  #expiresAt = -Infinity
  /** By the clock of the day, and by the one that nobody sets. */
  #due: readonly [number, number] = [0, 0]
  #timer = 0
  #failures = 0
  #isOver = false

  constructor(asker: Pick<Asker, 'timers' | 'log' | 'isConnected'>, renew: Renew) {
    this.#asker = asker
    this.#renew = renew
  }

  /** An attempt is made with this. What ends no later than the last one changes nothing. */
  note(given: Given): void {
    const expiry = expiryOf(given, Date.now())
    if (expiry === undefined || expiry.at <= this.#expiresAt) return
    this.#expiresAt = expiry.at
    this.#failures = 0
    if (expiry.left > 0) this.#wait(renewalDelay(expiry.left, Math.random()))
    else this.#asker.log?.('warn', 'The credentials have expired by the clock of this machine, and are not renewed ahead.')
  }

  stop(): void {
    this.#isOver = true
    this.#asker.timers.clearTimer(this.#timer)
  }

  #wait(delay: number): void {
    this.#due = [Date.now() + delay, performance.now() + delay]
    this.#look()
  }

  #look(): void {
    this.#asker.timers.clearTimer(this.#timer)
    if (this.#isOver) return
    const left = Math.min(this.#due[0] - Date.now(), this.#due[1] - performance.now())
    if (left <= 0) void this.#tryNow()
    else this.#timer = this.#asker.timers.setTimer(() => this.#look(), Math.min(left, LONGEST_LOOK))
  }

  async #tryNow(): Promise<void> {
    // The next attempt asks by itself.
    if (!this.#asker.isConnected()) {
      this.#retry()
      return
    }
    const before = this.#expiresAt
    try {
      const used = await this.#renew((given) => {
        // Or an attempt has asked meanwhile.
        if (this.#isOver || this.#expiresAt !== before) return false
        const expiry = expiryOf(given, Date.now())
        if (expiry !== undefined && expiry.at <= before) throw new Error('The credentials function returned credentials that end no later.')
        return true
      })
      if (used !== undefined) this.note(used)
    } catch (error) {
      if (this.#failures === 0)
        this.#asker.log?.('warn', 'The credentials could not be renewed. The connection goes on, and they are asked for again.', { error })
      this.#retry()
    }
  }

  #retry(): void {
    const ceiling = Math.min(LONGEST_RETRY, SHORTEST_RETRY * 2 ** this.#failures++)
    this.#wait(ceiling * (0.5 + Math.random() / 2))
  }
}
