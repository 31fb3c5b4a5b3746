import type { Target } from '../connect.js'
import type { Load } from '../load.js'
import { type JoinOptions, joinWith } from './join.js'
import type { Webapp } from './webapp.js'

/** What the value `Webapp` of both entries is; they differ in how they load the module. */
export function entryOf(load: Load) {
  return {
    /**
     * Connects, and takes part.
     *
     * ```ts
     * const app = await Webapp.join('wss://example.org/ws_mqtt', { org: 'acme', user: 'ann' })
     * const order = await app.request('orders', 'create', { item: 7 })
     * ```
     *
     * Resolves when the others can reach this webapp. Rejects as `connect()` does, with {@link InvalidNameError}, or
     * where the broker refuses what taking part needs.
     */
    join<S = object>(target: Target, options: JoinOptions<S>): Promise<Webapp<S>> {
      return joinWith<S>(load, target, options)
    },
  }
}
