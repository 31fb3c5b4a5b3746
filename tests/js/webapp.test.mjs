import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled, until } from './support/connected.mjs'
import { joined, joining, moduleError } from './support/fake-layer.mjs'
import { importSource } from './support/sources.mjs'

const { RemoteError } = await importSource('webapp/errors')
const { Raw } = await importSource('webapp/raw')
const json = (/** @type {unknown} */ value) => JSON.stringify(value)

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

describe('a request', () => {
  it('crosses as JSON, and resolves with the result', async () => {
    const { app, client } = await joined()
    const call = app.request('orders', 'create', { item: 7 }, { timeout: 5000, traceparent: '00-1-2-01' })
    assert.deepEqual(client.given('request'), [
      [{ target: { service: 'orders' }, method: 'create', params: '{"item":7}', timeout: 5000, traceparent: '00-1-2-01' }],
    ])
    client.layer.onResult(1, json({ id: 'x' }))
    assert.deepEqual(await call, { id: 'x' })
  })

  it('goes to the unnamed backend, and to peers, with ten seconds by default', async () => {
    const { app, client } = await joined()
    app.requestBackend('ping').catch(() => {})
    app
      .peer('acme:bob:cd34')
      .request('sum', [1, 2])
      .catch(() => {})
    assert.deepEqual(
      client.given('request').map(([request]) => request),
      [
        { target: { service: '' }, method: 'ping', params: undefined, timeout: 10_000 },
        { target: { peer: 'acme:bob:cd34' }, method: 'sum', params: '[1,2]', timeout: 10_000 },
      ],
    )
    client.lose({ reconnect: false, error: 'none' })
  })

  it('carries a raw body, and brings one back', async () => {
    const { app, client } = await joined()
    const call = app.request('images', 'shrink', new Raw(Uint8Array.of(1, 2), 'image/png'))
    assert.deepEqual(client.given('request')[0]?.[0].params, { bytes: Uint8Array.of(1, 2), contentType: 'image/png' })
    client.layer.onResult(1, { bytes: Uint8Array.of(3), contentType: 'image/webp' })
    const { bytes, type } = /** @type {any} */ (await call)
    assert.deepEqual([[...bytes], type], [[3], 'image/webp'])
  })

  const failures = /** @type {const} */ ([
    ['timed_out', 'RequestTimeoutError', 'request_timed_out'],
    ['no_responder', 'NoResponderError', 'no_responder'],
    ['cancelled', 'RequestCancelledError', 'request_cancelled'],
    ['item_lost', 'StreamError', 'stream_incomplete'],
    ['not_connected', 'NotConnectedError', 'not_connected'],
    ['payload_too_large', 'RequestError', 'packet_too_large'],
    ['bad_response', 'RequestError', 'bad_response'],
    ['not_supported', 'RequestError', 'not_supported'],
    ['refused', 'RequestError', 'publish_refused'],
  ])
  for (const [error, name, code] of failures)
    it(`that ends as ${error} rejects with ${name}`, async () => {
      const { app, client } = await joined()
      const call = app.request('orders', 'create')
      client.layer.onFailure(1, { error, text: 'Something happened' })
      await assert.rejects(call, { name, code })
    })

  const remote = /** @type {const} */ ([
    [17, 'RemoteError'],
    [-32004, 'RemoteError'],
    [-32601, 'RemoteError'],
    [-32003, 'RequestCancelledError'],
    [-32001, 'RequestTimeoutError'],
    [-32002, 'NoResponderError'],
  ])
  for (const [code, name] of remote)
    it(`that is answered with the error ${code} rejects with ${name}`, async () => {
      const { app, client } = await joined()
      const call = app.request('orders', 'create')
      client.layer.onFailure(1, { error: 'remote', text: '', code, message: 'Sold out', data: '{"left":0}' })
      const thrown = await call.then(assert.fail, (/** @type {any} */ error) => error)
      assert.equal(thrown.name, name)
      if (name === 'RemoteError') assert.deepEqual([thrown.remoteCode, thrown.message, thrown.data], [code, 'Sold out', { left: 0 }])
    })

  it('is cancelled by its signal, whose reason it rejects with', async () => {
    const { app, client } = await joined()
    const abort = new AbortController()
    const call = app.request('orders', 'create', {}, { signal: abort.signal })
    abort.abort(new Error('changed my mind'))
    await assert.rejects(call, { message: 'changed my mind' })
    assert.deepEqual(client.given('cancelRequest'), [[1]])
    client.layer.onFailure(1, { error: 'cancelled', text: '' })
    await assert.rejects(app.request('orders', 'create', {}, { signal: abort.signal }), { message: 'changed my mind' })
    assert.equal(client.given('request').length, 1)
  })

  it('is cancelled by itself, and tells progress', async () => {
    const { app, client } = await joined()
    /** @type {unknown[]} */
    const heard = []
    const call = app.request('demo', 'slow', {}, { onProgress: (/** @type {unknown} */ item) => heard.push(item) })
    client.layer.onProgress(1, '{"step":1}')
    call.cancel()
    client.layer.onProgress(1, '{"step":2}')
    await assert.rejects(call, { name: 'RequestCancelledError', target: 'demo', method: 'slow' })
    assert.deepEqual(heard, [{ step: 1 }])
  })

  it('whose responder ignores what it is allowed is given up, before it fills the memory', async () => {
    const { app, client } = await joined()
    const call = app.request('demo', 'slow')
    const steps = call[Symbol.asyncIterator]()
    for (let item = 0; item < 10_000; item++) client.layer.onProgress(1, String(item))
    assert.deepEqual(client.given('cancelRequest'), [[1]])
    for (let item = 0; item < 64 + 256; item++) assert.equal((await steps.next()).value, item)
    await assert.rejects(steps.next(), { name: 'StreamError', message: /more progress/ })
  })

  it('is refused where it stands with a typed error', async () => {
    const { app, client } = await joined()
    client.throwNext = moduleError('invalid_name')
    await assert.rejects(app.request('a/b', 'c'), { name: 'InvalidNameError', code: 'invalid_name' })
    for (const params of [7, 'text', null, true]) await assert.rejects(app.request('a', 'b', params), { name: 'InvalidArgumentError' })
    for (const timeout of [0, -1, NaN, Infinity])
      await assert.rejects(app.request('a', 'b', {}, { timeout }), { name: 'InvalidArgumentError' })
    const circle = {}
    Object.assign(circle, { circle })
    await assert.rejects(app.request('a', 'b', circle), { name: 'InvalidArgumentError' })
    assert.equal(client.given('request').length, 0)
  })

  it('ends when this webapp leaves', async () => {
    const { app, client } = await joined()
    const call = app.request('orders', 'create')
    client.lose({ reconnect: false, error: 'none' })
    await assert.rejects(call, { name: 'RequestCancelledError' })
    await assert.rejects(app.request('orders', 'create'), { name: 'RequestCancelledError' })
  })
})

