// A client with a scripted broker behind it, both gone when the test is over.
import { startFakeBroker } from './fake-broker.mjs'
import { called, loadModule } from './module.mjs'

export const shared = await loadModule()

/**
 * @param {import('node:test').TestContext} test
 * @param {import('../../../wasm/wsmq.js').Module} [module]
 */
export async function scripted(test, module = shared) {
  const broker = await startFakeBroker()
  const client = new module.Client(broker.url, 'id')
  test.after(() => {
    client.delete()
    return broker.close()
  })
  return { broker, client }
}

/**
 * @param {import('node:test').TestContext} test
 * @param {import('../../../wasm/wsmq.js').ConnectOptions} [options]
 * @param {Parameters<import('./fake-broker.mjs').Peer['accept']>[0]} [answer]
 */
export async function connected(test, options = {}, answer = {}) {
  const { broker, client } = await scripted(test)
  const [peer] = await connectTo(broker, client, options, answer)
  return { broker, client, peer }
}

/**
 * @param {import('./fake-broker.mjs').FakeBroker} broker
 * @param {any} client
 * @param {import('../../../wasm/wsmq.js').ConnectOptions} [options]
 * @param {Parameters<import('./fake-broker.mjs').Peer['accept']>[0]} [answer]
 */
export async function connectTo(broker, client, options = {}, answer = {}) {
  const stands = called(client, 'onConnected')
  client.connect({ keepAliveInterval: 0, reconnect: false, ...options })
  return Promise.all([broker.accept({ version: options.mqttVersion ?? 5, ...answer }), stands])
}
