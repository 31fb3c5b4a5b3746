import { open, type Target } from '../connect.js'
import type { Connection } from '../connection.js'
import type { LoadSeparateOptions } from '../load.js'
import type { ConnectOptions } from '../options.js'
import { entryOf } from './entry.js'
import { load as loadModule } from './separate.js'
import type { Webapp as App } from './webapp.js'

export * from '../api.js'
export * from './api.js'

/** A page among others, with services and devices. `S` is what they say to each other: see {@link Schema}. */
export type Webapp<S = object> = App<S>

export const Webapp = /* @__PURE__ */ entryOf(loadModule)

/** As of `websocket-mq`: loads `wsmq-webapp.wasm` ahead of the first call, or says where it is. */
export async function load(options?: LoadSeparateOptions): Promise<void> {
  await loadModule(options)
}

/** As of `websocket-mq`: a connection that takes no part. */
export function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return open(loadModule, target, options)
}
