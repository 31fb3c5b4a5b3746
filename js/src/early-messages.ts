import type { ArrivedMessage } from './module.js'

const CAPACITY = 1000

/**
 * Messages that arrive with the broker's CONNACK, before the code that awaits connect() could subscribe. They are kept
 * for one turn of the event loop.
 */
export class EarlyMessages {
  #messages: ArrivedMessage[] = []
  #isKeeping = false

  start(): void {
    this.#isKeeping = true
    setTimeout(() => this.drop())
  }

  keep(message: ArrivedMessage): void {
    if (this.#isKeeping && this.#messages.length < CAPACITY) this.#messages.push(message)
  }

  /** Offers each to `take`, after the current call; those that it takes are removed. */
  release(take: (message: ArrivedMessage) => boolean): void {
    if (this.#messages.length === 0) return
    queueMicrotask(() => {
      this.#messages = this.#messages.filter((message) => !take(message))
    })
  }

  drop(): void {
    this.#isKeeping = false
    this.#messages = []
  }
}
