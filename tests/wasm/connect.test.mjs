/* global DOMException */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, connectTo, scripted, shared } from './support/connected.mjs'
import { startFakeBroker } from './support/fake-broker.mjs'
import { called, nextTask, thrownBy } from './support/module.mjs'
import { connack, packet } from './support/packets.mjs'

const { Client } = shared
const refused = (/** @type {() => unknown} */ call, code = 'invalid_argument') => {
  const thrown = thrownBy(call)
  assert.ok(thrown instanceof shared.MqttError, `${thrown}`)
  assert.equal(thrown.name, 'MqttError')
  assert.equal(thrown.code, code)
  assert.notEqual(thrown.message, '')
  return thrown
}

test('the three forms of the constructor', () => {
  for (const [client, host, port, path, uri] of /** @type {[any, string, number, string, string][]} */ ([
    [new Client('example.org', 443, '/ws_mqtt', 'id'), 'example.org', 443, '/ws_mqtt', 'ws://example.org:443/ws_mqtt'],
    [new Client('example.org', 80, 'mqtt', 'id'), 'example.org', 80, '/mqtt', 'ws://example.org:80/mqtt'],
    [new Client('::1', 8083, 'id'), '::1', 8083, '/mqtt', 'ws://[::1]:8083/mqtt'],
    [new Client('wss://example.org/a?b=c', 'id'), 'example.org', 0, '/a?b=c', 'wss://example.org/a?b=c'],
    [new Client('ws://[::1]:8083', 'id'), '::1', 8083, '/', 'ws://[::1]:8083'],
  ])) {
    assert.deepEqual([client.host, client.port, client.path, client.uri, client.clientId], [host, port, path, uri, 'id'])
    assert.equal(client.isConnected(), false)
    assert.ok(client instanceof Client)
    client.delete()
  }
})

test('a class of its own may extend Client', () => {
  class Mine extends Client {
    twice() {
      return this.clientId + this.clientId
    }
  }
  const client = new Mine('ws://a', 'id')
  assert.equal(client.twice(), 'idid')
  assert.ok(client instanceof Client)
  client.delete()
})

test('constructor arguments that are not sound', () => {
  const create = /** @type {any} */ (Client)
  for (const given of [
    [],
    ['ws://a'],
    [1, 'id'],
    ['', 'id'],
    ['http://a', 'id'],
    ['ws://a/#b', 'id'],
    ['nonsense', 'id'],
    ['a', '1', 'id'],
    ['a', -1, 'id'],
    ['a', 65_536, 'id'],
    ['a b', 1, 'id'],
    ['a', 1, null, 'id'],
    ['a', 1, '/mqtt', 7],
    ['ws://a', undefined],
    ['ws://a', 'x'.repeat(65_536)],
    ['a', 1, '/', 'id', 'more'],
  ]) {
    refused(() => new create(...given))
  }
})

test('options that are not sound', async (t) => {
  const { client } = await scripted(t)
  const connect = (/** @type {any} */ options) => refused(() => client.connect(options))
  for (const options of [
    null,
    'x',
    { nonsense: 1 },
    { mqttVersion: 6 },
    { mqttVersion: '5' },
    { useSSL: 1 },
    { uris: [] },
    { uris: 'ws://a' },
    { uris: ['nonsense'] },
    { uris: ['ws://a', 7] },
    { userName: 7 },
    { password: {} },
    { credentials: {} },
    { onSuccess: 'x' },
    { keepAliveInterval: 65_536 },
    { keepAliveInterval: 1.5 },
    { timeout: -1 },
    { timeout: NaN },
    { cleanSession: 'yes' },
    { reconnect: 1 },
    { receiveMaximum: 0 },
    { maximumPacketSize: 63 },
    { willMessage: 'x' },
    { willMessage: { topic: 1, payload: '' } },
    { willMessage: { topic: 'a', payload: 1 } },
    { willMessage: { topic: 'a', payload: '', qos: 3 } },
  ]) {
    connect(options)
  }
  refused(() => client.connect({ willMessage: { topic: 'a/#', payload: '' } }), 'invalid_topic')
  refused(() => client.connect(/** @type {any} */ ({ properties: { nonsense: 1 } })), 'invalid_property')
  refused(() => client.connect({ properties: { receiveMaximum: 1 } }), 'invalid_property')
  refused(() => client.connect({ mqttVersion: 4, userName: 'a\0b' }), 'invalid_utf8')
  const { message } = refused(() => client.connect(/** @type {any} */ ({ userName: 'a', password: ['secret'] })))
  assert.doesNotMatch(message, /secret/)
  client.connect({ userName: undefined, keepAliveInterval: undefined })
  refused(() => client.connect())
})

