// The tab that has the connection of all: what it does for the others, until it gives that up.
import { outboxOf } from '../connect.js'
import type { Load } from '../load.js'
import type { Air } from './air.js'
import { DirectChannel } from './channels.js'
import { Host } from './host.js'
import { hold, holderOf, locksOf, whenReleased } from './locks.js'
import type { Channel } from './protocol.js'
import type { LoadLayer } from './webapp/layer-host.js'

/** In milliseconds: how long the tabs of the former leader are waited for, so that the broker's messages find them. */
const PATIENCE = 2000

export class Leader {
  /** Also of a lock that it holds. */
  readonly name: string
  readonly #air: Air
  readonly #host: Host
  readonly #release: () => void
  readonly #attached = new Set<string>()
  #onAttached: (() => void) | undefined

  /**
   * Rejects if the module cannot be loaded. `presences` is what the locks of its tabs begin with, `leadership` the lock that
   * makes a tab the leader.
   */
  static async start(air: Air, load: Load, presences: string, leadership: string, loadLayer?: LoadLayer): Promise<Leader> {
    const [module, createLayer] = await Promise.all([load(), loadLayer?.()])
    const name = `wsmq-host-${crypto.randomUUID()}`
    const release = await hold(name)
    return new Leader(air, name, release, (leader) => {
      const gather = () => leader.#gather(presences)
      const leads = async () => (await holderOf(leadership)) === (await holderOf(name))
      return new Host(module, {
        isShared: true,
        lock: name,
        whenReleased,
        gather,
        leads,
        openOutbox: outboxOf,
        ...(createLayer && { createLayer }),
      })
    })
  }

  private constructor(air: Air, name: string, release: () => void, host: (leader: Leader) => Host) {
    this.name = name
    this.#air = air
    this.#release = release
    this.#host = host(this)
    air.onStranger = (to, from) => {
      if (to !== name) return
      this.#host.add(air.open(name, from))
      this.#attached.add(from)
      this.#onAttached?.()
    }
    air.onWho = () => air.announce(name)
    air.announce(name)
  }

  /** For the tab itself. */
  channel(lock: string): Channel {
    const [here, there] = DirectChannel.pair()
    this.#attached.add(lock)
    this.#host.add(there)
    return here
  }

  /** Another tab may take over: at once, and without a will. Resolves when all is stored. */
  abandon(): Promise<void> {
    this.#air.onStranger = this.#air.onWho = undefined
    const abandoned = this.#host.abandon()
    this.#release()
    return abandoned
  }

  /** Waits for the tabs that live, to the last or until one hangs. */
  async #gather(presences: string): Promise<void> {
    const { held = [] } = (await locksOf()?.query()) ?? {}
    const missing = new Set(held.map(({ name = '' }) => name).filter((name) => name.startsWith(presences)))
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, PATIENCE)
      const check = (): void => {
        for (const name of this.#attached) missing.delete(name)
        if (missing.size > 0) return
        clearTimeout(timer)
        resolve()
      }
      this.#onAttached = check
      for (const name of missing)
        whenReleased(name, () => {
          missing.delete(name)
          check()
        })
      check()
    })
    this.#onAttached = undefined
  }
}
