// `websocket-mq/webapp`: with messaging; the module is inside this script.
import createModule from 'wsmq:webapp-embedded'
import { open, type Target } from '../connect.js'
import type { Connection } from '../connection.js'
import { loadOnce, type LoadOptions } from '../load.js'
import type { ConnectOptions } from '../options.js'
import { joinable } from './join.js'
import type { Webapp as App } from './webapp.js'

export * from '../api.js'
export * from './api.js'

const loadModule = /* @__PURE__ */ loadOnce(createModule)

/** A webapp that exchanges presence, requests and messages with others. `S` declares what they exchange: see {@link Schema}. */
export type Webapp<S = object> = App<S>

export const Webapp = /* @__PURE__ */ joinable(loadModule)

/** Like `load()` of `websocket-mq`: loads the module ahead of the first `connect()` or `join()`. */
export async function load(options?: LoadOptions): Promise<void> {
  await loadModule(options)
}

/** Like `connect()` of `websocket-mq`: a connection without messaging. */
export function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return open(loadModule, target, options)
}