test('CONNECT says what the options say', async (t) => {
  const { broker, client } = await scripted(t)
  client.connect({
    userName: 'ann',
    password: new Uint8Array([1, 2]),
    keepAliveInterval: 77,
    cleanSession: false,
    sessionExpiryInterval: 5,
    receiveMaximum: 9,
    willMessage: { topic: 'w', payload: 'gone', qos: 1, retain: true, properties: { willDelayInterval: 3 } },
    properties: { userProperties: { a: 'b' } },
  })
  const { body } = await (await broker.peer()).take('connect')
  const expected = [
    ...[0, 4, 0x4d, 0x51, 0x54, 0x54, 5, 0xec, 0, 77],
    ...[5 + 3 + 5 + 3 + 7, 0x11, 0, 0, 0, 5, 0x21, 0, 9, 0x27, 4, 0, 0, 0, 0x22, 0, 16, 0x26, 0, 1, 0x61, 0, 1, 0x62],
    ...[0, 2, 0x69, 0x64],
    ...[5, 0x18, 0, 0, 0, 3, 0, 1, 0x77, 0, 4, 0x67, 0x6f, 0x6e, 0x65],
    ...[0, 3, 0x61, 0x6e, 0x6e, 0, 2, 1, 2],
  ]
  assert.deepEqual([...body], expected)
})

test('the defaults: MQTT 5, keep alive 30, a session of 120 s', async (t) => {
  const { broker, client } = await scripted(t)
  client.connect()
  const peer = await broker.peer()
  const { body } = await peer.take('connect')
  assert.equal(peer.protocol, 'mqtt')
  assert.deepEqual([body[6], body[7], body[8], body[9]], [5, 2, 0, 30])
  assert.deepEqual([...body.subarray(11, 16)], [0x11, 0, 0, 0, 120])
})

for (const [version, protocol, name] of /** @type {[3 | 4, string, string][]} */ ([
  [3, 'mqttv3.1', 'MQIsdp'],
  [4, 'mqtt', 'MQTT'],
])) {
  test(`version ${version}: subprotocol ${protocol}`, async (t) => {
    const broker = await startFakeBroker({ handleProtocols: (offered) => [...offered][0] })
    const client = new Client(broker.url, 'id')
    t.after(() => (client.delete(), broker.close()))
    const stands = called(client, 'onConnected')
    client.connect({ mqttVersion: version })
    const peer = await broker.peer()
    const { body } = await peer.take('connect')
    assert.equal(peer.protocol, protocol)
    assert.equal(body.toString('utf8', 2, 2 + name.length), name)
    peer.send(connack({ version }))
    await stands
    assert.equal(client.negotiated.sessionExpiryInterval, 0)
  })
}

test('success is told, and what was negotiated', async (t) => {
  const { broker, client } = await scripted(t)
  const context = {}
  const connecting = called(client, 'onConnecting')
  const success = new Promise((resolve) => client.connect({ onSuccess: resolve, invocationContext: context, reconnect: false }))
  assert.equal(client.isConnected(), false)
  const connectedCall = called(client, 'onConnected')
  await broker.accept({ session: false, properties: Buffer.from([0x13, 0, 7, 0x12, 0, 1, 0x7a, 0x24, 1, 0x25, 0]) })
  const outcome = /** @type {any} */ (await success)
  assert.equal(outcome.invocationContext, context)
  assert.equal(outcome.sessionPresent, false)
  assert.deepEqual(outcome.properties, { serverKeepAlive: 7, assignedClientIdentifier: 'z', maximumQos: 1, retainAvailable: 0 })
  assert.deepEqual((await connectedCall).slice(0, 3), [false, broker.url, false])
  assert.deepEqual(await connecting, [broker.url, 0])
  assert.equal(client.clientId, 'z')
  assert.equal(client.isConnected(), true)
  const { keepAlive, maximumQos, retainAvailable, wildcardSubscriptionAvailable } = client.negotiated
  assert.deepEqual(
    { keepAlive, maximumQos, retainAvailable, wildcardSubscriptionAvailable },
    {
      keepAlive: 7,
      maximumQos: 1,
      retainAvailable: false,
      wildcardSubscriptionAvailable: true,
    },
  )
})

test('a refusal ends in onFailure, once, and says why', async (t) => {
  const { broker, client } = await scripted(t)
  const failure = new Promise((resolve) => client.connect({ onFailure: resolve, invocationContext: 7 }))
  client.onConnectionLost = () => assert.fail('onConnectionLost')
  const reason = Buffer.from([0x1f, 0, 2, 0x6e, 0x6f])
  await broker.accept({ reason: 0x87, properties: reason })
  const { properties, ...told } = /** @type {any} */ (await failure)
  assert.deepEqual(told, {
    invocationContext: 7,
    errorCode: 26,
    error: 'connection_refused',
    errorMessage: told.errorMessage,
    reasonCode: 0x87,
    reasonString: 'no',
  })
  assert.match(told.errorMessage, /Not authorized: no$/)
  assert.deepEqual(properties, { reasonString: 'no' })
})

