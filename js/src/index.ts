// `websocket-mq`: the module is inside this script.
import { open, type Target } from './connect.js'
import type { Connection } from './connection.js'
import { load as loadModule } from './embedded.js'
import type { LoadOptions } from './load.js'
import type { ConnectOptions } from './options.js'

export * from './api.js'

/**
 * Loads the WebAssembly module ahead of the first `connect()`, which otherwise loads it. Rejects with {@link MqttError}
 * (`load_failed`) or the signal's reason.
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
 * Resolves once the broker has accepted the connection. Given several addresses, it tries each in turn, now and at
 * every reconnection. On a page, `/ws_mqtt` is an address on the page's own server.
 *
 * Rejects with {@link InvalidArgumentError}, {@link ConnectionRefusedError} (`connection_refused`),
 * {@link ConnectionFailedError} (`transport_failed`), {@link ConnectTimeoutError} (`connect_timed_out`),
 * {@link AuthenticationError}, another {@link MqttError} (`load_failed`), or the signal's reason.
 */
export function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  return open(loadModule, target, options)
}
