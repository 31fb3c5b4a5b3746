import type { WebappClient } from './layer.js'
import { LiveMap } from './live-map.js'
import { encode } from './values.js'

/** A webapp that is there. */
export interface Present<State = unknown> {
  readonly uid: string
  readonly org: string
  readonly user: string
  /** When it joined, by its own clock. */
  readonly since: Date
  /** What it shows of itself. */
  readonly state: State
}

/** Who else is there, by uid. See {@link LiveMap} for how to read it. */
export class Presence<State> extends LiveMap<string, Present<State>> {
  readonly #client: WebappClient
  #state: State | undefined

  /** @internal */
  constructor(client: WebappClient, state: State | undefined, onThrown: (thrown: unknown) => void) {
    super(onThrown)
    this.#client = client
    this.#state = state
  }

  /** What this webapp shows of itself. */
  get state(): State | undefined {
    return this.#state
  }

  setState(state: State): void {
    this.#client.setState(encode(state, 'The state'))
    this.#state = state
  }

  /** @internal */
  heard(uid: string, state: string | undefined, since: number): void {
    if (state === undefined) return this.remove(uid)
    const [org = '', user = ''] = uid.split(':')
    this.put(uid, { uid, org, user, since: new Date(since), state: JSON.parse(state) as State })
  }
}
