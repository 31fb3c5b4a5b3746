// Presence, devices, services, peers and rooms of a webapp.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { joined, moduleError } from './support/fake-layer.mjs'
import { importSource } from './support/sources.mjs'

const { Raw } = await importSource('webapp/raw')
const json = (/** @type {unknown} */ value) => JSON.stringify(value)

describe('presence, devices and services', () => {
  it('are maps of how things stand', async () => {
    const { app, client } = await joined()
    client.layer.onPresence('acme:bob:cd34', '{"name":"Bob"}', 1000)
    assert.deepEqual(app.presence.get('acme:bob:cd34'), {
      uid: 'acme:bob:cd34',
      org: 'acme',
      user: 'bob',
      since: new Date(1000),
      state: { name: 'Bob' },
    })
    assert.deepEqual([app.peer('acme:bob:cd34').isOnline, app.peer('acme:bob:cd34').state], [true, { name: 'Bob' }])
    client.layer.onPresence('acme:bob:cd34', undefined, 0)
    assert.deepEqual([app.presence.size, app.peer('acme:bob:cd34').isOnline], [0, false])
    app.presence.setState({ name: 'Ann', busy: true })
    assert.deepEqual(client.given('setState'), [['{"name":"Ann","busy":true}']])

    const { services } = app
    assert.equal(app.services, services)
    client.layer.onService('demo', 'a1', '{"version":"1","methods":["echo"]}')
    assert.deepEqual(services.names, ['demo'])
    assert.deepEqual(services.of('demo'), [{ service: 'demo', instance: 'a1', version: '1', methods: ['echo'] }])
    client.layer.onService('demo', 'a1', undefined)
    assert.deepEqual([services.names, client.given('discover')], [[], [['']]])
  })

  it('are of the right types, whatever somebody wrote', async () => {
    const { app, client } = await joined()
    const { services } = app
    const wrong = [null, 1, 'x', {}, [1], ['a', null], true]
    for (const value of wrong) {
      client.layer.onService('demo', 'a1', json({ version: value, methods: value, raw: value, since: value, stats: value, online: true }))
      const { version, methods, raw, since, stats } = /** @type {any} */ (services.get('demo/a1'))
      assert.equal(version, value === 'x' ? 'x' : '')
      assert.deepEqual(methods, [])
      assert.equal(raw, value === true ? true : undefined)
      assert.equal(since, value === 1 ? 1 : undefined)
      assert.deepEqual(stats, json(value) === '{}' ? {} : undefined)
    }
    client.layer.onService('demo', 'a1', '{"methods":["a","b"],"stats":{"requests":1},"service":"x","instance":"y","more":1}')
    assert.deepEqual(services.of('demo'), [{ service: 'demo', instance: 'a1', version: '', methods: ['a', 'b'], stats: { requests: 1 } }])
    client.layer.onService('demo', 'a1', '{"stats":{"requests":"1"}}')
    assert.equal(services.get('demo/a1')?.stats, undefined)

    const devices = app.devices()
    for (const value of wrong) {
      client.layer.onDevice('SN-1', json({ online: value, recording: value, broadcasting: value, motionEnabled: value, battery: value }))
      const flags = value === true ? { recording: true, broadcasting: true, motionEnabled: true } : {}
      assert.deepEqual(devices.get('SN-1'), { ...flags, battery: value, online: value === true })
    }
    client.layer.onDevice('SN-1', '{"__proto__":{"online":true},"recording":false}')
    assert.deepEqual([devices.get('SN-1')?.online, devices.get('SN-1')?.recording], [false, false])

    for (const since of [0, -1, 2 ** 62, -(2 ** 63)]) {
      client.layer.onPresence('acme:bob:cd34', 'null', since)
      const present = app.presence.get('acme:bob:cd34')
      assert.equal(present?.since.toJSON(), new Date(Math.abs(since) > 1 ? 0 : since).toJSON())
      assert.equal(present?.state, null)
    }
  })

  it('are no more than so many', async () => {
    const { app, client } = await joined()
    const { services } = app
    const [all, one] = [app.devices(), app.devices(['SN-x'])]
    for (let number = 0; number < 10_010; number++) {
      client.layer.onService('demo', `i${number}`, '{}')
      client.layer.onDevice(`SN-${number}`, '{}')
    }
    client.layer.onDevice('SN-x', '{"online":true}')
    assert.deepEqual([services.size, all.size, one.size, app.devices().size], [10_000, 10_000, 1, 10_000])
  })

  it('a state that is too large is refused, and the one before holds', async () => {
    const { app, client } = await joined({ state: 1 })
    client.throwNext = moduleError('payload_too_large')
    assert.throws(() => app.presence.setState('long'), { name: 'MqttError', code: 'packet_too_large' })
    assert.equal(app.presence.state, 1)
  })

  it('no device is watched where the list of them is empty', async () => {
    const { app, client } = await joined()
    const none = app.devices([])
    assert.deepEqual([client.given('watchDevices'), none.serialNumbers], [[], []])
    app.devices(['SN-1'])
    assert.deepEqual(client.given('watchDevices'), [[['SN-1']]])
    client.layer.onDevice('SN-1', '{"online":true}')
    assert.equal(none.size, 0)
  })

  it('several sets of devices share one watch', async () => {
    const { app, client } = await joined()
    const some = app.devices(['SN-1', 'SN-2'])
    const one = app.devices(['SN-2'])
    client.layer.onDevice('SN-2', '{"online":true}')
    client.layer.onDevice('SN-1', '{"online":false}')
    assert.deepEqual([[...some.keys()].sort(), [...one.keys()]], [['SN-1', 'SN-2'], ['SN-2']])
    const all = app.devices()
    assert.deepEqual([...all.keys()].sort(), ['SN-1', 'SN-2'])
    client.layer.onDevice('SN-1', undefined)
    assert.deepEqual([some.has('SN-1'), all.has('SN-1')], [false, false])
    all.close()
    some.close()
    one.close()
    assert.deepEqual(client.given('watchDevices'), [[['SN-1', 'SN-2']], [['SN-1', 'SN-2']], [undefined], [['SN-1', 'SN-2']], [['SN-2']]])
    assert.deepEqual(client.given('unwatchDevices'), [[]])
  })
})

