// State libraries hand out proxies of what they are given, deep ones at that: nothing of ours may need the object itself
// as `this`.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { reactive, readonly, ref } from '@vue/reactivity'
import { connected, settled } from './support/connected.mjs'
import { joined } from './support/fake-layer.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { PahoClient } = await importSource('paho/client')
const { Message: PahoMessage } = await importSource('paho/message')

const wrapped = ['[object Object]', '[object Array]']

/** A membrane: objects that are read through it are wrapped as well, but for what a proxy must not change. */
function membrane(/** @type {object} */ target) {
  /** @type {ProxyHandler<object>} */
  const handler = {
    get(object, name, receiver) {
      const value = Reflect.get(object, name, receiver)
      const own = Reflect.getOwnPropertyDescriptor(object, name)
      const isFixed = own !== undefined && own.configurable === false && own.writable === false
      return wrapped.includes(Object.prototype.toString.call(value)) && !isFixed ? membrane(value) : value
    },
  }
  return new Proxy(target, handler)
}

/** @type {Record<string, (target: any) => any>} */
const wraps = {
  'a plain proxy': (target) => new Proxy(target, {}),
  'a membrane': membrane,
  "Vue's ref()": (target) => ref(target).value,
  "Vue's reactive()": (target) => reactive({ inner: target }).inner,
  "Vue's readonly()": (target) => readonly(target),
}

/** Every accessor of its classes, read. @param {any} target @param {any} [from] where to read it */
function readAll(target, from = target) {
  /** @type {Record<PropertyKey, unknown>} */
  const values = {}
  for (let prototype = Object.getPrototypeOf(target); prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype))
    for (const name of Reflect.ownKeys(prototype)) if (Reflect.getOwnPropertyDescriptor(prototype, name)?.get) values[name] = from[name]
  return values
}

/** @param {any} target @param {any} wrapped */
function assertReadable(target, wrapped) {
  const [values, seen] = [readAll(target), readAll(target, wrapped)]
  assert.deepEqual(Reflect.ownKeys(seen), Reflect.ownKeys(values))
  for (const [name, value] of Object.entries(values))
    if (typeof value !== 'object' && typeof value !== 'function') assert.equal(seen[name], value, name)
}

