// The module without the package around it, as somebody would use it who ships it alone. A worker does the same.
const flavour = new URLSearchParams(location.search).get('flavour')

/** @param {string | null} file @returns {Promise<import('../../../wasm/wsmq.js').Module>} */
const load = async (file) => (await import(`/dist/${file}.mjs`)).default()

/**
 * The flow of mqttws31.js.
 * @param {import('../../../wasm/wsmq.js').Module} Module
 * @param {{ host: string, port: number, clientId: string, topic: string, version: 3 | 4 | 5, count: number }} given
 */
export function flow(Module, { host, port, clientId, topic, version, count }) {
  return new Promise((resolve, reject) => {
    const client = new Module.Client(host, port, '/ws_mqtt', clientId)
    /** @type {string[]} */
    const texts = []
    const published = new Set()
    client.onPublished = (operation) => published.add(operation)
    client.onMessageArrived = (message) => {
      texts.push(`${message.qos} ${message.payloadString}`)
      if (texts.length === 1) throw new Error('a handler that throws')
      if (texts.length === count) client.disconnect()
    }
    /** @type {string[]} */
    const errors = []
    client.onError = (error) => errors.push(String(error))
    client.onConnectionLost = (loss) => {
      const facts = { texts, errors, published: published.size, lost: loss.error, deleted: false, memory: 0 }
      client.delete()
      resolve({ ...facts, deleted: client.isDeleted(), memory: Module.memory().used })
    }
    client.connect({
      mqttVersion: version,
      useSSL: false,
      onFailure: reject,
      onSuccess() {
        client.subscribe(`${topic}/#`, {
          qos: 2,
          onFailure: reject,
          onSuccess() {
            for (let i = 0; i < count; i++) client.send(`${topic}/${i % 3}`, `grün ${i}`, /** @type {0 | 1 | 2} */ (i % 3))
          },
        })
      },
    })
  })
}

if (typeof document === 'undefined') {
  globalThis.addEventListener('message', async ({ data }) => globalThis.postMessage(await flow(await load(flavour), data)))
} else {
  const Module = await load(flavour)
  Object.assign(globalThis, {
    client: {
      flow: (/** @type {any} */ given) => flow(Module, given),
      inWorker: (/** @type {any} */ given) =>
        new Promise((resolve, reject) => {
          const worker = new Worker(`/module.js?flavour=${flavour}`, { type: 'module' })
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = reject
          worker.postMessage(given)
        }),
      /** A client that stays, and how its attempts are told. */
      async stay(/** @type {string} */ uri) {
        const client = new Module.Client(uri, 'stays')
        /** @type {string[]} */
        const told = []
        client.onConnecting = () => told.push('connecting')
        client.onConnected = () => told.push('connected')
        client.onConnectionLost = () => told.push('lost')
        client.connect({ timeout: 5, reconnectMinimum: 1_000_000_000, reconnectMaximum: 1_000_000_000, retryFirstConnection: true })
        Object.assign(globalThis, { told, stays: client })
      },
      told: async () => /** @type {any} */ (globalThis).told,
      /** Nothing is called once a client is deleted, whatever its socket still does. */
      async deleteWhileConnecting(/** @type {string} */ uri) {
        const before = Module.memory().used
        for (let i = 0; i < 100; i++) {
          const client = new Module.Client(uri, `deleted ${i}`)
          // It may well be connected before.
          const forbidden = () => {
            if (client.isDeleted()) throw new Error('called after delete()')
          }
          Object.assign(client, { onConnected: forbidden, onConnectionLost: forbidden })
          client.connect({ onSuccess: forbidden, onFailure: forbidden })
          if (i % 2 === 0) await new Promise((resolve) => setTimeout(resolve))
          client.delete()
        }
        return Module.memory().used - before
      },
    },
  })
}
