// A process that calls the package with an address, and sends its parent what it is told of the failure, in every form that
// a program may log. What the package itself prints goes where it goes.
import { inspect } from 'node:util'

const [api, uri = ''] = process.argv.slice(2)
const dist = (/** @type {string} */ name) => import(new URL(`../../../dist/${name}`, import.meta.url).href)

/** @type {string[]} */
const told = []

/** @param {unknown} thrown */
function tell(thrown) {
  told.push(String(thrown), JSON.stringify(thrown) ?? '', inspect(thrown, { depth: 9, showHidden: true }))
  if (!(thrown instanceof Error)) return
  told.push(thrown.message, thrown.stack ?? '', JSON.stringify({ ...thrown }))
  if (thrown.cause !== undefined) tell(thrown.cause)
}

const options = { connectTimeout: 5000, reconnect: false }

async function callPaho() {
  const { Client } = await dist('paho.js')
  /** @param {any} client @param {object} [given] */
  const failure = (client, given) =>
    new Promise((resolve) => {
      client.onConnectionLost = tell
      client.trace = tell
      client.startTrace()
      try {
        client.connect({ ...given, timeout: 5, onFailure: resolve })
      } catch (thrown) {
        resolve(thrown)
      }
      tell(client.getTraceLog())
    })
  tell(await failure(new Client('ws://127.0.0.1:1/mqtt', 'id'), { uris: [uri] }))
  for (const hosts of [[uri], ['ws://127.0.0.1:1/', uri], [uri, 'h']]) tell(await failure(new Client('h', 80, 'id'), { hosts }))
  tell(await failure(new Client(uri, 'id')))
}

/** @type {Record<string, () => Promise<unknown>>} */
const calls = {
  connect: async () => (await dist('index.js')).connect(uri, options),
  separate: async () => (await dist('wasm.js')).connect([uri, uri], options),
  webapp: async () => (await dist('webapp.js')).Webapp.join(uri, { org: 'acme', user: 'ann', ...options }),
  load: async () => (await dist('wasm.js')).load({ wasmUrl: uri }),
  paho: callPaho,
  module: async () => {
    const module = await (await dist('wsmq.embedded.mjs')).default()
    const client = new module.Client(uri, 'id')
    throw await new Promise((onFailure) => client.connect({ reconnect: false, timeout: 5, onFailure }))
  },
}

try {
  await calls[/** @type {string} */ (api)]?.()
} catch (thrown) {
  tell(thrown)
}
process.send?.(told, () => process.exit())