describe('exposed methods', () => {
  const from = 'acme:bob:cd34'

  it('answer peers, who are told of once there is something to call', async () => {
    const { app, client } = await joined()
    /** @type {any[]} */
    const asked = []
    const hide = app.expose({
      sum: (/** @type {number[]} */ [a = 0, b = 0], /** @type {any} */ context) => {
        asked.push(context.from, context.isNotification)
        return a + b
      },
    })
    assert.deepEqual(client.given('expose'), [[true]])
    client.layer.onRequest({ call: 5, from, method: 'sum', params: '[1,2]', isNotification: false })
    await settled()
    assert.deepEqual(client.given('respond'), [[5, '3']])
    assert.deepEqual(asked, [from, false])
    hide()
    client.layer.onRequest({ call: 6, from, method: 'sum', params: '[1,2]', isNotification: false })
    await settled()
    assert.deepEqual(client.given('fail'), [[6, -32601, 'Method not found', undefined]])
  })

  it('answer with their own errors; others stay here', async () => {
    const { app, client } = await joined()
    /** @type {any[]} */
    const errors = []
    app.on('error', (/** @type {unknown} */ error) => errors.push(error))
    app.expose({
      sell: () => {
        throw new RemoteError(17, 'Sold out', { left: 0 })
      },
      crash: async () => {
        throw new Error('a secret')
      },
    })
    client.layer.onRequest({ call: 1, from, method: 'sell', params: undefined, isNotification: false })
    client.layer.onRequest({ call: 2, from, method: 'crash', params: undefined, isNotification: false })
    await settled()
    assert.deepEqual(client.given('fail'), [
      [1, 17, 'Sold out', '{"left":0}'],
      [2, -32603, 'Internal error', undefined],
    ])
    assert.deepEqual(
      errors.map(({ message }) => message),
      ['a secret'],
    )
  })

  it('send progress by yielding, as far as they have credit', async () => {
    const { app, client } = await joined()
    let ended = false
    app.expose({
      async *count({ to }) {
        try {
          for (let number = 1; number <= to; number++) yield number
          return 'done'
        } finally {
          ended = true
        }
      },
    })
    client.credit = 2
    client.layer.onRequest({ call: 1, from, method: 'count', params: '{"to":4}', isNotification: false })
    await settled()
    assert.deepEqual(
      client.given('progress').map(([, value]) => value),
      ['1', '2'],
    )
    client.credit = 100
    client.layer.onCredit(1)
    await settled()
    assert.deepEqual(
      client.given('progress').map(([, value]) => value),
      ['1', '2', '3', '4'],
    )
    assert.deepEqual(client.given('respond'), [[1, '"done"']])
    assert.equal(ended, true)
  })

  it('stop when their caller has gone, and do not answer', async () => {
    const { app, client } = await joined()
    let isStopped = false
    app.expose({
      async *watch() {
        try {
          for (;;) yield 1
        } finally {
          isStopped = true
        }
      },
      wait: (/** @type {unknown} */ _, /** @type {any} */ { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    client.credit = 3
    client.layer.onRequest({ call: 1, from, method: 'watch', params: undefined, isNotification: false })
    client.layer.onRequest({ call: 2, from, method: 'wait', params: undefined, isNotification: false })
    await settled()
    client.layer.onEnded(1, 'cancelled')
    client.layer.onEnded(2, 'timed_out')
    await settled()
    assert.equal(isStopped, true)
    assert.deepEqual([client.given('respond'), client.given('fail')], [[], []])
  })

  it('take notifications, which get no answer, and pass over those of methods that there are not', async () => {
    const { app, client } = await joined()
    /** @type {unknown[]} */
    const [heard, errors] = [[], []]
    app.on('error', (/** @type {any} */ error) => /** @type {any} */ (errors).push(error.message))
    app.expose({
      poke: (/** @type {unknown} */ params, /** @type {any} */ { isNotification, signal }) => {
        ;/** @type {any} */ (heard).push(params, isNotification, signal.aborted)
        return 10n // which has no JSON, and needs none
      },
      refuse: () => {
        throw new RemoteError(17, 'Sold out')
      },
      crash: async () => {
        throw new Error('a secret')
      },
    })
    for (const [index, method] of ['poke', 'unknown', 'refuse', 'crash'].entries())
      client.layer.onRequest({ call: index + 1, from, method, params: '{"how":"softly"}', isNotification: true })
    await settled()
    assert.deepEqual(heard, [{ how: 'softly' }, true, false])
    assert.deepEqual(errors, ['a secret'])
    // The layer hears that they are over, and sends nothing.
    assert.deepEqual(client.given('respond'), [[1, 'null']])
    assert.deepEqual(
      client.given('fail').map(([call]) => call),
      [2, 3, 4],
    )
  })

  it('are not begun by a notification where they yield', async () => {
    const { app, client } = await joined()
    let [steps, returns] = [0, 0]
    app.expose({
      async *count() {
        for (;;) yield steps++
      },
      own: () => ({
        next: async () => ({ done: false, value: steps++ }),
        return: async () => ({ done: true, value: returns++ }),
        [Symbol.asyncIterator]: () => assert.fail('nobody iterates'),
      }),
      bare: () => ({ next: async () => ({ done: false, value: steps++ }), [Symbol.asyncIterator]: () => assert.fail() }),
    })
    for (const [index, method] of ['count', 'own', 'bare'].entries())
      client.layer.onRequest({ call: index + 1, from, method, params: undefined, isNotification: true })
    await settled()
    assert.deepEqual([steps, returns, client.given('progress')], [0, 1, []])
    assert.deepEqual(
      client
        .given('respond')
        .map(([call]) => call)
        .sort(),
      [1, 2, 3],
    )
  })

  it('hear from their signal that the time of a notification is over', async () => {
    const { app, client } = await joined()
    let isOver = false
    app.expose({
      wait: (/** @type {unknown} */ _, /** @type {any} */ { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve((isOver = true)))),
    })
    client.layer.onRequest({ call: 1, from, method: 'wait', params: undefined, isNotification: true })
    await settled()
    client.layer.onEnded(1, 'timed_out')
    await settled()
    assert.deepEqual([isOver, client.given('respond')], [true, []])
  })
})

describe('what others cause', () => {
  const from = 'acme:bob:cd34'
  const body = (/** @type {string} */ text) => ({ bytes: new TextEncoder().encode(text), contentType: '' })
  const broken = () => {
    throw new Error('broken')
  }

  /** Everything of the application's that others reach, all of it broken. @param {any} app @param {any} client */
  async function provoke(app, client) {
    app.expose({ greet: (/** @type {any} */ { name }) => `Hello ${name}`, later: async () => broken() })
    app.on('message', broken)
    app.on('message', async () => broken())
    app.on('state', async () => broken())
    app.peer(from).messages.on(broken)
    app.room('lobby').on(async () => broken())
    app.presence.on(broken)
    app.services.on(broken)
    app.devices().on(async () => broken())
    for (const onProgress of [broken, async () => broken()]) app.request('demo', 'slow', {}, { onProgress }).catch(() => {})
    const { layer } = client
    layer.onRequest({ call: 1, from, method: 'greet', params: undefined, isNotification: false })
    layer.onRequest({ call: 2, from, method: 'greet', params: undefined, isNotification: true })
    layer.onRequest({ call: 3, from, method: 'later', params: '[[[]]]', isNotification: false })
    layer.onRequest({ call: 4, from, method: 'nosuch', params: undefined, isNotification: true })
    layer.onPeerMessage(from, body('{'))
    layer.onRoomMessage('lobby', from, body('\0'))
    layer.onPresence(from, 'null', Infinity)
    layer.onService('demo', 'a1', '{"methods":null}')
    layer.onDevice('SN-1', '{"online":7}')
    layer.onProgress(1, '1')
    layer.onProgress(2, '1')
    client.lose({ reconnect: true, error: 'transport_closed' })
    await settled()
    await settled()
  }
  const count = 13

  it('comes to who listens for errors', async () => {
    const { app, client } = await joined()
    let heard = 0
    app.on('error', () => heard++)
    await provoke(app, client)
    assert.equal(heard, count)
    assert.deepEqual(
      client.given('fail').map(([call, code]) => [call, code]),
      [
        [1, -32603],
        [2, -32603],
        [4, -32601],
        [3, -32603],
      ],
    )
    await app.leave()
  })

  it('ends nothing where nobody listens, or the listener is broken: the console shows some of it', async (t) => {
    let now = 0
    t.mock.method(Date, 'now', () => now)
    const shown = t.mock.method(console, 'error', () => {})
    for (const listener of [undefined, broken, async () => broken()]) {
      const { app, client } = await joined()
      if (listener !== undefined) app.on('error', listener)
      await provoke(app, client)
      await new Promise((resolve) => setTimeout(resolve)) // where an uncaught error would be thrown
      assert.equal(shown.mock.callCount(), 11, 'ten, and that there are more')
      assert.match(String(shown.mock.calls.at(-1)?.arguments[0]), /no more errors for a minute/)
      now += 60_000
      client.layer.onRequest({ call: 5, from, method: 'later', params: undefined, isNotification: true })
      await settled()
      assert.equal(shown.mock.callCount(), 12)
      await app.leave()
      await settled() // its state is news to a broken handler as well
      shown.mock.resetCalls()
    }
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

describe('an error whose data cannot be sent', () => {
  const cyclic = /** @type {any} */ ({})
  cyclic.self = cyclic
  for (const [what, data, refused] of /** @type {[string, any, boolean][]} */ ([
    ['is cyclic', cyclic, false],
    ['has a BigInt', { n: 1n }, false],
    ['is a raw body', new Raw(new Uint8Array(1)), false],
    ['is larger than the broker takes', 'x', true],
  ]))
    it(`that ${what} is answered as an internal error, and told here`, async () => {
      const { app, client } = await joined()
      /** @type {any[]} */
      const errors = []
      app.on('error', (/** @type {any} */ error) => errors.push(error))
      app.expose({
        sell: () => {
          if (refused) client.throwNext = moduleError('payload_too_large')
          throw new RemoteError(17, 'Sold out', data)
        },
      })
      client.layer.onRequest({ call: 5, from: 'acme:bob:cd34', method: 'sell', params: undefined, traceparent: undefined })
      await until(() => client.given('fail').length > 0)
      assert.deepEqual(client.given('fail'), [[5, -32603, 'Internal error', undefined]])
      assert.deepEqual(
        errors.map(({ code }) => code),
        [refused ? 'packet_too_large' : 'invalid_argument'],
      )
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
