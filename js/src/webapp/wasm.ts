// `websocket-mq/webapp/wasm`: with messaging; the module is a file of its own, wsmq-webapp.wasm.
import createModule from 'wsmq:webapp-separate'
import { open, type Target } from '../connect.js'
import type { Connection } from '../connection.js'
import { loadOnce, type LoadSeparateOptions } from '../load.js'
import type { ConnectOptions } from '../options.js'
import { joinable } from './join.js'
import type { Webapp as App } from './webapp.js'

export * from '../api.js'
export * from './api.js'

const loadModule = /* @__PURE__ */ loadOnce(createModule, () => new URL('./wsmq-webapp.wasm', import.meta.url))

/** A webapp that exchanges presence, requests and messages with others. `S` declares what they exchange: see {@link Schema}. */
export type Webapp<S = object> = App<S>

export const Webapp = /* @__PURE__ */ joinable(loadModule)

/** Like `load()` of `websocket-mq/wasm`: loads `wsmq-webapp.wasm` ahead of the first call, or says where it is. */
export async function load(options?: LoadSeparateOptions): Promise<void> {
  await loadModule(options)
}

/** Like `connect()` of `websocket-mq`: a connection without messaging. */
export function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return open(loadModule, target, options)
}
