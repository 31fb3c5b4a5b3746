import { seeThroughProxies } from '../proxies.js'
import { layerError } from './calls.js'
import type { WebappClient } from './layer.js'
import { LiveMap } from './live-map.js'
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
}

/** The other webapps that are online, by uid, at most 100,000. See {@link LiveMap} for how to read it. */
export class Presence<State> extends LiveMap<string, Present<State>> {
  readonly #client: WebappClient
  #state: State | undefined

  /** @internal */
  constructor(client: WebappClient, state: State | undefined, onThrown: (thrown: unknown) => void) {
    super(onThrown, MOST)
    seeThroughProxies(this, Presence)
    this.#client = client
    this.#state = state
  }

  /** The state that this webapp publishes. */
  get state(): State | undefined {
    return this.#state
  }

  /**
   * Publishes a new state. Throws {@link MqttError} (`packet_too_large`) if its record has more than 4,096 bytes, and
   * {@link InvalidArgumentError} if it cannot be written as JSON.
   */
  setState(state: State): void {
    const text = encode(state, 'The state')
    try {
      this.#client.setState(text)
    } catch (thrown) {
      throw layerError(thrown)
    }
    this.#state = state
  }

  /** @internal Another page of this webapp has set it. */
  restated(state: string): void {
    this.#state = JSON.parse(state) as State
  }

  /** @internal */
  received(uid: string, state: string | undefined, since: number): void {
    if (state === undefined) return this.remove(uid)
    const [org = '', user = ''] = uid.split(':')
    const joined = new Date(since)
    this.put(uid, { uid, org, user, since: Number.isNaN(joined.getTime()) ? new Date(0) : joined, state: JSON.parse(state) as State })
  }
}