test('a port on which nobody listens ends in onFailure', async (t) => {
  const broker = await startFakeBroker()
  await broker.close()
  const client = new Client(broker.url, 'id')
  t.after(() => client.delete())
  const failure = /** @type {any} */ (await new Promise((resolve) => client.connect({ onFailure: resolve })))
  assert.equal(failure.error, 'transport_failed')
})

test('a socket that cannot even be made ends in onFailure, after connect() returned', async (t) => {
  const client = new Client('ws://127.0.0.1:1/', 'id')
  t.after(() => client.delete())
  const { WebSocket } = globalThis
  t.after(() => (globalThis.WebSocket = WebSocket))
  globalThis.WebSocket = /** @type {any} */ (
    class {
      constructor() {
        throw new DOMException('insecure', 'SecurityError')
      }
    }
  )
  let told
  client.connect({ onFailure: (failure) => (told = failure.error) })
  assert.equal(told, undefined)
  await nextTask()
  assert.equal(told, 'transport_failed')
})

test('each URI has its turn', async (t) => {
  const gone = await startFakeBroker()
  await gone.close()
  const { broker, client } = await scripted(t)
  /** @type {string[]} */
  const uris = []
  client.onConnecting = (uri) => uris.push(uri)
  const stands = called(client, 'onConnected')
  client.connect({ uris: [gone.url, broker.url], reconnectMinimum: 0, reconnectMaximum: 0 })
  await broker.accept()
  await stands
  assert.deepEqual(uris, [gone.url, broker.url])
  assert.equal(client.uri, broker.url)
})

test('useSSL makes ws: into wss:', async (t) => {
  const { client } = await scripted(t)
  const connecting = called(client, 'onConnecting')
  client.connect({ useSSL: true })
  assert.match((await connecting)[0], /^wss:\/\/127\.0\.0\.1:/)
})

test('a timeout is a failure', async (t) => {
  const { client } = await scripted(t)
  const failure = /** @type {any} */ (await new Promise((resolve) => client.connect({ timeout: 0.02, onFailure: resolve })))
  assert.equal(failure.error, 'connect_timed_out')
})

test('a lost connection is told and taken up again', async (t) => {
  const { broker, client, peer } = await connected(t, { reconnect: true, reconnectMinimum: 1 })
  const lost = called(client, 'onConnectionLost')
  const again = called(client, 'onConnected')
  peer.terminate()
  const [loss] = await lost
  assert.equal(loss.error, 'transport_closed')
  assert.deepEqual([loss.reconnect, loss.wasConnected, loss.uri], [true, true, broker.url])
  await broker.accept({ session: true })
  assert.deepEqual((await again).slice(0, 3), [true, broker.url, true])
})

test('a DISCONNECT of the broker is told with its reason', async (t) => {
  const { client, peer } = await connected(t)
  const lost = called(client, 'onConnectionLost')
  peer.send(packet('disconnect', 0, [0x8e, 0]))
  const [loss] = await lost
  assert.deepEqual([loss.error, loss.reasonCode, loss.reconnect], ['disconnected_by_broker', 0x8e, false])
})

test('disconnect() says DISCONNECT and tells at once; the client connects again', async (t) => {
  const { broker, client, peer } = await connected(t)
  /** @type {any} */
  let loss
  client.onConnectionLost = (told) => (loss = told)
  client.disconnect(4)
  assert.deepEqual([loss.errorCode, loss.error, loss.wasConnected, loss.reconnect], [0, 'none', true, false])
  assert.equal(client.isConnected(), false)
  assert.deepEqual([...(await peer.take('disconnect')).body], [4])
  await peer.closed
  client.disconnect()
  await connectTo(broker, client)
  assert.equal(client.isConnected(), true)
})

test('disconnect() while connecting ends in onFailure, and tells the end', async (t) => {
  const { client } = await scripted(t)
  /** @type {string[]} */
  const told = []
  client.onConnectionLost = ({ error, wasConnected }) => told.push(`lost ${error} ${wasConnected}`)
  client.connect({ onFailure: ({ error }) => told.push(`failure ${error}`) })
  await nextTask()
  client.disconnect()
  assert.deepEqual(told, ['failure stopped', 'lost none false'])
})

test('a text message ends the connection', async (t) => {
  const { client, peer } = await connected(t)
  const lost = called(client, 'onConnectionLost')
  peer.sendText('hello')
  assert.equal((await lost)[0].error, 'transport_closed')
})

test('keep alive: pings, and an end when nobody answers', async (t) => {
  const { client, peer } = await connected(t, { keepAliveInterval: 1 })
  const lost = called(client, 'onConnectionLost')
  await peer.take('pingreq')
  peer.send(packet('pingresp', 0))
  await peer.take('pingreq')
  assert.equal((await lost)[0].error, 'keep_alive_timed_out')
})

test('wakeUp() probes a connection', async (t) => {
  const { client, peer } = await connected(t)
  client.wakeUp()
  await peer.take('pingreq')
})
