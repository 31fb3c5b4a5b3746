import { open, type Target } from './connect.js'
import type { Connection } from './connection.js'
import { load as loadModule } from './embedded.js'
import type { LoadOptions } from './load.js'
import type { ConnectOptions } from './options.js'

export * from './api.js'

/**
 * Loads the WebAssembly module, which is inside this script, ahead of the first `connect()`, which else does it.
 * Rejects with {@link MqttError} (`load_failed`).
 */
export async function load(options?: LoadOptions): Promise<void> {
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
