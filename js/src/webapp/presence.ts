import { checkOptions, type Shape, text } from '../check.js'
import { MqttError } from '../errors.js'
import { seeThroughProxies } from '../proxies.js'
import { isOf } from './account.js'
import { layerError, LEFT } from './calls.js'
import type { WebappClient } from './layer.js'
import { LiveMap } from './live-map.js'
import { dateOf, type PresentTab, tabsOf } from './tabs.js'
import { encode } from './values.js'

/** As many as the module reports. */
const MOST = 100_000

/** A webapp that is online. */
export interface Present<State = unknown> {
  readonly uid: string
  readonly org: string
  readonly user: string
  /** When it joined, by its own clock; the beginning of 1970 if it does not say. */
  readonly since: Date
  /** The state that it published, null if it was none. Its type is not checked. */
  readonly state: State
  /** Its tabs, where several share a connection and each has a state; `state` is then that of the one that set it last. */
  readonly tabs?: readonly PresentTab<State>[]
}

/** Whose presence: all where there is neither. */
export interface WatchOptions {
  org?: string
  user?: string
}
export const WATCH_OPTIONS: Shape = { org: text, user: text }

/** The other webapps that are online, by uid, at most 100,000. See {@link LiveMap} for how to read it. */
export class Presence<State> extends LiveMap<string, Present<State>> {
  /**
   * The tabs that share this connection, by id, this one among them, as others are told of them. Empty unless they have
   * joined with `shared: { presence: 'each' }`.
   */
  readonly tabs: LiveMap<string, PresentTab<State>>
  readonly #client: WebappClient
  #state: State | undefined
  #watched: [org: string, user: string] | undefined

  /** @internal */
  constructor(client: WebappClient, state: State | undefined, onThrown: (thrown: unknown) => void) {
    super(onThrown, MOST)
    seeThroughProxies(this, Presence)
    this.tabs = new LiveMap(onThrown, MOST)
    this.#client = client
    this.#state = state
  }

  /** The state that this webapp publishes; that of this tab, where each has its own. */
  get state(): State | undefined {
    return this.#state
  }

  /**
   * Publishes a new state. Throws {@link MqttError} (`packet_too_large`) if its record has more than 4,096 bytes, which all
   * tabs share where each has a state, or `closed`, and {@link InvalidArgumentError} if it cannot be written as JSON.
   */
  setState(state: State): void {
    const text = encode(state, 'The state')
    this.#call(() => this.#client.setState(text))
    this.#state = state
  }

  /**
   * Watches who is there, from now on: all, one org, or one user, in place of those that were watched before. Those that
   * are not watched any more go from the map, as `gone`. Throws {@link InvalidNameError} (`invalid_name`), or
   * {@link MqttError} (`closed`).
   */
  watch(of: WatchOptions = {}): void {
    checkOptions(of, WATCH_OPTIONS)
    const { org = '', user = '' } = of
    this.#call(() => this.#client.watchPresence(org, user))
    this.#watched = [org, user]
    this.#forget()
  }

  /**
   * Watches nobody, which costs nothing: all go from the map, as `gone`. Throws {@link MqttError} (`queue_full`), and goes
   * on watching, while 65,535 subscriptions are unanswered.
   */
  unwatch(): void {
    if (this.#watched === undefined) return
    this.#call(() => this.#client.unwatchPresence())
    this.#watched = undefined
    this.#forget()
  }

  /** @internal Another page of this webapp has set it; or it could not be set. */
  restated(state: string): void {
    this.#state = JSON.parse(state) as State
  }

  /** @internal */
  received(uid: string, state: string | undefined, since: number, tabs: string | undefined): void {
    if (state === undefined) return this.remove(uid)
    if (!this.#watches(uid)) return
    const [org = '', user = ''] = uid.split(':')
    const each = tabs === undefined ? {} : { tabs: tabsOf<State>(tabs) }
    this.put(uid, { uid, org, user, since: dateOf(since), state: JSON.parse(state) as State, ...each })
  }

  /** @internal JSON text, of the tabs that share this connection. */
  retabbed(text: string): void {
    const told = new Map(tabsOf<State>(text).map((tab) => [tab.id, tab]))
    for (const id of [...this.tabs.keys()]) if (!told.has(id)) this.tabs.remove(id)
    for (const [id, tab] of told) if (JSON.stringify(tab) !== JSON.stringify(this.tabs.get(id))) this.tabs.put(id, tab)
  }

  /** @internal */
  override end(): void {
    this.#watched = undefined
    super.end()
    this.tabs.end()
  }

  #watches(uid: string): boolean {
    return this.#watched !== undefined && isOf(uid, ...this.#watched)
  }

  /** Those that are not watched. */
  #forget(): void {
    for (const uid of [...this.keys()]) if (!this.#watches(uid)) this.remove(uid)
  }

  #call(act: () => void): void {
    if (this.isOver) throw new MqttError('closed', LEFT)
    try {
      act()
    } catch (thrown) {
      throw layerError(thrown)
    }
  }
}
