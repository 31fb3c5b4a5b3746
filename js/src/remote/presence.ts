// That a page lives, as others see it: it holds a lock, and gives it back when it is frozen, as a frozen page neither reads
// nor answers.
import { hold } from './locks.js'

export class Presence {
  /** Who it is, for as long as it lives, frozen or not. */
  readonly tab: string = crypto.randomUUID()
  /** What the locks of all tabs of this connection begin with. */
  readonly prefix: string
  #release: (() => void) | undefined
  #times = 0
  readonly #listening = new AbortController()

  constructor(name: string) {
    this.prefix = `wsmq-tab-${name}-`
  }

  /** Resolves with the name of the lock. */
  async hold(): Promise<string> {
    const lock = `${this.prefix}${this.tab}-${++this.#times}`
    this.#release = await hold(lock)
    return lock
  }

  /** Calls back when the page is about to be frozen, or put aside for the back button; and when it goes on. */
  watch(onFrozen: () => void, onResumed: () => void): void {
    const { signal } = this.#listening
    let isFrozen = false
    const freeze = (): void => {
      if (isFrozen) return
      isFrozen = true
      this.release()
      onFrozen()
    }
    const resume = (): void => {
      if (!isFrozen) return
      isFrozen = false
      onResumed()
    }
    const { document } = globalThis as { document?: Document }
    document?.addEventListener('freeze', freeze, { signal })
    document?.addEventListener('resume', resume, { signal })
    globalThis.addEventListener('pagehide', (event) => event.persisted && freeze(), { signal })
    globalThis.addEventListener('pageshow', (event) => event.persisted && resume(), { signal })
  }

  release(): void {
    this.#release?.()
    this.#release = undefined
  }

  stopWatching(): void {
    this.#listening.abort()
  }

  end(): void {
    this.stopWatching()
    this.release()
  }
}
