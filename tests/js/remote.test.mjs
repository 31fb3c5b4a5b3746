// The host of a connection and its pages, without a browser: what they say to each other, and what may go wrong.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { manualChannel, settled, until } from './support/connected.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { Scene } from './support/host-scene.mjs'
import { importSource } from './support/sources.mjs'

const { DirectChannel } = await importSource('remote/channels')
const { Host } = await importSource('remote/host')
const { Link } = await importSource('remote/link')
const { moduleOf } = await importSource('remote/open-remote')
const { plainOptions } = await importSource('remote/common')
const { openHosted } = await importSource('remote/hosted-outbox')
const { PortChannel } = await importSource('remote/channels')
const { open } = await importSource('connect')

describe('pages that share a connection', () => {
  it('have one client, and hear of its state when they come', async () => {
    const scene = new Scene()
    const one = await scene.connected({ clientId: 'ours' })
    const other = await scene.connected({ clientId: 'ours' })
    assert.equal(scene.module.clients.length, 1)
    assert.deepEqual([one.mq.clientId, other.mq.clientId], ['ours', 'ours'])
    assert.equal(other.mq.negotiated.maximumPacketSize, 1000)
    scene.client.lose({ retryIn: 50 })
    assert.deepEqual([one.mq.state, other.mq.state], ['reconnecting', 'reconnecting'])
    // One that comes now waits for the connection.
    const third = scene.page({ clientId: 'ours' })
    await settled()
    scene.client.accept({ reconnected: true })
    assert.equal((await third.connecting).state, 'connected')
  })

  it('are refused with options that others do not have, by name', async () => {
    const scene = new Scene()
    await scene.connected({ keepAlive: 20, log: () => {}, credentials: () => ({}) })
    for (const [name, options] of /** @type {[string, any][]} */ ([
      ['keepAlive', { keepAlive: 21, credentials: () => ({}) }],
      ['keepAlive', { credentials: () => ({}) }],
      ['protocolVersion', { keepAlive: 20, protocolVersion: 4, credentials: () => ({}) }],
      ['credentials', { keepAlive: 20, credentials: { username: 'ann' } }],
      ['will', { keepAlive: 20, credentials: () => ({}), will: { topic: 'a', payload: new Uint8Array(2) } }],
    ])) {
      const { connecting } = scene.page(options)
      await assert.rejects(connecting, { name: 'InvalidArgumentError', message: new RegExp(`The option ${name} differs`) })
    }
    assert.equal(scene.module.clients.length, 1)
    await scene.connected({ keepAlive: 20, credentials: () => ({ username: 'ann' }) })
  })

  it('share subscriptions on the broker, and get one copy of a message each, with their own identifiers', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.connected(), await scene.connected()]
    /** @type {string[]} */
    const got = []
    one.mq.subscribe('a/+', (/** @type {any} */ message) => got.push(`one a/+ ${message.text()}`))
    one.mq.subscribe('a/b', (/** @type {any} */ message) => got.push(`one a/b ${message.text()}`))
    other.mq.subscribe('a/+', (/** @type {any} */ message) => got.push(`other a/+ ${message.text()}`))
    const { filters, options } = /** @type {any} */ (scene.client.subscribes[0])
    assert.equal(filters[0].topicFilter, 'a/+')
    scene.client.grant(0, [0])
    scene.client.grant(1, [0])
    scene.client.grant(2, [0])
    await settled()
    const identifiers = scene.client.subscribes.map((each) => each.options.properties.subscriptionIdentifier)
    assert.deepEqual(identifiers, [1000, 1001, 1000])
    assert.equal(options.properties.subscriptionIdentifier, 1000)
    scene.client.arrive('a/c', '1', { subscriptionIdentifier: 1000, properties: { subscriptionIdentifier: 1000 } })
    scene.client.arrive('a/b', '2', { subscriptionIdentifier: [1000, 1001], properties: {} })
    assert.deepEqual(got.sort(), ['one a/+ 1', 'one a/+ 2', 'one a/b 2', 'other a/+ 1', 'other a/+ 2'])
    await one.mq.disconnect()
    // What the other has stays.
    await until(() => scene.client.unsubscribes.length > 0)
    assert.deepEqual(
      scene.client.unsubscribes.map((each) => each.filters),
      [['a/b']],
    )
    assert.equal(scene.client.disconnects, 0)
    await other.mq.disconnect()
    assert.equal(scene.client.disconnects, 1)
    await until(() => scene.client.deleted)
  })

  it('get the stored messages when they come late, and only they', async () => {
    const scene = new Scene()
    const one = await scene.connected()
    /** @type {string[]} */
    const got = []
    one.mq.subscribe('a', () => got.push('one'))
    scene.client.grant(0, [0])
    const stored = { retained: true, subscriptionIdentifier: 1000, properties: { subscriptionIdentifier: 1000 } }
    scene.client.arrive('a', 'x', stored)
    await settled()
    const late = await scene.connected()
    late.mq.subscribe('a', { retainHandling: 1 }, () => got.push('late'))
    assert.equal(scene.client.subscribes.at(-1)?.filters[0].retainHandling, 0)
    scene.client.grant(1, [0])
    scene.client.arrive('a', 'x', stored)
    assert.deepEqual(got, ['one', 'late'])
  })

  it('keep the filters that were subscribed together with one that is given up', async () => {
    const scene = new Scene()
    const { mq } = await scene.connected()
    const both = mq.subscribe(['a', 'b'])
    const more = mq.subscribe('b')
    scene.client.grant(0, [0, 0])
    scene.client.grant(1, [0])
    await settled()
    void both.unsubscribe().catch(() => {})
    assert.deepEqual(
      scene.client.unsubscribes.map((each) => each.filters),
      [['a']],
    )
    scene.client.arrive('b', 'x', { subscriptionIdentifier: 1000, properties: {} })
    assert.equal((await more.next()).value.text(), 'x')
  })

  it('release what a page that vanished had, and deliver what it published', async () => {
    const scene = new Scene()
    const [one, other] = [await scene.connected(), await scene.connected()]
    one.mq.subscribe('a')
    scene.client.grant(0, [0])
    await settled()
    void one.mq.publish('x', '1', { qos: 1 }).catch(() => {})
    one.vanish()
    await until(() => scene.client.unsubscribes.length > 0)
    assert.equal(scene.client.cancelled.length, 0)
    // The last one waits for it, too.
    await other.mq.disconnect()
    assert.equal(scene.client.disconnects, 0)
    scene.client.acknowledge(scene.client.publishes[0]?.operation ?? 0)
    assert.equal(scene.client.disconnects, 1)
  })

  it('hear, when they were frozen and come back, what became of their messages', async () => {
    const scene = new Scene()
    const [one] = [await scene.connected(), await scene.connected()]
    const acknowledged = one.mq.publish('x', 'acknowledged meanwhile', { qos: 2 })
    const waiting = one.mq.publish('x', 'still waiting', { qos: 1 })
    one.mq.subscribe('a')
    scene.client.grant(0, [0])
    await settled()
    one.vanish()
    const [first, second] = scene.client.publishes.map(({ operation }) => operation)
    scene.client.acknowledge(first ?? 0, 0x10)
    one.attach(scene.host, 'page 1 again')
    assert.equal((await acknowledged).reasonCode, 0x10)
    scene.client.acknowledge(second ?? 0)
    assert.equal((await waiting).reasonCode, 0)
    assert.equal(scene.client.publishes.length, 2)
    assert.equal(scene.client.subscribes.length, 2)
  })
})

