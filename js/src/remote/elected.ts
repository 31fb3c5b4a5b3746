// `shared` where there is no SharedWorker: the tabs elect one that has the connection. Who holds the lock of the leader is
// it; the others wait for that lock, and speak with the leader over a BroadcastChannel.
import { imported } from '../imported.js'
import type { Load } from '../load.js'
import { Air } from './air.js'
import type { Leader } from './leader.js'
import { Link, type PageOptions } from './link.js'
import { hold, whenReleased } from './locks.js'
import { Presence } from './presence.js'
import type { LoadLayer } from './webapp/layer-host.js'

export async function openElected(name: string, load: Load, options: PageOptions, loadLayer?: LoadLayer): Promise<Link> {
  const tab = new ElectedTab(name, load, options, loadLayer)
  await tab.begin()
  return tab.link
}

class ElectedTab {
  readonly link: Link
  readonly #name: string
  readonly #load: Load
  readonly #loadLayer: LoadLayer | undefined
  readonly #presence: Presence
  readonly #air: Air
  #lock = ''
  #leader: Leader | undefined
  #resign: (() => void) | undefined
  /** Ends the waiting for the lock of the leader. */
  #candidacy = new AbortController()

  constructor(name: string, load: Load, options: PageOptions, loadLayer: LoadLayer | undefined) {
    this.#name = name
    this.#load = load
    this.#loadLayer = loadLayer
    this.#presence = new Presence(name)
    this.#air = new Air(`wsmq-air-${name}`)
    this.#air.onLeader = (leader) => this.#follow(leader)
    this.link = new Link({
      ...options,
      survives: true,
      onLeave: () => this.#end(),
      onHello: (lock) => whenReleased(lock, () => this.#hostGone(lock)),
    })
    this.#presence.watch(
      () => {
        void this.#stepDown()
        this.link.lost(new Error('The page was frozen.'), false)
      },
      () => void this.begin(),
    )
  }

  async begin(): Promise<void> {
    this.#lock = await this.#presence.hold()
    this.#air.ask()
    this.#candidacy = new AbortController()
    void this.#stand(this.#candidacy)
  }

  /** Waits for its turn: until the leader is gone, or for ever. */
  async #stand({ signal }: AbortController): Promise<void> {
    let resign: (() => void) | undefined
    try {
      resign = await hold(`wsmq-leader-${this.#name}`, signal)
      // Only the leader needs what it is made of.
      const { Leader } = await imported('leader', import('./leader.js'))
      const leader = await Leader.start(this.#air, this.#load, this.#presence.prefix, this.#loadLayer)
      if (signal.aborted) {
        void leader.abandon()
        resign()
        return
      }
      this.#leader = leader
      this.#resign = resign
      this.#attach(leader.name)
    } catch (thrown) {
      resign?.()
      if (!signal.aborted) this.link.lost(thrown as Error, true)
    }
  }

  #follow(leader: string): void {
    if (this.#leader === undefined && !this.#candidacy.signal.aborted && this.#lock !== '' && leader !== this.link.hostLock)
      this.#attach(leader)
  }

  #attach(leader: string): void {
    this.#hostGone(this.link.hostLock)
    this.link.hostLock = leader
    const channel = this.#leader === undefined ? this.#air.open(this.#lock, leader) : this.#leader.channel(this.#lock)
    this.link.use(channel, { tab: this.#presence.tab, lock: this.#lock, name: this.#name })
  }

  #hostGone(lock: string): void {
    if (lock === '' || this.link.hostLock !== lock) return
    this.link.hostLock = ''
    this.link.lost(new Error('The tab that held the connection is gone.'), false)
  }

  /** Frozen, or through: somebody else may lead. */
  #stepDown(): Promise<void> {
    this.#candidacy.abort()
    this.link.hostLock = ''
    const abandoned = this.#leader?.abandon()
    this.#leader = undefined
    this.link.close()
    this.#resign?.()
    this.#resign = undefined
    this.#lock = ''
    return abandoned ?? Promise.resolve()
  }

  /** What was said last, a goodbye, is on its way: a task later it is gone. */
  async #end(): Promise<void> {
    this.#presence.stopWatching()
    await new Promise((resolve) => setTimeout(resolve))
    const abandoned = this.#stepDown()
    this.#presence.end()
    this.#air.close()
    await abandoned
  }
}
