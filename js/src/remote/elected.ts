// `shared` where there is no SharedWorker: the tabs elect one that has the connection. Who holds the lock of the leader is
// it; the others wait for that lock, and speak with the leader over a BroadcastChannel. From one that hangs they take it.
import { imported } from '../imported.js'
import type { Load } from '../load.js'
import { Air } from './air.js'
import type { Leader } from './leader.js'
import { Link, type PageOptions } from './link.js'
import { hold, holderOf, locksOf, whenReleased } from './locks.js'
import { Presence } from './presence.js'
import { Watchdog } from './watchdog.js'
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
  readonly #watchdog: Watchdog
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
    this.#air.onLeader = (leader) => {
      if (leader === this.link.hostLock) this.#watchdog.heard()
      void this.#follow(leader)
    }
    this.#watchdog = new Watchdog(
      () => this.#air.ask(),
      () => void this.#takeOver(),
    )
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

  get #leaderLock(): string {
    return `wsmq-leader-${this.#name}`
  }

  /** Waits for its turn: until the leader is gone, or for ever; or takes it from the page that hangs. */
  async #stand({ signal }: AbortController, hanging?: string): Promise<void> {
    let resign: (() => void) | undefined
    try {
      const onStolen = () => !signal.aborted && this.#deposed()
      resign = await hold(this.#leaderLock, { onStolen, ...(hanging === undefined ? { signal } : { steal: true }) })
      // Only the leader needs what it is made of.
      const { Leader } = await imported('leader', import('./leader.js'))
      const leader = await Leader.start({
        ...{ air: this.#air, load: this.#load, loadLayer: this.#loadLayer, hanging },
        ...{ name: this.#name, presences: this.#presence.prefix, leadership: this.#leaderLock },
        hasOutbox: Boolean(this.link.user['outbox']),
      })
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

  /** The leader does not answer. One tab at a time looks whether it still leads, and if so takes over from it. */
  async #takeOver(): Promise<void> {
    const suspect = this.link.hostLock
    await locksOf()?.request(`wsmq-takeover-${this.#name}`, { ifAvailable: true }, async (lock) => {
      const hanging = await holderOf(suspect)
      const isLeader = hanging !== undefined && hanging === (await holderOf(this.#leaderLock))
      if (lock === null || !isLeader || suspect !== this.link.hostLock || !this.#watchdog.isSilent) return
      this.#candidacy.abort()
      this.#candidacy = new AbortController()
      await this.#stand(this.#candidacy, hanging)
    })
  }

  /** Another tab has taken over, as this one hung: it goes on as one that follows. */
  #deposed(): void {
    this.#presence.release()
    void this.#stepDown()
    this.link.lost(new Error('Another tab has taken over the connection, as this one did not answer.'), false)
    void this.begin()
  }

  /** A tab that hung may say only now that it leads, when another does. */
  async #follow(leader: string): Promise<void> {
    const isNews = () => this.#leader === undefined && !this.#candidacy.signal.aborted && this.#lock !== '' && leader !== this.link.hostLock
    if (!isNews()) return
    const holder = await holderOf(leader)
    if (holder !== undefined && holder === (await holderOf(this.#leaderLock)) && isNews()) this.#attach(leader)
  }

  #attach(leader: string): void {
    this.#hostGone(this.link.hostLock)
    this.link.hostLock = leader
    if (this.#leader === undefined) this.#watchdog.start()
    else this.#watchdog.stop()
    const channel = this.#leader === undefined ? this.#air.open(this.#lock, leader) : this.#leader.channel(this.#lock)
    this.link.use(channel, { tab: this.#presence.tab, lock: this.#lock, name: this.#name })
  }

  #hostGone(lock: string): void {
    if (lock === '' || this.link.hostLock !== lock) return
    this.link.hostLock = ''
    this.#watchdog.stop()
    this.link.lost(new Error('The tab that held the connection is gone.'), false)
  }

  /** Frozen, or through: somebody else may lead. */
  #stepDown(): Promise<void> {
    this.#candidacy.abort()
    this.#watchdog.stop()
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
