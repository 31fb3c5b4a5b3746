/**
 * Reconnects like mqttws31.js, for `strict`: at once; a refused attempt ends, any other lasts until its timeout; then a
 * delay of 2 s, which doubles up to 128 s.
 */
export class StrictReconnector {
  static readonly #longest = 128
  readonly #timeout: number
  readonly #attempt: (over: (wasRefused: boolean) => void) => void
  #wait = 1
  #began = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  isRunning = false

  /** `timeout`: seconds for one attempt. */
  constructor(timeout: number, attempt: (over: (wasRefused: boolean) => void) => void) {
    this.#timeout = timeout
    this.#attempt = attempt
  }

  start(): void {
    this.isRunning = true
    this.#next()
  }

  stop(): void {
    this.isRunning = false
    clearTimeout(this.#timer)
  }

  #next(): void {
    this.#began = Date.now()
    let isOver = false
    this.#attempt((wasRefused) => {
      if (isOver || !this.isRunning) return
      isOver = true
      this.#wait = Math.min(this.#wait * 2, StrictReconnector.#longest)
      const rest = wasRefused ? 0 : Math.max(0, this.#began + this.#timeout * 1000 - Date.now())
      this.#timer = setTimeout(() => this.#next(), rest + this.#wait * 1000)
    })
  }
}
