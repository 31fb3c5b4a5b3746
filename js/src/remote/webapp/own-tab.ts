// A page that has a state of its own, and what it knows of the others.
import type { LayerOptions } from '../../webapp/layer.js'
import type { TabState } from './commands.js'
import { fitsRecord } from './names.js'
import { recordOf, tooLargeForAll } from './tab-record.js'

export class OwnTab {
  #own: TabState
  #all: readonly TabState[] = []

  constructor(id: string, { since, state }: LayerOptions) {
    this.#own = { id, since, state, setAt: 0 }
  }

  get own(): TabState {
    return this.#own
  }

  /** Throws what the module throws. What the others say at the same time, the host knows. */
  set(state: string, uid: string, options: LayerOptions): TabState {
    const own = { ...this.#own, state, setAt: Math.max(Date.now(), this.#own.setAt + 1) }
    const others = this.#all.filter(({ id }) => id !== own.id)
    if (!fitsRecord(uid, { ...options, ...recordOf([...others, own]) })) throw tooLargeForAll()
    this.#own = own
    return own
  }

  /** There was no room for what was set then. Undefined: the page has set another state since, of which it will hear. */
  takeBack(setAt: number, former: TabState): string | undefined {
    if (this.#own.setAt !== setAt) return undefined
    this.#own = former
    return former.state
  }

  /** What all of them say, as JSON text. */
  told(all: readonly TabState[]): string {
    this.#all = all
    return recordOf(all).tabs
  }
}
