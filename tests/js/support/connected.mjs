import { fakeModule } from './fake-module.mjs'
import { importSource } from './sources.mjs'

/** A connection over a fake module. @param {object} [options] of connect() */
export async function connecting(options = {}) {
  const { open } = await importSource('connect')
  const module = fakeModule()
  const promise = open(async () => module, 'ws://broker.test/mqtt', { clientId: 'me', ...options })
  let hasFailed = false
  promise.catch(() => (hasFailed = true))
  await until(() => hasFailed || module.clients.length > 0)
  const client = /** @type {import('./fake-module.mjs').FakeClient} */ (module.clients[0])
  return { promise, client, module }
}

/** @param {object} [options] of connect() */
export async function connected(options = {}) {
  const { promise, client, module } = await connecting(options)
  client.accept()
  return { mq: await promise, client, module }
}

/** All promises that can settle have settled. */
export function settled() {
  return new Promise((resolve) => setImmediate(resolve))
}

/** @param {() => boolean} condition */
export async function until(condition) {
  while (!condition()) await settled()
}
