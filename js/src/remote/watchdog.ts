// A leader that hangs, in an endless loop for example, holds its locks and does not answer. Whoever follows it asks it now
// and then; the answer is for all who follow.

/** Milliseconds between two looks. */
const INTERVAL = 5000
/** Looks in vain after which the leader counts as hanging. Time in which this page itself did nothing has no looks. */
const MOST_SILENT = 3

export class Watchdog {
  readonly #ask: () => void
  readonly #onSilent: () => void
  #silent = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(ask: () => void, onSilent: () => void) {
    this.#ask = ask
    this.#onSilent = onSilent
  }

  /** Of the leader that is followed from now on. */
  start(): void {
    this.stop()
    this.#timer = setInterval(() => {
      if (this.isSilent) this.#onSilent()
      // What others asked for in the meantime counts.
      if (this.#silent++ > 0) this.#ask()
    }, INTERVAL)
  }

  heard(): void {
    this.#silent = 0
  }

  get isSilent(): boolean {
    return this.#silent > MOST_SILENT
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#silent = 0
  }
}
