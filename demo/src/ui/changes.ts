import { signal } from '@preact/signals'

/** Milliseconds between two drawings of what changes at every message: nobody reads faster. */
const PAUSE = 100

/**
 * That something has changed which is not a signal itself, such as a list of thousands: components that read `version` are
 * drawn again, at the next frame and at most ten times a second, however often `touch()` is called.
 */
export class Changes {
  readonly #version = signal(0)
  readonly #before: (() => void) | undefined
  #isScheduled = false
  #last = -PAUSE

  /** @param before is called once before each drawing */
  constructor(before?: () => void) {
    this.#before = before
  }

  get version(): number {
    return this.#version.value
  }

  touch(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    const wait = this.#last + PAUSE - performance.now()
    if (wait > 0 || document.hidden) setTimeout(() => this.#frame(), Math.max(0, wait))
    else this.#frame()
  }

  #frame(): void {
    const draw = () => {
      this.#isScheduled = false
      this.#last = performance.now()
      this.#before?.()
      this.#version.value++
    }
    // A page in the background has no frames.
    if (document.hidden) draw()
    else requestAnimationFrame(draw)
  }
}
