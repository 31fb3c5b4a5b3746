import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startAedes } from '../../support/aedes.mjs'
import { NotTried } from './lab.mjs'
import { acceptedVersions, measure, runSuite } from './run.mjs'

describe('the suite for brokers', { timeout: 60_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startAedes>>} */
  let broker
  /** @type {import('./lab.mjs').Target} */
  let target
  before(async () => {
    broker = await startAedes()
    target = { urls: [broker.url], credentials: broker.credentials }
  })
  after(() => broker?.close())

  it('finds the versions that a broker speaks', async () => assert.deepEqual(await acceptedVersions(target), [3, 4]))

  it('a probe that hangs is over when its time is', async () => {
    const hanging = { row: 'x', seconds: 0.2, run: () => new Promise(() => {}) }
    assert.equal(await measure(/** @type {any} */ (hanging), target, 4), 'no (not over after 0.2 s)')
  })

  it('a probe that fails says why, and one that cannot be made is not a failure', async () => {
    assert.equal(await measure({ row: 'x', run: () => Promise.reject(new Error('broken\nstack')) }, target, 4), 'no (broken)')
    assert.equal(await measure({ row: 'x', run: () => Promise.reject(new NotTried('one URL')) }, target, 4), 'not tried (one URL)')
  })

  it('what a probe leaves open is ended', async () => {
    /** @type {any} */
    let mq
    const leaving = { row: 'x', run: async (/** @type {import('./lab.mjs').Lab} */ lab) => ((mq = await lab.ours()), 'yes') }
    assert.equal(await measure(leaving, target, 4), 'yes')
    assert.equal(mq.state, 'closed')
  })

  it('measures another broker by its URL, and says of a version that it does not speak that it was not tried', async () => {
    const results = await runSuite(target, { only: 'retained, to' })
    assert.deepEqual(results['retained, to a filter with +'], { '3.1.1': 'yes', 5: 'not tried (no MQTT 5)' })
    assert.deepEqual(Object.keys(results), [
      'versions of MQTT',
      ...['its exact filter', 'a filter with +', 'a filter with #'].map((to) => `retained, to ${to}`),
    ])
  })

  it('a broker that is not there is an error', async () => {
    await assert.rejects(acceptedVersions({ urls: ['ws://127.0.0.1:9/'] }), /No connection to ws:\/\/127\.0\.0\.1:9/)
  })
})