describe('peers and rooms', () => {
  it('exchange messages: JSON, or bytes of any kind', async () => {
    const { app, client } = await joined()
    const peer = app.peer('acme:bob:cd34')
    assert.equal(app.peer('acme:bob:cd34'), peer)
    const messages = peer.messages[Symbol.asyncIterator]()
    /** @type {any[]} */
    const all = []
    app.on('message', (/** @type {any} */ message) => all.push(message.data))
    peer.send({ hello: 'Bob' })
    peer.notify('poke', { how: 'softly' })
    assert.deepEqual(client.given('sendToPeer'), [['acme:bob:cd34', '{"hello":"Bob"}', 'application/json']])
    assert.deepEqual(client.given('notify'), [[{ peer: 'acme:bob:cd34' }, 'poke', '{"how":"softly"}']])
    const body = (/** @type {string} */ text, contentType = '') => ({ bytes: new TextEncoder().encode(text), contentType })
    client.layer.onPeerMessage('acme:bob:cd34', body('{"hello":"Ann"}', 'application/json'))
    client.layer.onPeerMessage('acme:bob:cd34', body('not JSON'))
    client.layer.onPeerMessage('acme:eve:ef56', body('{}', 'text/plain'))
    assert.deepEqual((await messages.next()).value, { from: 'acme:bob:cd34', data: { hello: 'Ann' } })
    assert.ok((await messages.next()).value?.data instanceof Raw)
    assert.deepEqual([all.length, all[2]?.type], [3, 'text/plain'])
  })

  it('a room is entered once, and left', async () => {
    const { app, client } = await joined()
    const room = app.room('lobby')
    assert.equal(app.room('lobby'), room)
    const said = room[Symbol.asyncIterator]()
    room.send('Good morning')
    client.layer.onRoomMessage('lobby', 'acme:bob:cd34', { bytes: new TextEncoder().encode('"Hello"'), contentType: '' })
    assert.deepEqual((await said.next()).value, { from: 'acme:bob:cd34', data: 'Hello' })
    room.leave()
    room.leave()
    assert.equal((await said.next()).done, true)
    assert.deepEqual([client.given('joinRoom'), client.given('leaveRoom')], [[['lobby']], [['lobby']]])
    assert.deepEqual(client.given('sendToRoom'), [['lobby', '"Good morning"', 'application/json']])
    client.throwNext = moduleError('invalid_name')
    assert.throws(() => app.room('a/b'), { name: 'InvalidNameError' })
    assert.notEqual(app.room('lobby'), room)
  })
})
