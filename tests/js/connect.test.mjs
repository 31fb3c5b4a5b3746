import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected, connecting, settled, until } from './support/connected.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { open } = await importSource('connect')
const { resolveUris } = await importSource('uris')
const errors = await importSource('errors')

describe('connect()', () => {
  it('hands every option to the module', async () => {
    const { client } = await connecting({
      protocolVersion: 4,
      credentials: { username: 'ann', password: 'secret' },
      cleanStart: false,
      keepAlive: 20,
      connectTimeout: 2500,
      reconnect: { minDelay: 10, maxDelay: 20, stableAfter: 30, refusalPatience: 40, retryFirst: true },
      sessionExpiryInterval: 7,
      receiveMaximum: 8,
      maximumPacketSize: 900,
      topicAliasMaximum: 3,
      outgoingTopicAliasMaximum: 4,
      requestResponseInformation: true,
      requestProblemInformation: false,
      userProperties: { a: 'b' },
      queue: { messages: 5, bytes: 6 },
      highWaterMark: 77,
      subscribeBatch: 50,
      will: { topic: 'gone', payload: 'x', qos: 1, retain: true, properties: { willDelayInterval: 5 } },
    })
    const { onFailure, ...options } = /** @type {any} */ (client.connectOptions)
    assert.equal(typeof onFailure, 'function')
    assert.deepEqual(options, {
      uris: ['ws://broker.test/mqtt'],
      mqttVersion: 4,
      userName: 'ann',
      password: 'secret',
      cleanSession: false,
      keepAliveInterval: 20,
      timeout: 2.5,
      reconnect: true,
      retryFirstConnection: true,
      reconnectMinimum: 10,
      reconnectMaximum: 20,
      stableAfter: 30,
      refusalPatience: 40,
      sessionExpiryInterval: 7,
      receiveMaximum: 8,
      maximumPacketSize: 900,
      topicAliasMaximum: 3,
      outgoingTopicAliasMaximum: 4,
      queueMaximumMessages: 5,
      queueMaximumBytes: 6,
      outputHighWater: 77,
      subscribeBatch: 50,
      properties: { userProperties: { a: 'b' }, requestResponseInformation: 1, requestProblemInformation: 0 },
      willMessage: { topic: 'gone', payload: 'x', qos: 1, retain: true, properties: { willDelayInterval: 5 } },
    })
  })

  it('leaves to the engine what was not given', async () => {
    const { client } = await connecting()
    assert.deepEqual(Object.keys(client.connectOptions ?? {}).sort(), ['onFailure', 'reconnect', 'uris'])
  })

  it('makes up a client identifier that MQTT 3.1 allows', async () => {
    const module = fakeModule()
    void open(async () => module, 'ws://h/', {}).catch(() => {})
    void open(async () => module, 'ws://h/', {}).catch(() => {})
    await settled()
    const [one, other] = module.clients.map((client) => client.clientId)
    assert.match(one ?? '', /^wsmq-[0-9a-z]{12}$/)
    assert.notEqual(one, other)
  })

  for (const options of [
    { keepAlive: -1 },
    { keepAlive: 65_536 },
    { connectTimeout: 0 },
    { receiveMaximum: 0 },
    { maximumPacketSize: 63 },
    { reconnect: { minDelay: NaN } },
    { reconnect: { refusalPatience: -1 } },
    { reconnect: { maxDelays: 200 } },
    { subscribeBatch: 0 },
    { queue: { messages: 1.5 } },
    { protocolVersion: 6 },
    { clientId: 7 },
  ])
    it(`refuses ${JSON.stringify(options)} before it loads anything`, async () => {
      await assert.rejects(
        open(() => assert.fail('loaded'), 'ws://h/', options),
        errors.InvalidArgumentError,
      )
    })

  it('asks for credentials anew, and says why the last attempt ended', async () => {
    /** @type {any[]} */
    const asked = []
    const { client } = await connected({
      credentials: async (/** @type {any} */ request) => {
        asked.push(request)
        return { username: 'ann', password: `token ${asked.length}` }
      },
    })
    const ask = /** @type {() => Promise<unknown>} */ (client.connectOptions?.credentials)
    assert.deepEqual(await ask(), { userName: 'ann', password: 'token 1' })
    client.lose({ error: 'disconnected_by_broker', reasonCode: 0x8b })
    assert.deepEqual(await ask(), { userName: 'ann', password: 'token 2' })
    assert.equal(asked[0].lastError, undefined)
    assert.equal(asked[1].lastError.reasonCode, 0x8b)
    assert.deepEqual([asked[1].uri, asked[1].clientId], ['ws://broker.test/mqtt', 'me'])
  })

  it('tells what the credentials function threw', async () => {
    const { promise, client } = await connecting({
      credentials: () => {
        throw new Error('no token')
      },
    })
    const ask = /** @type {() => Promise<unknown>} */ (client.connectOptions?.credentials)
    await assert.rejects(ask(), /no token/)
    client.fail({ error: 'credentials_failed', cause: new Error('no token') })
    await assert.rejects(
      promise,
      (/** @type {any} */ error) => error instanceof errors.AuthenticationError && error.cause.message === 'no token',
    )
  })

  for (const [failure, type, detail] of /** @type {const} */ ([
    [
      { error: 'connection_refused', reasonCode: 0x86, reasonString: 'nope' },
      'ConnectionRefusedError',
      { fatal: true, reasonCode: 0x86, reasonString: 'nope' },
    ],
    [{ error: 'connection_refused', reasonCode: 0x88 }, 'ConnectionRefusedError', { fatal: false }],
    [{ error: 'connect_timed_out' }, 'ConnectTimeoutError', { code: 'connect_timed_out' }],
    [{ error: 'transport_failed' }, 'ConnectionFailedError', { code: 'transport_failed' }],
    [{ error: 'transport_closed' }, 'ConnectionFailedError', {}],
    [{ error: 'authentication_failed', reasonCode: 0x8c }, 'AuthenticationError', { reasonCode: 0x8c }],
    [{ error: 'malformed_packet' }, 'ConnectionLostError', { code: 'malformed_packet' }],
  ]))
    it(`rejects with ${type} for ${failure.error}`, async () => {
      const { promise, client } = await connecting()
      client.fail(failure)
      await assert.rejects(promise, (/** @type {any} */ error) => {
        assert.ok(error instanceof errors[type] && error instanceof errors.MqttError)
        assert.equal(error.name, type)
        for (const [key, value] of Object.entries(detail)) assert.equal(error[key], value)
        assert.match(error.message, /[.)]$/)
        return true
      })
      await until(() => client.deleted)
    })

  it('is aborted by its signal, and leaves nothing behind', async () => {
    const controller = new AbortController()
    const { promise, client } = await connecting({ signal: controller.signal })
    controller.abort(new Error('changed my mind'))
    await assert.rejects(promise, /changed my mind/)
    await until(() => client.deleted)
    assert.equal(client.disconnects, 1)
  })

  it('does not begin where the signal is aborted already', async () => {
    await assert.rejects(
      open(() => assert.fail('loaded'), 'ws://h/', { signal: AbortSignal.abort() }),
      { name: 'AbortError' },
    )
  })

  it('forgets the signal once connected', async () => {
    const controller = new AbortController()
    const { mq } = await connected({ signal: controller.signal })
    controller.abort()
    assert.equal(mq.state, 'connected')
  })

  it('rejects with what the module throws, and with what prepare() throws', async () => {
    const module = fakeModule()
    const failing = class extends module.Client {
      /** @override */ connect() {
        throw Object.assign(new Error('will topic'), { name: 'MqttError', code: 'invalid_topic' })
      }
    }
    await assert.rejects(
      open(async () => ({ ...module, Client: failing }), 'ws://h/', {}),
      { name: 'InvalidArgumentError', code: 'invalid_topic' },
    )
    const { promise } = await connecting({
      prepare() {
        throw new Error('mine')
      },
    })
    await assert.rejects(promise, /mine/)
  })
})

