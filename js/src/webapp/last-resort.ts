const SHOWN_IN_A_MINUTE = 10
const MINUTE = 60_000

/**
 * Where the errors go that nobody listens for. Anybody can cause some, so that they must end no process and must not
 * flood the console.
 */
export class LastResort {
  #begin = -Infinity
  #count = 0

  readonly report = (thrown: unknown): void => {
    const now = Date.now()
    if (now - this.#begin >= MINUTE) {
      this.#begin = now
      this.#count = 0
    }
    if (++this.#count <= SHOWN_IN_A_MINUTE) console.error(thrown)
    if (this.#count === SHOWN_IN_A_MINUTE) console.error('websocket-mq shows no more errors for a minute: app.on("error") tells them all.')
  }
}
