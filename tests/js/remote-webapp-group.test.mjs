// Pages that are one webapp: its host and the pages, without a browser.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled, until } from './support/connected.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'
import { bob, Scene } from './support/webapp-scene.mjs'

const { joinWith } = await importSource('webapp/join')
const json = (/** @type {unknown} */ value) => JSON.stringify(value)
const body = (/** @type {unknown} */ value) => ({ bytes: new TextEncoder().encode(json(value)), contentType: 'application/json' })

describe('pages that are one webapp', () => {
  it('have one connection, one uid and one state', async () => {
    const scene = new Scene()
    const one = await scene.joined({ state: { page: 1 } })
    const other = await scene.joined({ state: { page: 2 } })
    assert.equal(scene.clients.length, 1)
    assert.deepEqual([one.app.uid, other.app.uid], ['acme:ann:ab01', 'acme:ann:ab01'])
    assert.deepEqual(other.app.presence.state, { page: 1 })
    other.app.presence.setState({ busy: true })
    assert.deepEqual(scene.client.given('setState'), [['{"busy":true}']])
    assert.deepEqual(one.app.presence.state, { busy: true })
    assert.deepEqual((await scene.joined()).app.presence.state, { busy: true })
  })

  it('are renamed together', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    /** @type {any[]} */
    const told = []
    for (const { app } of [one, other]) app.on('identity', (/** @type {any} */ event) => told.push(event))
    scene.client.layer.onRenamed('acme:ann:zzzz9999')
    const renaming = { uid: 'acme:ann:zzzz9999', former: 'acme:ann:ab01' }
    assert.deepEqual(told, [renaming, renaming])
    one.app.peer(bob).send('hello')
    assert.equal(scene.client.publishes.at(-1)?.topic, `app/webapp/peer/${bob}/acme:ann:zzzz9999`)
  })

  it('all fail where the broker does not let them join', async () => {
    const scene = new Scene()
    const pages = [scene.page(), scene.page()]
    await until(() => scene.clients.length > 0)
    await settled()
    scene.client.accept()
    scene.client.layer.onJoinFailed('refused', 'The broker refused it', 0x87)
    for (const { joining } of pages) await assert.rejects(joining, { code: 'subscribe_refused', message: /0x87/ })
  })

  it('hear of presence, services and devices, what came before they did included', async () => {
    const scene = new Scene()
    const one = await scene.joined()
    void one.app.services
    const all = one.app.devices(['SN-1', 'SN-2'])
    scene.client.layer.onPresence(bob, '{"name":"Bob"}', 1000)
    scene.client.layer.onService('demo', 'a1', '{"version":"1"}')
    scene.client.layer.onDevice('SN-1', '{"online":true}')
    const late = await scene.joined()
    assert.deepEqual(late.app.presence.get(bob)?.state, { name: 'Bob' })
    const { services } = late.app
    const some = late.app.devices(['SN-1', 'SN-3'])
    await settled()
    assert.deepEqual(services.names, ['demo'])
    assert.equal(some.get('SN-1')?.online, true)
    assert.deepEqual(scene.client.given('watchDevices').at(-1), [['SN-1', 'SN-2', 'SN-3']])
    assert.deepEqual([scene.client.given('watchPresence').length, scene.client.given('discover').length], [1, 1])
    scene.client.layer.onDevice('SN-3', '{"online":true}')
    scene.client.layer.onPresence(bob, undefined, 0)
    assert.deepEqual([all.has('SN-3'), some.has('SN-3'), one.app.presence.size, late.app.presence.size], [false, true, 0, 0])
    // The union becomes smaller with each that goes.
    one.vanish()
    assert.deepEqual(scene.client.given('watchDevices').at(-1), [['SN-1', 'SN-3']])
    some.close()
    assert.equal(scene.client.given('unwatchDevices').length, 1)
    // What nobody watches is not known any more.
    const again = late.app.devices(['SN-1'])
    await settled()
    assert.equal(again.size, 0)
  })

  it('are in a room until the last has left it; messages of peers are for all', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    /** @type {unknown[]} */
    const heard = []
    const note =
      (/** @type {string} */ who) =>
      (/** @type {any} */ { data }) =>
        heard.push(`${who} ${data}`)
    one.app.room('lobby').on(note('one'))
    other.app.room('lobby').on(note('other'))
    for (const { app } of [one, other]) app.on('message', (/** @type {any} */ { data }) => heard.push(data))
    assert.deepEqual(scene.client.given('joinRoom'), [['lobby']])
    scene.client.layer.onRoomMessage('lobby', bob, body('hello'))
    scene.client.layer.onPeerMessage(bob, body('to all'))
    assert.deepEqual(heard, ['one hello', 'other hello', 'to all', 'to all'])
    one.app.room('lobby').leave()
    assert.deepEqual(scene.client.given('leaveRoom'), [])
    scene.client.layer.onRoomMessage('lobby', bob, body('again'))
    assert.equal(heard.at(-1), 'other again')
    other.vanish()
    assert.deepEqual(scene.client.given('leaveRoom'), [['lobby']])
  })

  it('send messages and notifications like any other, with what MQTT 5 says of them', async () => {
    const scene = new Scene()
    const { app } = await scene.joined({ root: 'shop/' })
    app.room('lobby').send('hello')
    app.peer(bob).send({ a: 1 })
    app.peer(bob).notify('poke', { how: 'softly' })
    app.notify('orders', 'poke')
    const messages = scene.client.publishes.map(({ topic, payload, options }) => {
      const text = typeof payload === 'string' ? payload : new TextDecoder().decode(/** @type {Uint8Array} */ (payload))
      return [topic, text, options.qos, options.properties?.contentType]
    })
    assert.deepEqual(messages, [
      ['shop/webapp/room/lobby/acme:ann:ab01', '"hello"', 1, 'application/json'],
      [`shop/webapp/peer/${bob}/acme:ann:ab01`, '{"a":1}', 1, 'application/json'],
      [`shop/webapp/peer/${bob}/acme:ann:ab01`, '{"jsonrpc":"2.0","method":"poke","params":{"how":"softly"}}', 1, 'application/json'],
      ['shop/webapp/req/orders/acme:ann:ab01', '{"jsonrpc":"2.0","method":"poke"}', 1, 'application/json'],
    ])
    assert.throws(() => app.peer(bob).send({ jsonrpc: '2.0', method: 'x' }), { name: 'InvalidArgumentError' })
    const old = new Scene()
    const elder = await old.joined({ protocolVersion: 4 })
    elder.app.room('lobby').send('hello')
    assert.equal(old.client.publishes[0]?.options.properties, undefined)
  })

  it('leave one by one: the last says goodbye, and who comes meanwhile makes a new connection', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.joined(), await scene.joined()]
    assert.equal((await one.app.leave()).error, undefined)
    assert.equal(scene.client.disconnects, 0)
    assert.equal(other.app.state, 'connected')
    const former = scene.client
    const leaving = other.app.leave()
    assert.deepEqual([former.disconnects, former.deleted], [1, false])
    const next = scene.page()
    await settled()
    assert.equal(scene.clients.length, 1)
    former.lose({ reconnect: false, error: 'none' })
    assert.equal((await leaving).error, undefined)
    await until(() => scene.clients.length === 2)
    scene.accept()
    assert.equal((await next.joining).uid, 'acme:ann:ab03')
    await until(() => former.deleted)
  })

  it('wait for their messages before they leave', async () => {
    const scene = new Scene()
    const [one] = [await scene.joined(), await scene.joined()]
    one.app.room('lobby').send('last words')
    const left = one.app.leave()
    assert.equal(one.app.state, 'connected')
    scene.client.acknowledge(scene.client.publishes[0]?.operation ?? 0)
    assert.deepEqual(await left, { error: undefined, unfinished: 0 })
  })

  it('go on where the one that says goodbye vanishes before that is over', async () => {
    const scene = new Scene()
    const one = await scene.joined()
    void one.app.leave()
    const next = scene.page()
    one.vanish()
    await until(() => scene.clients.length === 2)
    scene.accept()
    assert.equal((await next.joining).state, 'connected')
  })
})

describe('join()', () => {
  it('says where the places are not', async () => {
    const options = { org: 'acme', user: 'ann', shared: true }
    await assert.rejects(
      joinWith(async () => fakeModule(), 'ws://broker.test/', options),
      { code: 'not_supported', message: /https:/ },
    )
    await assert.rejects(
      joinWith(async () => fakeModule(), 'ws://broker.test/', { ...options, shared: { presence: 'echa' } }),
      {
        name: 'InvalidArgumentError',
        message: /presence is one of group, each/,
      },
    )
  })
})
