import { open, type Target } from './connect.js'
import type { Connection } from './connection.js'
import { load as loadModule } from './separate.js'
import type { LoadSeparateOptions } from './load.js'
import type { ConnectOptions } from './options.js'

export * from './api.js'

/**
 * Loads `wsmq.wasm` ahead of the first `connect()`, which else does it from beside this script; or says where it is.
 * Rejects with {@link MqttError} (`load_failed`).
 */
export async function load(options?: LoadSeparateOptions): Promise<void> {
  await loadModule(options)
}

/**
 * Connects to an MQTT broker over WebSocket.
 *
 * ```ts
 * const mq = await connect('wss://example.org/mqtt', { credentials: { username, password } })
 * ```
 *
 * Resolves once the broker accepted. Of several addresses each is tried in turn, now and at every reconnection. On a
 * page, `/ws_mqtt` is an address on the page's own server.
 *
 * Rejects with {@link ConnectionRefusedError}, {@link ConnectionFailedError}, {@link ConnectTimeoutError},
 * {@link AuthenticationError}, {@link InvalidArgumentError}, or the signal's reason.
 */
export function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return open(loadModule, target, options)
}
