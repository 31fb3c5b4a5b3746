// Joining, the identity of a webapp, and leaving.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { joined, joining } from './support/fake-layer.mjs'

describe('joining', () => {
  it('names the connection by its uid, and hands over what presence shows', async () => {
    const { app, client } = await joined({ root: 'shop/', state: { name: 'Ann' }, willDelay: 2 })
    assert.equal(app.uid, 'acme:ann:ab12')
    assert.equal(client.clientId, 'acme:ann:ab12')
    const { root, state, willDelay, rollCall, since } = client.joinOptions
    assert.deepEqual({ root, state, willDelay, rollCall }, { root: 'shop/', state: '{"name":"Ann"}', willDelay: 2, rollCall: 'auto' })
    assert.ok(Math.abs(Date.now() - since) < 60_000)
    assert.deepEqual(app.presence.state, { name: 'Ann' })
    assert.deepEqual(client.given('watchPresence'), [['', '']])
  })

  it('takes a name of 4 to 16 characters that the application gives', async () => {
    for (const rand of ['ab12', 'ab12cd34', 'abcdefghij012345']) assert.equal((await joined({ rand })).client.clientId, `acme:ann:${rand}`)
  })

  it('is over when others can reach this webapp, and not before', async () => {
    const { promise, client } = await joining()
    let isOver = false
    void promise.then(() => (isOver = true))
    client.accept()
    await settled()
    assert.equal(isOver, false)
    client.layer.onJoined()
    await promise
  })

  it('fails where the broker refuses what it takes, and ends the connection', async () => {
    const { promise, client } = await joining()
    client.accept()
    client.layer.onJoinFailed('refused', 'The broker refused it', 0x87)
    await assert.rejects(promise, { name: 'MqttError', code: 'subscribe_refused', message: /0x87/ })
    await settled()
    assert.equal(client.disconnects, 1)
  })

  it('fails as connect() does, and on a name that is not sound', async () => {
    const { promise, client } = await joining()
    client.fail({ error: 'connection_refused', reasonCode: 0x86 })
    await assert.rejects(promise, { name: 'ConnectionRefusedError' })
    for (const rand of ['A+++', 'abc', 'a'.repeat(17)])
      await assert.rejects((await joining({ rand })).promise, { name: 'InvalidArgumentError', message: /4 to 16/ })
  })

  it('watches the presence of one user, or of nobody', async () => {
    assert.deepEqual((await joined({ watch: { org: 'acme', user: 'bob' } })).client.given('watchPresence'), [['acme', 'bob']])
    assert.deepEqual((await joined({ watch: false })).client.given('watchPresence'), [])
  })
})

describe('a webapp whose session another connection takes over', () => {
  const storage = () => {
    /** @type {Record<string, string>} */
    const items = {}
    return {
      items,
      getItem: (/** @type {string} */ key) => items[key] ?? null,
      setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (items[key] = value),
    }
  }

  it('is another one from then on, and remembers it', async (test) => {
    const kept = storage()
    test.after(() => Reflect.deleteProperty(globalThis, 'sessionStorage'))
    Object.defineProperty(globalThis, 'sessionStorage', { value: kept, configurable: true })
    const { app, client } = await joined({ rand: undefined })
    assert.equal(client.joinOptions.renames, true)
    const former = app.uid
    /** @type {unknown[]} */
    const told = []
    app.on('identity', (/** @type {unknown} */ event) => told.push(event))
    const call = app.request('orders', 'create')
    client.layer.onFailure(1, { error: 'session_lost', text: 'Another connection has taken the session over' })
    client.layer.onRenamed('acme:ann:zzzz9999')
    await assert.rejects(call, { name: 'RequestError', code: 'session_lost', message: /Send it again/ })
    assert.equal(app.uid, 'acme:ann:zzzz9999')
    assert.deepEqual(told, [{ uid: 'acme:ann:zzzz9999', former }])
    assert.deepEqual(Object.values(kept.items), ['zzzz9999'])
    client.lose({ reconnect: false, error: 'none' })
    await app.mq.closed
  })

  it('ends where the application gave its name', async () => {
    assert.equal((await joined({ rand: 'ab12' })).client.joinOptions.renames, false)
  })
})

describe('leaving', () => {
  it('is for the layer to do, and ends everything', async () => {
    const { app, client } = await joined()
    const ends = [app.presence, app.peer('acme:bob:cd34').messages, app.room('lobby'), app.devices(), app.services].map((each) =>
      each[Symbol.asyncIterator]().next(),
    )
    const left = app.leave()
    assert.equal(client.disconnects, 1)
    client.lose({ reconnect: false, error: 'none' })
    assert.equal((await left).error, undefined)
    assert.deepEqual(
      (await Promise.all(ends)).map(({ done }) => done),
      [true, true, true, true, true],
    )
    assert.equal(app.state, 'closed')
  })
})

describe('after leave()', () => {
  it('what waits for a condition rejects, and loops end, whenever they began', async () => {
    const { app, client } = await joined()
    const { presence, services } = app
    const devices = app.devices(['SN-1'])
    const waiting = [presence, services, devices].map((map) => map.until(() => false))
    const rejections = waiting.map((each) => assert.rejects(each, { name: 'MqttError', code: 'closed' }))
    const left = app.leave()
    client.lose({ reconnect: false, error: 'none' })
    await left
    await Promise.all(rejections)
    for (const map of [presence, services, devices]) {
      await assert.rejects(
        map.until(() => false),
        { code: 'closed' },
      )
      await map.until(() => true)
    }
    for (const loop of [presence, services, devices, app.peer('acme:bob:cd34').messages, app.peer('acme:new:cd34').messages])
      for await (const item of loop) assert.fail(String(item))
    for (const call of [() => app.room('lobby'), () => app.devices(), () => app.expose({ f: () => 1 })])
      assert.throws(call, { name: 'MqttError', code: 'closed' })
  })

  it('the services that nobody had asked for are none', async () => {
    const { app, client } = await joined()
    const left = app.leave()
    client.lose({ reconnect: false, error: 'none' })
    await left
    for await (const change of app.services) assert.fail(String(change))
    assert.deepEqual([app.services.names, client.given('discover')], [[], []])
  })

  it('a condition that throws rejects at once', async () => {
    const { app, client } = await joined()
    let calls = 0
    const waiting = app.presence.until(() => {
      if (++calls > 1) throw new Error('mine')
      return false
    })
    client.layer.onPresence('acme:bob:cd34', '{}', 1000)
    await assert.rejects(waiting, /mine/)
  })
})
