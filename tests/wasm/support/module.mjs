// The module as `npm run build` leaves it, under Node: with the WebSocket of the `ws` package.
import { readFile } from 'node:fs/promises'
import { WebSocket } from 'ws'

globalThis.WebSocket = /** @type {any} */ (WebSocket)

export const directory = process.env.WSMQ_MODULE ?? new URL('../../../build/wasm', import.meta.url).pathname

/**
 * @param {object} [overrides]
 * @returns {Promise<import('../../../wasm/wsmq.js').Module>} a module of its own, with a memory of its own
 */
export async function loadModule(overrides = {}) {
  const wasmBinary = await readFile(`${directory}/wsmq.wasm`).catch(() => {
    throw new Error(`${directory}/wsmq.wasm is missing: run "npm run build" first.`)
  })
  const { default: createModule } = await import(`${directory}/wsmq.mjs`)
  return createModule({ wasmBinary, ...overrides })
}

/**
 * The next call of a handler, and what it was given. The handler is taken away again.
 * @param {any} client
 * @param {string} name
 * @returns {Promise<any[]>}
 */
export function called(client, name) {
  return new Promise((resolve) => {
    client[name] = (/** @type {any[]} */ ...given) => {
      client[name] = null
      resolve(given)
    }
  })
}

/** Everything that waits to run has run: tasks, microtasks, and what the sockets have for us. */
export const nextTask = () => new Promise((resolve) => setImmediate(resolve))

/**
 * @param {() => boolean} condition
 */
export async function until(condition) {
  while (!condition()) await nextTask()
}

/**
 * What a call throws.
 * @param {() => unknown} call
 * @returns {any}
 */
export function thrownBy(call) {
  try {
    call()
  } catch (thrown) {
    return thrown
  }
  return undefined
}