for (const [what, wrap] of Object.entries(wraps))
  describe(`behind ${what}`, () => {
    it('a connection, its subscriptions and their messages work', async () => {
      const { mq: own, client } = await connected()
      const mq = wrap(own)
      assertReadable(own, mq)
      const seen = /** @type {any[]} */ ([])
      mq.on('message', (/** @type {any} */ message) => seen.push(wrap(message).text()))
      const original = own.subscribe('lab/+room')
      const subscription = wrap(original)
      client.grant(0, [0])
      assertReadable(original, subscription)
      assert.deepEqual(
        (await subscription.ready).map((/** @type {any} */ { filter }) => filter),
        ['lab/+'],
      )
      client.arrive('lab/1', '{"t":21.5}', { retained: true })
      const { value: message } = await subscription.next()
      const wrapped = wrap(message)
      assertReadable(message, wrapped)
      assert.deepEqual([wrapped.topic, wrapped.params.room, wrapped.retain, wrapped.json().t], ['lab/1', '1', true, 21.5])
      assert.deepEqual(seen, ['{"t":21.5}'])
      await mq.publish('a', 'x')
      mq.post('a', 'y')
      await mq.drained(10)
      assert.equal(client.publishes.length, 2)
      void subscription.unsubscribe()
      await subscription.return()
      assert.equal(subscription[Symbol.asyncIterator]()[Symbol.asyncIterator] !== undefined, true)
      mq.subscribe('b', () => {})
      assert.equal(mq.state, 'connected')
      await mq[Symbol.asyncDispose]()
      assert.equal(mq.state, 'closed')
    })

    it('a webapp and the objects that it returns work', async () => {
      const { app: own, client } = await joined({ state: { name: 'Ann' } })
      const app = wrap(own)
      assertReadable(own, app)
      app.on('message', () => {})
      client.layer.onPresence('acme:bob:cd34', '{"name":"Bob"}', 0)
      client.layer.onDevice('SN-1', '{"online":true}')

      const presence = app.presence
      assertReadable(own.presence, presence)
      assert.deepEqual([presence.size, presence.has('acme:bob:cd34'), presence.get('acme:bob:cd34').user], [1, true, 'bob'])
      assert.deepEqual([...presence.keys()], ['acme:bob:cd34'])
      assert.equal([...presence].length + [...presence.values()].length + [...presence.entries()].length, 3)
      presence.forEach((/** @type {any} */ _, /** @type {string} */ key) => assert.equal(key, 'acme:bob:cd34'))
      presence.on(() => {})()
      await presence.until((/** @type {any} */ map) => map.size === 1)
      assert.equal((await presence[Symbol.asyncIterator]().next()).value.type, 'appeared')
      presence.setState({ name: 'Ann', busy: true })
      assert.equal(presence.state.busy, true)

      const devices = wrap(own.devices(['SN-1']))
      assert.deepEqual(devices.serialNumbers, ['SN-1'])
      devices.close()
      client.layer.onService('shop', 'i1', '{"version":"1","methods":[]}')
      assert.deepEqual([wrap(own.services).names, wrap(own.services).of('shop').length], [['shop'], 1])

      const peer = wrap(own.peer('acme:bob:cd34'))
      assert.deepEqual([peer.isOnline, peer.state.name], [true, 'Bob'])
      peer.send({ text: 'hi' })
      peer.notify('poke')
      peer.messages.on(() => {})()
      void peer.messages[Symbol.asyncIterator]().return()

      const room = wrap(own.room('lobby'))
      room.send({ text: 'hi' })
      room.on(() => {})()
      const loop = room[Symbol.asyncIterator]()
      client.layer.onRoomMessage('lobby', 'acme:bob:cd34', { bytes: new TextEncoder().encode('1'), contentType: '' })
      assert.equal((await loop.next()).value.data, 1)
      room.leave()

      const call = wrap(app.request('shop', 'slow'))
      const steps = call[Symbol.asyncIterator]()
      client.layer.onProgress(client.calls.filter(([name]) => name === 'request').length, '1')
      assert.equal((await steps.next()).value, 1)
      call.cancel()
      await assert.rejects(async () => await call, { code: 'request_cancelled' })
      await call.catch(() => {})
      await call.finally(() => {}).catch(() => {})
      app.notify('shop', 'x')
      app.expose({ sum: () => 0 })()
      app.requestBackend('x').catch(() => {})
      const left = app.leave()
      client.lose({ reconnect: false, error: 'none' })
      await left
      assert.equal(app.state, 'closed')
    })

    it('the classic client and its messages work', async () => {
      const module = fakeModule()
      const own = new PahoClient(async () => module, ['ws://broker.test/mqtt', 'me'])
      const client = wrap(own)
      assertReadable(own, client)
      assert.deepEqual([client.host, client.path, client.clientId, client.uri], ['broker.test', '/mqtt', 'me', 'ws://broker.test/mqtt'])
      if (what !== "Vue's readonly()") {
        const arrived = /** @type {any[]} */ ([])
        client.onMessageArrived = (/** @type {any} */ message) => arrived.push(wrap(message).payloadString)
        client.disconnectedPublishing = true
        assert.equal(own.disconnectedPublishing, true)
        const message = wrap(new PahoMessage('x'))
        message.destinationName = 'a'
        message.qos = 1
        assert.throws(() => (message.retained = 1), /Invalid argument/)
        client.connect({ willMessage: message })
        await settled()
        module.clients[0]?.accept()
        client.send(message)
        assert.deepEqual(
          module.clients[0]?.publishes.map(({ topic, payload, options }) => [topic, payload, options.qos]),
          [['a', 'x', 1]],
        )
        module.clients[0]?.arrive('a', 'y')
        assert.deepEqual(arrived, ['y'])
      }
      assert.equal(client.isConnected(), own.isConnected())
    })
  })

describe('a method that was taken off its object', () => {
  it('says so', async () => {
    const { mq } = await connected()
    const { publish } = mq
    assert.throws(() => publish('a', 'b'), { name: 'InvalidArgumentError', message: /publish\(\)/ })
  })
})
