import { fakeModule } from './fake-module.mjs'
import { importSource } from './sources.mjs'

/** A connection over a fake module. @param {object} [options] of connect() */
export async function connecting(options = {}) {
  const { open } = await importSource('connect')
  const module = fakeModule()
  const promise = open(await loadOf(module), 'ws://broker.test/mqtt', { clientId: 'me', ...options })
  let hasFailed = false
  promise.catch(() => (hasFailed = true))
  await until(() => hasFailed || module.clients.length > 0)
  const client = /** @type {import('./fake-module.mjs').FakeClient} */ (module.clients[0])
  return { promise, client, module }
}

/**
 * `WSMQ_OVER=direct` and `WSMQ_OVER=merged`: the same over a host, as in a worker, and as several pages share one.
 * @param {object} module with a Client
 * @param {boolean} [isWebapp] it has messaging
 */
export async function loadOf(module, isWebapp = false) {
  const over = process.env['WSMQ_OVER']
  if (over === undefined) return async () => module
  const { DirectChannel } = await importSource('remote/channels')
  const { Host } = await importSource('remote/host')
  const { Link } = await importSource('remote/link')
  const { moduleOf } = await importSource('remote/open-remote')
  const { createLayer } = await importSource('remote/webapp/layer-host')
  const { PortWebappClient } = await importSource('remote/webapp/port-webapp-client')
  return () => {
    const [page, host] = DirectChannel.pair()
    const link = new Link({ common: {}, user: {}, survives: false, onLeave: async () => {} })
    new Host(module, { isShared: over === 'merged', createLayer }).add(host)
    link.use(page)
    return moduleOf(link, undefined, isWebapp ? PortWebappClient : undefined)
  }
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

/**
 * A page's end of a host that notes what it is told, and says only what the test does.
 * @param {any[]} told
 */
export function manualChannel(told) {
  return {
    /** @type {((packet: unknown) => void) | undefined} */
    onPacket: undefined,
    isDirect: true,
    post: (/** @type {any} */ { commands }) => told.push(...commands),
    close: () => {},
    say(/** @type {any[]} */ ...commands) {
      this.onPacket?.({ commands, bytes: undefined })
    },
  }
}
