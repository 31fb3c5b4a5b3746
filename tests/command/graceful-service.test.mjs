// A service in C++ (the demo's) is told to end, as at an upgrade: what becomes of the requests.
import assert from 'node:assert/strict'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { buildPreset } from '../../scripts/lib/cmake.mjs'
import { eventually, useWorld } from './party.mjs'
import { startInShell } from './support.mjs'

/** @type {import('./party.mjs').World} */
let world
useWorld((opened) => (world = opened))

before(() => buildPreset('debug', { targets: ['wsmq_demo_service'] }))
const program = fileURLToPath(new URL('../../build/debug/native/wsmq_demo_service', import.meta.url))

/** One that has joined. @param {Record<string, string>} [environment] */
async function startService(environment = {}) {
  const all = Object.entries({ ...environment, WSMQ_URL: `mqtt://127.0.0.1:${world.broker.tcpPort}` })
  const service = startInShell(`exec env ${all.map(([name, value]) => `${name}=${value}`).join(' ')} ${program}`, [])
  await service.until(() => service.out.includes(' answers'))
  return Object.assign(service, { instance: service.out.split(' ')[0] ?? '' })
}

/** A `wsmq request` that the service works on, for an hour and more. */
async function holdOne() {
  const caller = world.start('request', 'demo', 'slow', '{"steps":100000,"delay":50}', '-W', '7200')
  await caller.until(() => caller.err !== '')
  return caller
}

describe('a service that is told to end', { timeout: 180_000 }, () => {
  it('one of two, while requests come without a pause: each is answered, and once', async () => {
    const responses = await world.listen('app/webapp/res/+')
    const services = [await startService(), await startService()]
    let answered = 0
    let isOver = false
    const ask = async (/** @type {number} */ caller) => {
      for (let i = 0; !isOver; i++) {
        const { code, out, err } = await world.request('demo', 'sum', `[${caller * 1000},${i}]`)
        assert.deepEqual([code, out], [0, `${caller * 1000 + i}\n`], err)
        answered++
      }
    }
    const callers = Promise.all([1, 2, 3].map(ask))
    for (const leaving of services) {
      const before = answered
      await eventually(() => answered >= before + 5)
      leaving.child.kill('SIGTERM')
      const { code, err } = await leaving.ended
      assert.deepEqual([code, err], [0, ''])
      const then = answered
      await eventually(() => answered >= then + 5)
      await startService() // in its place
    }
    isOver = true
    await callers
    const ids = responses.all.map(({ text }) => JSON.parse(text).id)
    assert.equal(ids.length, answered)
    assert.equal(new Set(ids).size, answered)
  })

  it('with a request in hand that takes longer than its patience: the caller is told', async () => {
    const service = await startService({ WSMQ_PATIENCE: '300' })
    const caller = await holdOne()
    service.child.kill('SIGTERM')
    const { code, err } = await caller.ended
    assert.notEqual(code, 0)
    assert.match(err, /The responder has left/)
    assert.equal((await service.ended).code, 0)
  })

  it('twice: it ends at once, and the broker publishes its last will', async () => {
    const service = await startService({ WSMQ_PATIENCE: '600000' })
    const heard = await world.listen(`app/webapp/svc/demo/${service.instance}`)
    const caller = await holdOne()
    const offline = () => heard.all.filter(({ text }) => text.includes('"online":false')).length
    service.child.kill('SIGTERM')
    await heard.until(() => offline() === 1)
    service.child.kill('SIGTERM')
    assert.equal((await service.ended).code, 0)
    await heard.until(() => offline() === 2)
    caller.child.kill('SIGTERM')
    assert.doesNotMatch((await caller.ended).err, /The responder has left/)
  })
})