describe('a page that is asked', () => {
  it('for credentials and goes is followed by another', async () => {
    const scene = new Scene()
    const never = scene.page({ credentials: () => new Promise(() => {}) })
    await until(() => scene.module.clients.length > 0)
    scene.page({ credentials: () => ({ username: 'bob' }) })
    await settled()
    const asked = /** @type {any} */ (scene.client.connectOptions).credentials()
    never.vanish()
    assert.deepEqual(await asked, { userName: 'bob' })
  })

  it('and never answers is not asked first again', async () => {
    const scene = new Scene()
    scene.page({ credentials: () => new Promise(() => {}) })
    await until(() => scene.module.clients.length > 0)
    scene.page({ credentials: () => ({ username: 'bob' }) })
    await settled()
    const { credentials } = /** @type {any} */ (scene.client.connectOptions)
    void credentials()
    assert.deepEqual(await credentials(), { userName: 'bob' })
  })

  it('gets back what it threw; others get its text', async () => {
    const scene = new Scene()
    const thrown = Object.assign(new TypeError('no'), { code: 'E1' })
    const one = scene.page({ credentials: () => Promise.reject(thrown) })
    await until(() => scene.module.clients.length > 0)
    const other = scene.page({ credentials: () => Promise.reject(thrown) })
    await settled()
    const cause = await /** @type {any} */ (scene.client.connectOptions).credentials().catch((/** @type {unknown} */ error) => error)
    scene.client.fail({ error: 'credentials_failed', cause })
    assert.equal((await one.connecting.catch((/** @type {any} */ error) => error)).cause, thrown)
    const { cause: told } = await other.connecting.catch((/** @type {any} */ error) => error)
    assert.deepEqual([told.name, told.message, told.code], ['TypeError', 'no', 'E1'])
  })
})

