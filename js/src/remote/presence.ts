// That a page lives, as others see it: it holds a lock, and gives it back when it is frozen, as a frozen page neither reads
// nor answers.
import { hold, locksOf } from './locks.js'
import { MqttError } from '../errors.js'

export class Presence {
  /** Who it is, for as long as it lives, frozen or not. */
  readonly tab = crypto.randomUUID()
  #release: (() => void) | undefined
  #times = 0
  readonly #listening = new AbortController()

  /** Throws MqttError (`not_supported`). */
  constructor() {
    if (locksOf() === undefined)
      throw new MqttError(
        'not_supported',
        'Tabs can share a connection only where there are Web Locks: serve the page by https:, or leave the option shared out.',
      )
  }

  /** Resolves with the name of the lock. */
  async hold(): Promise<string> {
    const lock = `wsmq-tab-${this.tab}-${++this.#times}`
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

  end(): void {
    this.#listening.abort()
    this.release()
  }
}