describe('addresses', () => {
  it('are made full', () => {
    assert.deepEqual(resolveUris('wss://example.org/mqtt'), ['wss://example.org/mqtt'])
    assert.deepEqual(resolveUris(new URL('https://example.org/a?b=c')), ['wss://example.org/a?b=c'])
    assert.deepEqual(resolveUris(['ws://a', 'http://b:8080/x']), ['ws://a/', 'ws://b:8080/x'])
  })

  for (const target of ['mqtt://h:1883', 'nonsense', '/ws_mqtt', [], 'ws://u:p@h/', 'ws://h/#x', undefined, 7])
    it(`${JSON.stringify(target)} is refused`, () => {
      assert.throws(() => resolveUris(target), errors.InvalidArgumentError)
    })

  it('are named by their place where there are several', () => {
    assert.throws(() => resolveUris(['ws://h/', 'secret@']), { message: 'Address 2 cannot be parsed: write it as wss://example.org/mqtt.' })
    assert.throws(() => resolveUris('ws://u:p@h/'), { message: 'The address has a user name or a password: use the credentials option.' })
  })

  for (const target of ['127.0.0.1:19001', 'localhost:1883', 'localhost', 'broker.example.org/mqtt', 'broker:9001', '[::1]:9001'])
    for (const location of [undefined, { href: 'https://example.org/app/' }])
      it(`${target} is refused with what was meant, ${location === undefined ? 'without a page' : 'on a page'}`, () => {
        const scope = /** @type {any} */ (globalThis)
        if (location !== undefined) scope.location = location
        try {
          assert.throws(
            () => resolveUris(target),
            (/** @type {Error} */ { message }) => message.includes(`ws://${target} or wss://${target}`),
          )
        } finally {
          delete scope.location
        }
      })

  for (const target of ['', ' ', 'not a url', 'ws://h/mqtt#', '/mqtt#'])
    it(`${JSON.stringify(target)} is refused on a page`, () => {
      const scope = /** @type {any} */ (globalThis)
      scope.location = { href: 'https://example.org/app/' }
      try {
        assert.throws(() => resolveUris(target), errors.InvalidArgumentError)
      } finally {
        delete scope.location
      }
    })

  it('are taken relative to the page', () => {
    const scope = /** @type {any} */ (globalThis)
    scope.location = { href: 'https://example.org/app/index.html' }
    try {
      assert.deepEqual(resolveUris('/ws_mqtt'), ['wss://example.org/ws_mqtt'])
      assert.deepEqual(resolveUris('./broker.org'), ['wss://example.org/app/broker.org'])
      assert.deepEqual(resolveUris('mqtt?a=b:1'), ['wss://example.org/app/mqtt?a=b:1'])
    } finally {
      delete scope.location
    }
  })
})
