import { open, type Target } from '../connect.js'
import type { Connection } from '../connection.js'
import type { LoadOptions } from '../load.js'
import type { ConnectOptions } from '../options.js'
import { type JoinOptions, joinWith } from './join.js'
import { load as loadModule } from './embedded.js'
import type { Webapp as App } from './webapp.js'

export * from '../api.js'
export * from './api.js'

/** A page among others, with services and devices. `S` is what they say to each other: see {@link Schema}. */
export type Webapp<S = object> = App<S>

export const Webapp = {
  /**
   * Connects, and takes part.
   *
   * ```ts
   * const app = await Webapp.join('wss://example.org/ws_mqtt', { org: 'acme', user: 'ann' })
   * const order = await app.request('orders', 'create', { item: 7 })
   * ```
   *
   * Resolves when the others can reach this webapp. Rejects as `connect()` does, with {@link InvalidNameError}, or where
   * the broker refuses what taking part needs.
   */
  join<S = object>(target: Target, options: JoinOptions<S>): Promise<App<S>> {
    return joinWith<S>(loadModule, target, options)
  },
}

/** As of `websocket-mq`: loads the module, which is inside this script, ahead of the first call. */
export async function load(options?: LoadOptions): Promise<void> {
  await loadModule(options)
}

/** As of `websocket-mq`: a connection that takes no part. */
export function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return open(loadModule, target, options)
}
