// The tab that has the connection of all: what it does for the others, until it gives that up.
import { outboxOf } from '../connect.js'
import { imported } from '../imported.js'
import type { Load } from '../load.js'
import type { Air } from './air.js'
import { DirectChannel } from './channels.js'
import { Host } from './host.js'
import { hold, holderOf, locksOf, whenReleased } from './locks.js'
import type { Channel } from './protocol.js'
import type { LoadLayer } from './webapp/layer-host.js'

/** In milliseconds: how long the tabs of the former leader are waited for, so that the broker's messages find them. */
const PATIENCE = 2000

export interface LeaderOptions {
  readonly air: Air
  readonly load: Load
  readonly loadLayer: LoadLayer | undefined
  /** Of the connection. */
  readonly name: string
  /** What the locks of its tabs begin with. */
  readonly presences: string
  /** The lock that makes a tab the leader. */
  readonly leadership: string
  readonly hasOutbox: boolean
  /** The page that it takes over from, by its identifier of Web Locks: it hangs. */
  readonly hanging: string | undefined
}

export class Leader {
  /** Also of a lock that it holds. */
  readonly name: string
  readonly #air: Air
  readonly #host: Host
  readonly #release: () => void
  readonly #attached = new Set<string>()
  #onAttached: (() => void) | undefined

  /** Rejects if the module cannot be loaded. */
  static async start({ air, load, loadLayer, ...options }: LeaderOptions): Promise<Leader> {
    const { leadership, hanging } = options
    const [module, createLayer] = await Promise.all([load(), loadLayer?.()])
    const name = `wsmq-host-${crypto.randomUUID()}`
    const release = await hold(name)
    // Before any tab turns away from it: what it tells nobody it must not erase.
    if (hanging !== undefined && options.hasOutbox) await depose(options.name, hanging)
    return new Leader(air, name, release, (leader) => {
      const gather = () => leader.#gather(options)
      const leads = async () => (await holderOf(leadership)) === (await holderOf(name))
      return new Host(module, {
        isShared: true,
        lock: name,
        group: options.name,
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
  async #gather({ presences, hanging }: Pick<LeaderOptions, 'presences' | 'hanging'>): Promise<void> {
    const { held = [] } = (await locksOf()?.query()) ?? {}
    const living = held.filter(({ clientId }) => clientId !== hanging)
    const missing = new Set(living.map(({ name = '' }) => name).filter((name) => name.startsWith(presences)))
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

async function depose(name: string, page: string): Promise<void> {
  const { deposeOutbox } = await imported('open-outbox', import('../outbox/open-outbox.js'))
  // Where nothing can be stored, it cannot store anything, either.
  await deposeOutbox(name, async (lock) => (await holderOf(lock)) === page).catch(() => {})
}
