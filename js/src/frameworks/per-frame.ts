import { inNextFrame } from '../frame.js'

/**
 * Hands on the latest value once for each frame that the screen shows, however many arrive; in a hidden page, which has
 * no frames, once it is seen again.
 */
export class PerFrame<T> {
  readonly #apply: (value: T) => void
  #value: T | undefined
  #pending: (() => void) | undefined

  constructor(apply: (value: T) => void) {
    this.#apply = apply
  }

  push(value: T): void {
    this.#value = value
    this.#pending ??= inNextFrame(false, () => {
      this.#pending = undefined
      this.#apply(this.#value as T)
    })
  }

  stop(): void {
    this.#pending?.()
    this.#pending = undefined
  }
}
