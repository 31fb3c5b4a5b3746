import type { ArrivedMessage } from './module.js'

const MOST = 1000

/**
 * Messages may arrive together with the broker's CONNACK, before whoever awaits connect() could subscribe to anything.
 * They are kept until then, for one turn of the event loop.
 */
export class Held {
  #messages: ArrivedMessage[] = []
  #keeping = false

  keepForAWhile(): void {
    this.#keeping = true
    setTimeout(() => this.drop())
  }

  keep(message: ArrivedMessage): void {
    if (this.#keeping && this.#messages.length < MOST) this.#messages.push(message)
  }

  /** Offers each to `take`, after the current call; those that it takes are gone. */
  release(take: (message: ArrivedMessage) => boolean): void {
    if (this.#messages.length === 0) return
    queueMicrotask(() => {
      this.#messages = this.#messages.filter((message) => !take(message))
    })
  }

  drop(): void {
    this.#keeping = false
    this.#messages = []
  }
}
