// The log option: what it reports, at which level, and what never appears in it.
import assert from 'node:assert/strict'
import { after, before, describe, it, mock } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { connected, connecting, settled } from './support/connected.mjs'
import { joined } from './support/fake-layer.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const dist = (/** @type {string} */ name) => import(new URL(`../../dist/${name}`, import.meta.url).href)
const { connect } = await dist('index.js')
const { Webapp } = await dist('webapp.js')
const { open } = await importSource('connect')

/** @typedef {[level: string, text: string, details: any]} Entry */

/** A log function, and what it was called with. */
function recorder() {
  /** @type {Entry[]} */
  const entries = []
  // Packets have a test of their own.
  const log = (/** @type {Entry} */ ...entry) => void (entry[0] === 'debug' || entries.push(entry))
  const find = (/** @type {RegExp} */ text) => entries.find((entry) => text.test(entry[1]))
  return { entries, log, find }
}

describe('with a real broker, log', () => {
  /** @type {import('../support/broker.mjs').Broker} */
  let broker
  before(async () => (broker = await startBroker()))
  after(() => broker.close())

  it('reports the connection, its loss, the wait, and the end', async () => {
    const { entries, log, find } = recorder()
    const mq = await connect(`${broker.url}?token=secret`, { log, reconnect: { minDelay: 10, maxDelay: 50 } })
    assert.deepEqual(
      entries.map(([level, text]) => [level, text]),
      [
        ['info', `Connecting to ${broker.url}?***.`],
        ['info', `Connected to ${broker.url}?***.`],
      ],
    )
    const reconnected = new Promise((resolve) => mq.on('state', (/** @type {any} */ { state }) => state === 'connected' && resolve(0)))
    await broker.restart()
    await reconnected
    const [level, text, details] = /** @type {Entry} */ (find(/Next attempt in \d+ ms\.$/))
    assert.equal(level, 'warn')
    assert.match(text, /^\S.*\. Next attempt/)
    assert.ok(details.retryIn <= 50 && details.error.code !== undefined)
    await mq.disconnect()
    assert.deepEqual(entries.at(-1)?.slice(0, 2), ['info', 'Disconnected.'])
    assert.doesNotMatch(JSON.stringify(entries), /secret/)
  })

  it('reports that a webapp has joined', async () => {
    const { log, find } = recorder()
    const app = await Webapp.join(broker.url, { org: 'acme', user: 'ann', log })
    assert.deepEqual(find(/^Joined/), ['info', `Joined as ${app.uid}.`, { uid: app.uid }])
    await app.leave()
  })
})

describe('log', () => {
  it('may be an object, of which the levels without a method are off', async () => {
    const [warn, error] = [mock.fn(), mock.fn()]
    const { mq, client } = await connected({ log: { warn, error } })
    assert.equal(warn.mock.callCount(), 0)
    client.lose({ retryIn: 7 })
    assert.match(String(warn.mock.calls[0]?.arguments[0]), /Next attempt in 7 ms\.$/)
    client.lose({ reconnect: false, error: 'taken_over', errorMessage: 'Taken over' })
    assert.match(String(error.mock.calls[0]?.arguments[0]), /^Disconnected: Taken over\./)
    assert.equal(mq.state, 'closed')
  })

  it('reports a refused connection as an error', async () => {
    const { entries, log } = recorder()
    const { promise, client } = await connecting({ log })
    client.fail({ error: 'connection_refused', reasonCode: 0x86 })
    await assert.rejects(promise)
    const [level, text, { error }] = /** @type {Entry} */ (entries.at(-1))
    assert.deepEqual([level, error.name], ['error', 'ConnectionRefusedError'])
    assert.match(text, /^Disconnected: The broker at .* refused the connection/)
  })

  it('reports each message and subscription that failed once, whether a promise rejects or not', async () => {
    const { entries, log } = recorder()
    const { mq, client } = await connected({ log })
    mq.on('error', () => {})
    entries.length = 0
    const refused = mq.publish('a', 'x', { qos: 1 })
    client.acknowledge(1, 0x87)
    await assert.rejects(refused)
    mq.post('b', 'x', { qos: 1 })
    client.onPublishFailed?.(2, 'expired')
    const awaited = mq.subscribe('c', () => {}).ready
    client.refuse(0, [0x87])
    await assert.rejects(awaited)
    mq.subscribe('d', () => {})
    client.refuse(1, [0x87])
    await settled()
    assert.deepEqual(
      entries.map(([level, , { error }]) => [level, error.code]),
      [
        ['warn', 'publish_refused'],
        ['warn', 'expired'],
        ['warn', 'subscribe_refused'],
        ['warn', 'subscribe_refused'],
      ],
    )
  })

  it('reports what a handler throws as an error, of a connection and of a webapp', async () => {
    const { entries, log } = recorder()
    const { mq, client } = await connected({ log })
    mq.on('error', () => {})
    mq.subscribe('a', () => {
      throw new RangeError('broken')
    })
    client.grant(0, [0])
    client.arrive('a')
    assert.deepEqual(entries.at(-1)?.slice(0, 2), ['error', 'RangeError: broken'])

    const other = recorder()
    const { app, client: layer } = await joined({ log: other.log })
    app.on('error', () => {})
    app.on('message', () => {
      throw new RangeError('broken too')
    })
    layer.layer.onPeerMessage('acme:bob:b0b1', { bytes: new TextEncoder().encode('1'), contentType: '' })
    assert.deepEqual(
      other.entries.filter(([level]) => level === 'error').map(([, text]) => text),
      ['RangeError: broken too'],
    )
  })

  it('stops nothing where it throws', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { mq } = await connected({
      log: () => {
        throw new Error('no log')
      },
    })
    assert.equal(mq.state, 'connected')
    assert.throws(() => t.mock.timers.runAll(), /no log/)
  })

  it('loses no error that has no text', async (t) => {
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const { mq, client } = await connected({ log: () => {} })
    const thrown = Object.create(null)
    /** @type {unknown[]} */
    const errors = []
    mq.on('error', (/** @type {unknown} */ error) => errors.push(error))
    mq.subscribe('a', () => {
      throw thrown
    })
    client.arrive('a')
    assert.deepEqual(errors, [thrown])
    assert.throws(() => t.mock.timers.runAll(), TypeError)
  })

  for (const log of [null, 'console', {}, { log: () => {} }])
    it(`cannot be ${JSON.stringify(log)}`, () =>
      assert.rejects(
        open(async () => fakeModule(), 'ws://h/', { log }),
        {
          name: 'InvalidArgumentError',
          message: /^log is a function, or an object with methods such as those of console, and not /,
        },
      ))
})
