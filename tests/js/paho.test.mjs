import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { arrivedMessage, fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { PahoClient } = await importSource('paho/client')
const { Message } = await importSource('paho/message')

/** @param {...unknown} given to the constructor */
function client(...given) {
  const module = fakeModule()
  const paho = new PahoClient(async () => module, given)
  return { paho, module }
}

const arguments4 = ['h', 80, '/p', 'id']

/** @param {object} [options] of connect() */
async function connected(options = {}) {
  const { paho, module } = client(...arguments4)
  paho.connect(options)
  await settled()
  const engine = /** @type {import('./support/fake-module.mjs').FakeClient} */ (module.clients[0])
  engine.accept()
  return { paho, module, engine }
}

describe('the constructor', () => {
  for (const [given, host, port, path, uri] of [
    [['ws://h:9001/mqtt?x=1', 'id'], 'h', 9001, '/mqtt?x=1', 'ws://h:9001/mqtt?x=1'],
    [['wss://[::1]:443/', 'id'], '::1', 443, '/', 'wss://[::1]:443/'],
    [['ws://h/mqtt', 'id'], 'h', NaN, '/mqtt', 'ws://h/mqtt'],
    [['h', 80, 'id'], 'h', 80, '/mqtt', 'ws://h:80/mqtt'],
    [['h', 80, '/p', 'id'], 'h', 80, '/p', 'ws://h:80/p'],
    [['h', 80, 'x', 'id'], 'h', 80, 'x', 'ws://h:80x'],
    [['fe80::1', 80, '/p', 'id'], 'fe80::1', 80, '/p', 'ws://[fe80::1]:80/p'],
  ])
    it(`understands ${JSON.stringify(given)}`, () => {
      const { paho } = client(.../** @type {unknown[]} */ (given))
      assert.deepEqual([paho.host, paho.port, paho.path, paho.uri, paho.clientId], [host, port, path, uri, 'id'])
    })

  for (const [given, text] of [
    [[], 'AMQJS0012E Invalid type undefined for host.'],
    [['h'], 'AMQJS0012E Invalid type undefined for port.'],
    [['ws://h', 'id'], 'AMQJS0013E Invalid argument ws://h for host.'],
    [['http://h/x', 'id'], 'AMQJS0013E Invalid argument http://h/x for host.'],
    [[7, 80, 'id'], 'AMQJS0012E Invalid type number for host.'],
    [['h', '80', 'id'], 'AMQJS0012E Invalid type string for port.'],
    [['h', -1, 'id'], 'AMQJS0012E Invalid type number for port.'],
    [['h', 80, 7, 'id'], 'AMQJS0012E Invalid type number for path.'],
    [['h', 80, 7], 'AMQJS0013E Invalid argument 7 for clientId.'],
    [['h', 80, 'x'.repeat(65_536)], `AMQJS0013E Invalid argument ${'x'.repeat(65_536)} for clientId.`],
  ])
    it(`refuses ${JSON.stringify(given).slice(0, 40)}`, () => {
      assert.throws(
        () => client(.../** @type {unknown[]} */ (given)),
        (/** @type {any} */ error) => error.constructor === Error && error.message === text,
      )
    })

  it('refuses a client identifier that is not there with a TypeError', () => {
    assert.throws(() => client('h', 80, undefined), TypeError)
    assert.throws(() => client('h', 80, null), TypeError)
  })

  it('has properties that cannot be set, and handlers that must be functions', () => {
    const { paho } = client(...arguments4)
    for (const name of ['host', 'port', 'path', 'uri', 'clientId'])
      assert.throws(() => (paho[name] = 'x'), { message: 'AMQJS0014E Unsupported operation.' })
    for (const name of ['onConnected', 'onConnectionLost', 'onMessageDelivered', 'onMessageArrived'])
      assert.throws(() => (paho[name] = 'x'), { message: `AMQJS0012E Invalid type string for ${name}.` })
    assert.throws(() => (paho.trace = 7), { message: 'AMQJS0012E Invalid type number for onTrace.' })
    paho.onMessageArrived = null
  })
})

describe('a page for mqttws31.js 1.0', () => {
  it('may call the accessors as methods', async () => {
    const { paho, engine } = await connected()
    assert.deepEqual(
      [paho._getHost(), paho._getPort(), paho._getPath(), paho._getURI(), paho._getClientId()],
      ['h', 80, '/p', 'ws://h:80/p', 'id'],
    )
    assert.throws(() => paho._setHost('x'), { message: 'AMQJS0014E Unsupported operation.' })
    assert.throws(() => paho._setOnMessageArrived('x'), { message: 'AMQJS0012E Invalid type string for onMessageArrived.' })
    /** @type {any} */
    let seen
    paho._setOnMessageArrived((/** @type {any} */ message) => (seen = message))
    engine.arrive('a/b', 'text', { qos: 1, retained: true })
    assert.deepEqual(
      [seen._getPayloadString(), seen._getDestinationName(), seen._getQos(), seen._getRetained(), seen._getDuplicate()],
      ['text', 'a/b', 1, true, false],
    )
    assert.deepEqual(seen._getPayloadBytes(), new TextEncoder().encode('text'))
    seen._setDestinationName('c')
    assert.equal(seen.destinationName, 'c')
    assert.deepEqual(Object.keys(seen), ['duplicate', 'toJSON'])
  })

  it('may keep a note of its own under the name of a method', async () => {
    const { paho, engine } = await connected()
    paho.onConnectionLost = () => (paho.isConnected = false)
    engine.lose({ reconnect: false })
    paho.connect()
    assert.equal(engine.connects.length, 2)
  })
})

describe('connect() checks its options', () => {
  const will = new Message('x')
  for (const [options, text] of [
    [{ userName: undefined }, 'AMQJS0012E Invalid type undefined for userName.'],
    [{ timeout: '3' }, 'AMQJS0012E Invalid type string for timeout.'],
    [{ invocationContext: 'x' }, 'AMQJS0012E Invalid type string for invocationContext.'],
    [
      { clean: true },
      'Unknown property, clean. Valid properties are: timeout userName password willMessage keepAliveInterval cleanSession useSSL invocationContext onSuccess onFailure hosts ports reconnect mqttVersion mqttVersionExplicit uris',
    ],
    [{ password: 'secret' }, 'AMQJS0013E Invalid argument ****** for connectOptions.password.'],
    [{ willMessage: {} }, 'AMQJS0012E Invalid type [object Object] for connectOptions.willMessage.'],
    [{ willMessage: will }, 'AMQJS0012E Invalid type undefined for connectOptions.willMessage.destinationName.'],
    [{ mqttVersion: 2 }, 'AMQJS0013E Invalid argument 2 for connectOptions.mqttVersion.'],
    [{ hosts: [] }, 'AMQJS0013E Invalid argument  for connectOptions.hosts.'],
    [{ hosts: ['a', 'ws://b/'], ports: [1, 2] }, 'AMQJS0013E Invalid argument ws://b/ for connectOptions.hosts[1].'],
    [{ hosts: [7], ports: [1] }, 'AMQJS0012E Invalid type number for connectOptions.hosts[0].'],
    [{ hosts: ['a'] }, 'AMQJS0013E Invalid argument undefined for connectOptions.ports.'],
    [{ hosts: ['a'], ports: ['1'] }, 'AMQJS0012E Invalid type string for connectOptions.ports[0].'],
  ])
    it(/** @type {string} */ (text).slice(0, 80), () => {
      assert.throws(() => client(...arguments4).paho.connect(options), { message: text })
    })

  it('takes null, and does not change what it was given', async () => {
    const { paho } = client(...arguments4)
    paho.connect(null)
    const options = Object.freeze({ keepAliveInterval: 5 })
    client(...arguments4).paho.connect(options)
  })

  it('refuses a second connection', async () => {
    const { paho } = await connected()
    assert.throws(() => paho.connect(), { message: 'AMQJS0011E Invalid state already connected.' })
  })
})

describe('connecting', () => {
  it('hands the options to the module, with the classic defaults', async () => {
    const will = new Message('gone')
    will.destinationName = 'will'
    will.qos = 1
    will.retained = true
    const { engine } = await connected({ userName: 'u', password: 'p', useSSL: true, willMessage: will, reconnect: true })
    const { onFailure, store, ...options } = /** @type {any} */ (engine.connectOptions)
    assert.equal(typeof onFailure, 'function')
    assert.deepEqual(store.records, [])
    assert.deepEqual(options, {
      uris: ['wss://h:80/p'],
      mqttVersion: 4,
      timeout: 30,
      keepAliveInterval: 60,
      keepAliveBySending: false,
      cleanSession: true,
      reconnect: true,
      resubscribe: false,
      userName: 'u',
      password: 'p',
      willMessage: { topic: 'will', payload: 'gone', qos: 1, retain: true },
    })
  })

  for (const [options, uris] of [
    [{ hosts: ['a', '::1'], ports: [1, 2] }, ['ws://a:1/p', 'ws://[::1]:2/p']],
    [{ hosts: ['ws://a/x', 'wss://b/y'] }, ['ws://a/x', 'wss://b/y']],
    [{ uris: ['ws://a/x'] }, ['ws://a/x']],
  ])
    it(`tries ${uris}`, async () => {
      const { engine } = await connected(options)
      assert.deepEqual(engine.connectOptions?.uris, uris)
    })

  it('calls onSuccess, then onConnected, at every connection', async () => {
    /** @type {any[]} */
    const calls = []
    const invocationContext = { mine: 1 }
    const { paho, module } = client(...arguments4)
    paho.onConnected = (/** @type {boolean} */ reconnect, /** @type {string} */ uri) => calls.push([reconnect, uri, paho.isConnected()])
    paho.onConnectionLost = (/** @type {any} */ loss) => calls.push(loss)
    paho.connect({ reconnect: true, invocationContext, onSuccess: (/** @type {any} */ outcome) => calls.push(outcome) })
    assert.equal(paho.isConnected(), false)
    await settled()
    const [engine] = module.clients
    engine?.accept()
    engine?.lose({ uri: 'ws://h:80/p' })
    engine?.lose({ wasConnected: false })
    engine?.accept({ reconnected: true })
    assert.deepEqual(calls, [
      { invocationContext },
      [false, 'ws://h:80/p', true],
      { errorCode: 8, errorMessage: 'AMQJS0008I Socket closed.', reconnect: true, uri: 'ws://h:80/p' },
      { invocationContext },
      [true, 'ws://h:80/p', true],
    ])
  })

  it('tries MQTT 3.1 where 3.1.1 fails, and fails once', async () => {
    /** @type {any[]} */
    const failures = []
    const { paho, module } = client(...arguments4)
    paho.connect({ onFailure: (/** @type {any} */ failure) => failures.push(failure) })
    await settled()
    const [engine] = module.clients
    engine?.fail({})
    engine?.fail({ error: 'connection_refused', reasonCode: 0x86 })
    assert.deepEqual(
      engine?.connects.map((options) => options.mqttVersion),
      [4, 3],
    )
    assert.deepEqual(failures, [
      {
        invocationContext: undefined,
        errorCode: 6,
        errorMessage: 'AMQJS0006E Bad Connack return code:4 Connection Refused: bad user name or password.',
      },
    ])
    assert.equal(paho.isConnected(), false)
    paho.connect({ mqttVersion: 4, onFailure: (/** @type {any} */ failure) => failures.push(failure.errorMessage) })
    await settled()
    engine?.fail({ error: 'connect_timed_out' })
    assert.deepEqual(failures[1], 'AMQJSC0001E Connect timed out.')
  })

  it('fails where the module cannot be loaded', async () => {
    const paho = new PahoClient(() => Promise.reject(new Error('no wasm')), arguments4)
    const failure = await new Promise((resolve) => paho.connect({ onFailure: resolve }))
    assert.equal(failure.errorCode, 5)
    assert.match(failure.errorMessage, /^AMQJS0005E Internal error\. Error Message: no wasm/)
  })

  it('is ended by disconnect(), which is reported at once', async () => {
    const { paho, engine } = await connected()
    /** @type {any[]} */
    const losses = []
    paho.onConnectionLost = (/** @type {any} */ loss) => losses.push(loss)
    paho.disconnect()
    assert.deepEqual(losses, [{ errorCode: 0, errorMessage: 'AMQJSC0000I OK.', reconnect: undefined, uri: 'ws://h:80/p' }])
    engine.lose({ error: 'none', reconnect: false })
    assert.equal(losses.length, 1)
    assert.throws(() => paho.disconnect(), { message: 'AMQJS0011E Invalid state not connecting or connected.' })
    paho.connect()
  })

  it('that is disconnected meanwhile ends after it succeeded', async () => {
    const { paho, module } = client(...arguments4)
    /** @type {string[]} */
    const calls = []
    paho.onConnectionLost = () => calls.push('lost')
    paho.connect({ onSuccess: () => calls.push('success') })
    paho.disconnect()
    await settled()
    module.clients[0]?.accept()
    assert.deepEqual(calls, ['success', 'lost'])
    assert.equal(module.clients[0]?.disconnects, 1)
  })

  it('stops reconnecting by disconnect()', async () => {
    const { paho, engine } = await connected({ reconnect: true })
    engine.lose()
    paho.disconnect()
    assert.equal(engine.disconnects, 1)
    assert.equal(paho.isConnected(), false)
  })
})

describe('what a client holds in the module', () => {
  /** After the client's own timer: those of one length come in their order. */
  const soon = () => new Promise((resolve) => setTimeout(resolve))

  it('is given back after disconnect(), and taken anew by connect()', async () => {
    const { paho, module, engine } = await connected()
    paho.disconnect()
    assert.equal(engine.deleted, false)
    await soon()
    assert.equal(engine.deleted, true)
    paho.connect()
    assert.equal(module.clients.length, 2)
    module.clients[1]?.accept()
    assert.equal(paho.isConnected(), true)
  })

  it('is given back where no connection came about, or it was lost for good', async () => {
    const { paho, module } = client(...arguments4)
    paho.connect({ mqttVersion: 4 })
    await settled()
    module.clients[0]?.fail({})
    await soon()
    assert.equal(module.clients[0]?.deleted, true)
    const { engine } = await connected()
    engine.lose({ reconnect: false })
    await soon()
    assert.equal(engine.deleted, true)
  })

  it('is kept while there are messages to send, and where it was connected again at once', async () => {
    const { paho, module, engine } = await connected({ cleanSession: false })
    paho.send('a', 'x', 1)
    paho.disconnect()
    await soon()
    engine.unfinishedMessages = 0
    paho.connect()
    engine.accept()
    paho.disconnect()
    paho.connect()
    await soon()
    assert.equal(engine.deleted, false)
    assert.equal(module.clients.length, 1)
  })
})

describe('subscribe() and unsubscribe()', () => {
  it('check their arguments', async () => {
    const { paho } = await connected()
    assert.throws(() => paho.subscribe(7), { message: 'Invalid argument:7' })
    assert.throws(() => paho.subscribe('a', { qos: 3 }), { message: 'AMQJS0013E Invalid argument 3 for subscribeOptions.qos.' })
    assert.throws(() => paho.subscribe('a', { x: 1 }), {
      message: 'Unknown property, x. Valid properties are: qos invocationContext onSuccess onFailure timeout',
    })
    assert.throws(() => paho.subscribe('a', { timeout: 1 }), { message: 'subscribeOptions.timeout specified with no onFailure callback.' })
    assert.throws(() => paho.unsubscribe('a', { timeout: 1 }), {
      message: 'unsubscribeOptions.timeout specified with no onFailure callback.',
    })
    assert.throws(() => paho.unsubscribe('a', { qos: 1 }), {
      message: 'Unknown property, qos. Valid properties are: invocationContext onSuccess onFailure timeout',
    })
    const other = client(...arguments4).paho
    assert.throws(() => other.subscribe('a'), { message: 'AMQJS0011E Invalid state not connected.' })
    assert.throws(() => other.unsubscribe('a'), { message: 'AMQJS0011E Invalid state not connected.' })
  })

  it('call back as they always did', async () => {
    const { paho, engine } = await connected()
    /** @type {any[]} */
    const calls = []
    const invocationContext = {}
    const options = {
      invocationContext,
      onSuccess: (/** @type {any} */ outcome) => calls.push(outcome),
      onFailure: (/** @type {any} */ failure) => calls.push(failure),
    }
    paho.subscribe(['a', 'b'], { ...options, qos: 1 })
    paho.subscribe('c', options)
    assert.deepEqual([engine.subscribes[0]?.filters, engine.subscribes[0]?.options.qos], [['a', 'b'], 1])
    engine.grant(0, [1, 0])
    engine.refuse(1, [0x80])
    paho.unsubscribe('a', options)
    engine.unsubscribes[0]?.options.onSuccess({})
    assert.deepEqual(calls, [
      { invocationContext, grantedQos: Uint8Array.of(1, 0) },
      { invocationContext, errorCode: Uint8Array.of(0x80), errorMessage: undefined },
      { invocationContext },
    ])
  })

  it('fail when their time is over', async (context) => {
    const { paho } = await connected()
    context.mock.timers.enable({ apis: ['setTimeout'] })
    /** @type {any[]} */
    const failures = []
    paho.subscribe('a', { timeout: 3, onFailure: (/** @type {any} */ failure) => failures.push(failure) })
    paho.unsubscribe('a', { timeout: 4, onFailure: (/** @type {any} */ failure) => failures.push(failure) })
    context.mock.timers.tick(4000)
    assert.deepEqual(failures, [
      { invocationContext: undefined, errorCode: 2, errorMessage: 'AMQJS0002E Subscribe timed out.' },
      { invocationContext: undefined, errorCode: 3, errorMessage: 'AMQJS0003E Unsubscribe timed out.' },
    ])
  })
})

describe('send()', () => {
  it('checks its arguments', async () => {
    const { paho } = await connected()
    const nowhere = new Message('x')
    assert.throws(() => paho.send(), { message: 'Invalid argument.length' })
    assert.throws(() => paho.send(7), { message: 'Invalid argument:number' })
    assert.throws(() => paho.send('topic'), { message: 'AMQJS0013E Invalid argument undefined for Message.destinationName.' })
    assert.throws(() => paho.send(nowhere), { message: 'AMQJS0013E Invalid argument undefined for Message.destinationName.' })
    assert.throws(() => paho.send('a', 'x', 3), { message: 'Invalid argument:3' })
    assert.throws(() => paho.send('a', 'x', 0, 'yes'), { message: 'AMQJS0013E Invalid argument yes for newRetained.' })
    assert.throws(() => client(...arguments4).paho.send('a', 'x'), { message: 'AMQJS0011E Invalid state not connected.' })
  })

  it('sends, and reports when each message is delivered', async () => {
    const { paho, engine } = await connected()
    /** @type {any[]} */
    const delivered = []
    paho.onMessageDelivered = (/** @type {any} */ message) => delivered.push(message.destinationName)
    const message = new Message(Uint8Array.of(1))
    message.destinationName = 'zero'
    paho.send(message)
    assert.deepEqual(delivered, ['zero'])
    paho.publish('one', 'x', 1, true)
    paho.send('two', 'x', 2)
    engine.acknowledge(2)
    engine.acknowledge(1)
    assert.deepEqual(delivered, ['zero', 'two', 'one'])
    assert.deepEqual(
      engine.publishes.map(({ topic, payload, options }) => [topic, payload, options]),
      [
        ['zero', Uint8Array.of(1), { qos: 0, retain: false }],
        ['one', 'x', { qos: 1, retain: true }],
        ['two', 'x', { qos: 2, retain: false }],
      ],
    )
  })

  it('buffers while it reconnects, if that is wanted', async () => {
    const { paho, engine } = await connected({ reconnect: true })
    engine.lose()
    assert.throws(() => paho.send('a', 'x'), { message: 'AMQJS0011E Invalid state not connected.' })
    paho.disconnectedPublishing = true
    paho.disconnectedBufferSize = 1
    engine.nextQos0Operation = 100
    /** @type {string[]} */
    const delivered = []
    paho.onMessageDelivered = (/** @type {any} */ message) => delivered.push(message.payloadString)
    paho.send('a', 'one')
    paho.send('a', 'two', 1)
    assert.throws(() => paho.send('a', 'three'), { message: 'AMQJS0018E Message buffer is full, maximum buffer size: 1.' })
    engine.accept({ reconnected: true })
    engine.acknowledge(100)
    engine.acknowledge(1)
    assert.deepEqual(delivered, ['one', 'two'])
  })
})

describe('arrived messages', () => {
  it('are Messages', async () => {
    const { paho, engine } = await connected()
    /** @type {any} */
    let message
    paho.onMessageArrived = (/** @type {any} */ arrived) => (message = arrived)
    engine.arrive('a/b', 'text', { qos: 1, retained: true, duplicate: true })
    assert.ok(message instanceof Message)
    assert.deepEqual(
      [message.destinationName, message.topic, message.payloadString, message.qos, message.retained, message.duplicate],
      ['a/b', 'a/b', 'text', 1, true, true],
    )
    assert.deepEqual(message.payloadBytes, new TextEncoder().encode('text'))
  })

  it('throw the classic error where they are not UTF-8', () => {
    const message = new Message(undefined, {
      ...arrivedMessage('a'),
      payloadBytes: Uint8Array.of(0x61, 0xe2, 0x28, 0xa1),
      get payloadString() {
        throw new Error('not UTF-8')
      },
    })
    assert.throws(() => message.payloadString, { message: 'AMQJS0009E Malformed UTF data:e2 28 a1.' })
  })
})

describe('what a broker closes the connection over', () => {
  const closing = { errorCode: 1, error: 'broker_closed', errorMessage: 'It closes', reasonCode: 0 }

  it('is reported to onError if it is a message, and dropped', async () => {
    const { paho, engine } = await connected()
    /** @type {any[]} */
    const told = []
    paho.onError = (/** @type {unknown} */ error) => told.push(error)
    for (const code of ['broker_closed', 'expired', 'stopped', 'cancelled']) {
      paho.send('a', code, 1)
      engine.onPublishFailed?.(engine.publishes.length, code)
    }
    assert.deepEqual(
      told.map(({ code, topic }) => [code, topic]),
      [
        ['broker_closed', 'a'],
        ['expired', 'a'],
      ],
    )
  })

  it('fails where it is a SUBSCRIBE or an UNSUBSCRIBE', async () => {
    const { paho, engine } = await connected()
    /** @type {any[]} */
    const failures = []
    const onFailure = (/** @type {unknown} */ failure) => failures.push(failure)
    paho.subscribe(['a', 'b'], { onFailure })
    engine.subscribes[0]?.options.onFailure?.(closing)
    paho.unsubscribe('a', { onFailure })
    engine.unsubscribes[0]?.options.onFailure?.(closing)
    assert.deepEqual(failures[0], { invocationContext: undefined, errorCode: Uint8Array.of(0x80, 0x80), errorMessage: 'It closes' })
    assert.equal(failures[1].errorCode, 5)
    assert.match(failures[1].errorMessage, /It closes/)
  })
})

describe('the trace', () => {
  it('is there while it is started, without passwords', () => {
    const { paho } = client(...arguments4)
    assert.equal(paho.getTraceLog(), undefined)
    paho.startTrace()
    /** @type {any[]} */
    const records = []
    paho.trace = (/** @type {any} */ record) => records.push(record)
    paho.connect({ userName: 'u', password: 'secret' })
    assert.match(paho.getTraceLog().join(''), /Client\.connect.*\*{6}/s)
    assert.doesNotMatch(paho.getTraceLog().join(''), /secret/)
    assert.equal(records[0].severity, 'Debug')
    assert.doesNotMatch(records[0].message, /secret/)
    paho.stopTrace()
    assert.equal(paho.getTraceLog(), undefined)
  })

  it('has no tokens and no authentication data', () => {
    const { paho } = client(...arguments4)
    paho.startTrace()
    const properties = { authenticationMethod: 'm', authenticationData: Uint8Array.of(211, 212) }
    paho.connect({ mqttVersion: 5, uris: ['ws://ann:secret@h/p?token=secret', 'ws://h/q'], properties })
    const text = paho.getTraceLog().join('')
    assert.match(text, /"ws:\/\/h\/p\?\*\*\*",\s*"ws:\/\/h\/q"/)
    assert.doesNotMatch(text, /secret|211/)
  })
})
