import { seeThroughProxies } from '../proxies.js'
import { layerError } from './calls.js'
import type { WebappClient } from './layer.js'
import { LiveMap } from './live-map.js'
import { encode } from './values.js'

/** As many as the module tells of. */
const MOST = 100_000

/** A webapp that is there. */
export interface Present<State = unknown> {
  readonly uid: string
  readonly org: string
  readonly user: string
  /** When it joined, by its own clock; the beginning of 1970 where it does not say. */
  readonly since: Date
  /** What it shows of itself: whatever it sent, null where that was nothing. Its type is not checked. */
  readonly state: State
}

/** Who else is there, by uid. See {@link LiveMap} for how to read it. */
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

  /** What this webapp shows of itself. */
  get state(): State | undefined {
    return this.#state
  }

  /** Throws an {@link MqttError} with the code `packet_too_large` where it makes a record of more than 4,096 bytes. */
  setState(state: State): void {
    const text = encode(state, 'The state')
    try {
      this.#client.setState(text)
    } catch (thrown) {
      throw layerError(thrown)
    }
    this.#state = state
  }

  /** @internal */
  heard(uid: string, state: string | undefined, since: number): void {
    if (state === undefined) return this.remove(uid)
    const [org = '', user = ''] = uid.split(':')
    const joined = new Date(since)
    this.put(uid, { uid, org, user, since: Number.isNaN(joined.getTime()) ? new Date(0) : joined, state: JSON.parse(state) as State })
  }
}
