// What the module refuses has changed nothing: it goes on, and can be asked for again.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { joined, moduleError } from './support/fake-layer.mjs'
import { bob } from './support/webapp-scene.mjs'

const full = { name: 'QueueFullError', code: 'queue_full' }
const refusal = () => moduleError('queue_full')

/** What the loop has next, without waiting for it longer than a turn. @param {AsyncIterator<any>} loop */
const next = (loop) =>
  Promise.race([loop.next().then(({ done, value }) => (done ? 'ended' : value)), settled().then(() => 'still waiting')])

describe('a call that the module refuses', () => {
  it('to watch nobody goes on watching', async () => {
    const { app, client } = await joined()
    client.layer.onPresence(bob, '1', 1000)
    client.throwNext = refusal()
    assert.throws(() => app.presence.unwatch(), full)
    assert.equal(app.presence.size, 1)
    client.layer.onPresence(bob, '2', 1000)
    assert.equal(app.presence.get(bob)?.state, 2)
    app.presence.unwatch()
    assert.equal(app.presence.size, 0)
  })

  it('to watch others keeps those that were watched', async () => {
    const { app, client } = await joined()
    client.layer.onPresence(bob, '1', 1000)
    client.throwNext = refusal()
    assert.throws(() => app.presence.watch({ org: 'other' }), full)
    assert.deepEqual([...app.presence.keys()], [bob])
    client.throwNext = refusal()
    assert.throws(() => app.presence.setState({ busy: true }), full)
    assert.equal(app.presence.state, undefined)
  })

  it('to leave a room stays in it', async () => {
    const { app, client } = await joined()
    const room = app.room('lobby')
    const loop = room[Symbol.asyncIterator]()
    client.throwNext = refusal()
    assert.throws(() => room.leave(), full)
    assert.equal(app.room('lobby'), room)
    client.layer.onRoomMessage('lobby', bob, { bytes: new TextEncoder().encode('1'), contentType: '' })
    assert.deepEqual(await next(loop), { from: bob, data: 1 })
    room.leave()
    assert.equal(await next(loop), 'ended')
    assert.notEqual(app.room('lobby'), room)
  })

  it('to close a set of devices goes on with it', async () => {
    const { app, client } = await joined()
    const devices = app.devices(['SN-1'])
    const loop = devices[Symbol.asyncIterator]()
    client.throwNext = refusal()
    assert.throws(() => devices.close(), full)
    client.throwNext = refusal()
    assert.throws(() => app.devices(['SN-2']), full)
    client.layer.onDevice('SN-1', '{"online":true}')
    client.layer.onDevice('SN-2', '{"online":true}')
    assert.equal((await next(loop)).key, 'SN-1')
    assert.deepEqual(client.given('watchDevices'), [[['SN-1']]])
    const all = app.devices()
    assert.deepEqual([...all.keys()], ['SN-1', 'SN-2'])
    all.close()
    devices.close()
    assert.equal(await next(loop), 'ended')
    assert.deepEqual(client.given('unwatchDevices'), [[]])
  })

  it('to expose methods exposes none', async () => {
    const { app, client } = await joined()
    client.throwNext = refusal()
    assert.throws(() => app.expose({ greet: () => 'Hello' }), full)
    app.expose({ greet: () => 'Hello again' })
    client.layer.onRequest({ call: 1, from: bob, method: 'greet', params: undefined, isNotification: false })
    await settled()
    assert.deepEqual(client.given('respond'), [[1, '"Hello again"']])
  })
})

describe('an answer that the queue has no room for', () => {
  /** @param {Record<string, () => unknown>} methods @param {string[]} refused */
  async function asked(methods, refused) {
    const { app, client } = await joined()
    /** @type {any[]} */
    const errors = []
    app.on('error', (/** @type {any} */ { code }) => errors.push(code))
    app.expose(methods)
    for (const name of refused)
      Object.assign(client, {
        [name]: () => {
          throw refusal()
        },
      })
    for (const method of Object.keys(methods))
      client.layer.onRequest({ call: 1, from: bob, method, params: undefined, isNotification: false })
    await settled()
    return errors
  }

  it('is an error event, and ends no process', async () => {
    assert.deepEqual(await asked({ greet: () => 'Hello' }, ['respond', 'fail']), ['queue_full', 'queue_full'])
  })

  it('ends a stream of items, whose generator tidies up', async () => {
    let isTidy = false
    const items = async function* () {
      try {
        yield 1
        yield 2
      } finally {
        isTidy = true
      }
    }
    assert.deepEqual(await asked({ items }, ['progress']), ['queue_full'])
    assert.ok(isTidy)
  })
})