describe('an outbox of a host', () => {
  it('has the options of the page: bytes as bytes, and functions that ask it', async () => {
    const bytes = new Uint8Array([0, 0xff])
    const options = {
      credentials: { username: 'ann', password: bytes },
      authentication: { method: 'SCRAM', data: bytes, respond: () => bytes },
      will: { topic: 'gone', payload: bytes },
      prepare: () => {},
    }
    const user = structuredClone(plainOptions(options))
    assert.deepEqual(user, {
      credentials: { username: 'ann', password: bytes },
      authentication: { method: 'SCRAM', data: bytes, respond: undefined },
    })
    /** @type {any[]} */
    const asked = []
    /** @type {any} */
    const request = { uris: [null], user, hasCredentials: true, hasAuthenticate: true, isNamed: false }
    const { options: opened } = await openHosted(
      async (/** @type {any} */ given) => given,
      fakeModule(),
      request,
      async (/** @type {any} */ question) => {
        asked.push(question)
        return question[0] === 'credentials' ? { userName: 'ann', password: bytes, authenticationData: bytes } : bytes
      },
    )
    assert.deepEqual(await opened.credentials(), { username: 'ann', password: bytes, authenticationData: bytes })
    assert.equal(opened.authentication.method, 'SCRAM')
    assert.equal(await opened.authentication.respond(bytes, {}), bytes)
    assert.deepEqual(asked, [['credentials'], ['authenticate', bytes, {}]])
  })
})

describe('a page that does not read', () => {
  it('loses QoS 0 first, is told how many, and costs the host no more', async () => {
    const scene = new Scene()
    /** @type {any[]} */
    const posted = []
    const here = manualChannel(posted)
    scene.host.add(here)
    const say = (/** @type {any[]} */ ...commands) => here.say(...commands)
    say(['attach', { tab: 't', lock: '', name: '' }], ['connect', { uris: ['ws://a/'], clientId: 'c', user: {}, options: {}, common: {} }])
    scene.client.accept()
    for (let count = 0; count < 25_000; count++) scene.client.arrive('a', 'x')
    for (let count = 0; count < 100_000; count++) scene.client.arrive('a', 'x', { qos: 1 })
    const messages = posted.filter(([name]) => name === 'message')
    assert.equal(messages.length, 100_000)
    say(['read', 100_000, 100_000])
    assert.deepEqual(
      posted.filter(([name]) => name === 'overflow'),
      [['overflow', 25_000]],
    )
    scene.client.arrive('a', 'again')
    assert.equal(posted.filter(([name]) => name === 'message').length, 100_001)
  })

  it('reads of the loss as an error', async () => {
    const scene = new Scene()
    const { mq, channel } = await scene.connected()
    /** @type {any[]} */
    const errors = []
    mq.on('error', (/** @type {any} */ error) => errors.push(error))
    channel.post({ commands: [['overflow', 7]], bytes: undefined })
    assert.deepEqual([errors[0].code, /7 messages/.test(errors[0].message)], ['queue_full', true])
  })
})

