const SHOWN_IN_A_MINUTE = 10
const MINUTE = 60_000

/**
 * Shows errors that have no listener. Peers can cause some: they must not end the process or flood the console.
 */
export class ConsoleReporter {
  #begin = -Infinity
  #count = 0

  readonly report = (thrown: unknown): void => {
    const now = Date.now()
    if (now - this.#begin >= MINUTE) {
      this.#begin = now
      this.#count = 0
    }
    if (++this.#count <= SHOWN_IN_A_MINUTE) console.error(thrown)
    if (this.#count === SHOWN_IN_A_MINUTE)
      console.error('websocket-mq shows no more errors for a minute: listen to all of them with app.on("error").')
  }
}