describe('a channel', () => {
  const garbage = [
    ...[null, undefined, 7, 'text', [], {}, { commands: 7 }, { commands: [7] }, { commands: [[]] }, { commands: [], bytes: 'no' }],
    ...[
      'attach',
      'connect',
      'publish',
      'cancel',
      'subscribe',
      'unsubscribe',
      'answer',
      'reauthenticate',
      'read',
      'heard',
      'constructor',
      'nonsense',
    ].flatMap((name) =>
      [[], [null], [{}], [-1, {}, [], 7], [1, 'a', [5, 10 ** 9], { qos: 9 }]].map((given) => ({ commands: [[name, ...given]] })),
    ),
    ...['hello', 'message', 'connected', 'lost', 'failed', 'published', 'granted', 'refused', 'ask', 'error', 'bytes', '__proto__'].map(
      (name) => ({
        commands: [[name]],
      }),
    ),
  ]

  it('into which others write nonsense goes on', async () => {
    const scene = new Scene()
    const { mq } = await scene.connected()
    const [evil, there] = DirectChannel.pair()
    scene.host.add(there)
    for (const packet of garbage) evil.post(packet)
    const published = mq.publish('a', 'x', { qos: 1 })
    const { operation } = /** @type {any} */ (scene.client.publishes.at(-1))
    scene.client.acknowledge(operation)
    assert.equal((await published).reasonCode, 0)
    assert.equal(mq.state, 'connected')
  })

  it('takes what only looks like data, as it was at the time of the call', async () => {
    const module = fakeModule()
    const { port1, port2 } = new globalThis.MessageChannel()
    const link = new Link({ common: {}, user: {}, survives: false, onLeave: async () => link.close() })
    new Host(module, { isShared: false }).add(new PortChannel(/** @type {any} */ (port1)))
    link.use(new PortChannel(/** @type {any} */ (port2)))
    // Reactive state of a framework is a proxy, which structured cloning refuses.
    const reactive = (/** @type {any} */ data) => new Proxy(data, {})
    const password = new Uint8Array([1, 0xff])
    const opening = open(() => moduleOf(link, undefined), 'ws://broker.test/', {
      credentials: reactive({ username: 'ann', password }),
      userProperties: reactive({ a: 'b' }),
      will: { topic: 'gone', payload: 'x', properties: reactive({ correlationData: password }) },
    })
    while (module.clients.length === 0) await settled()
    const client = /** @type {any} */ (module.clients[0])
    client.accept()
    const mq = await opening
    password.fill(0)
    const correlationData = new Uint8Array([7])
    void mq.publish('a', 'x', { qos: 1, properties: reactive({ correlationData, userProperties: reactive([reactive(['n', 'v'])]) }) })
    mq.subscribe('a', { properties: reactive({ userProperties: reactive({ n: 'v' }) }) })
    correlationData.fill(0)
    while (client.publishes.length === 0 || client.subscribes.length === 0) await settled()
    const { connectOptions, publishes, subscribes } = client
    assert.deepEqual(connectOptions.password, new Uint8Array([1, 0xff]))
    assert.deepEqual(connectOptions.properties, { userProperties: { a: 'b' } })
    assert.deepEqual(connectOptions.willMessage.properties, { correlationData: new Uint8Array([1, 0xff]) })
    assert.deepEqual(publishes[0].options.properties, { correlationData: new Uint8Array([7]), userProperties: [['n', 'v']] })
    assert.deepEqual(subscribes[0].options.properties, { userProperties: { n: 'v' } })
    link.leave()
  })

  it('of a worker of another version is refused', async () => {
    const [here, there] = DirectChannel.pair()
    const link = new Link({ common: {}, user: {}, survives: false, onLeave: async () => {} })
    link.use(here)
    there.post({ commands: [['hello', 99, [], [], '']], bytes: undefined })
    await assert.rejects(moduleOf(link, undefined), { code: 'load_failed', message: /another version/ })
  })
})
