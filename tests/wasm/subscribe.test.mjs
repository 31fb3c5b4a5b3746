import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, scripted } from './support/connected.mjs'
import { thrownBy } from './support/module.mjs'
import { subscribeAnswer } from './support/packets.mjs'

test('subscribe() says what was asked, and onSuccess what was granted', async (t) => {
  const { client, peer } = await connected(t)
  const granted = new Promise((resolve) => {
    const filters = [
      'a/#',
      { topicFilter: 'bü/+', qos: /** @type {const} */ (2), noLocal: false, retainHandling: /** @type {const} */ (2) },
    ]
    client.subscribe(filters, {
      qos: 1,
      noLocal: true,
      retainAsPublished: true,
      properties: { subscriptionIdentifier: 5, userProperties: [['a', 'b']] },
      invocationContext: 'context',
      onSuccess: resolve,
      onFailure: () => assert.fail(),
    })
  })
  const { body } = await peer.take('subscribe')
  assert.deepEqual(
    [...body.subarray(2)],
    [9, 0x0b, 5, 0x26, 0, 1, 0x61, 0, 1, 0x62, 0, 3, 0x61, 0x2f, 0x23, 0x0d, 0, 5, 0x62, 0xc3, 0xbc, 0x2f, 0x2b, 0x2a],
  )
  peer.send(subscribeAnswer('suback', body.readUInt16BE(0), [1, 2]))
  const { grantedQos, ...outcome } = /** @type {any} */ (await granted)
  assert.deepEqual([...grantedQos], [1, 2])
  assert.deepEqual(outcome, { invocationContext: 'context', properties: {} })
})

test('a filter that is refused is a failure with all the codes', async (t) => {
  const { client, peer } = await connected(t)
  const failed = new Promise((resolve) => client.subscribe(['a', 'b'], { onFailure: resolve, onSuccess: () => assert.fail() }))
  const { body } = await peer.take('subscribe')
  peer.send(subscribeAnswer('suback', body.readUInt16BE(0), [0, 0x87]))
  const { grantedQos, errorCode, reasonCode, errorMessage } = /** @type {any} */ (await failed)
  assert.deepEqual([[...grantedQos], errorCode, reasonCode, errorMessage], [[0, 0x87], 0, 0x87, 'Not authorized'])
})

test('unsubscribe()', async (t) => {
  const { client, peer } = await connected(t)
  const done = new Promise((resolve) => client.unsubscribe(['a', 'b/#'], { onSuccess: resolve, invocationContext: 1 }))
  const { body } = await peer.take('unsubscribe')
  assert.deepEqual([...body.subarray(2)], [0, 0, 1, 0x61, 0, 3, 0x62, 0x2f, 0x23])
  peer.send(subscribeAnswer('unsuback', body.readUInt16BE(0), [0, 0x11]))
  const { reasonCodes, invocationContext } = /** @type {any} */ (await done)
  assert.deepEqual([[...reasonCodes], invocationContext], [[0, 0x11], 1])
})

test('disconnect() ends in onFailure, and options may be changed after the call', async (t) => {
  const { client, peer } = await connected(t)
  /** @type {any[]} */
  const told = []
  const options = { onFailure: (/** @type {any} */ failure) => told.push(failure.error) }
  client.subscribe('a', options)
  client.unsubscribe('b', options)
  options.onFailure = () => assert.fail()
  await peer.take('subscribe')
  client.disconnect()
  assert.deepEqual(told, ['stopped', 'stopped'])
})

test('calls that are not sound', async (t) => {
  const { client } = await connected(t, {}, { properties: Buffer.from([0x28, 0, 0x29, 0, 0x2a, 0]) })
  const subscribe = (/** @type {any[]} */ ...given) => thrownBy(() => /** @type {any} */ (client).subscribe(...given))?.code
  for (const filter of ['', 'a#', '#/a', 'a/b+', 'a\0', '\ud800', 'x'.repeat(65_536), '$share/a'])
    assert.equal(subscribe(filter), 'invalid_topic', filter.slice(0, 9))
  for (const filter of [7, null, undefined, [7], [null], {}, []]) assert.equal(subscribe(filter), 'invalid_argument')
  for (const options of [{ qos: 3 }, { qos: '1' }, { noLocal: 1 }, { retainHandling: 3 }])
    assert.equal(subscribe('a', options), 'invalid_argument')
  assert.equal(subscribe('a', { properties: { contentType: 'x' } }), 'invalid_property')
  assert.equal(subscribe('a', { properties: { subscriptionIdentifier: 0 } }), 'invalid_property')
  for (const [filter, options] of /** @type {[string, any][]} */ ([
    ['a/#', {}],
    ['$share/g/a', {}],
    ['a', { properties: { subscriptionIdentifier: 1 } }],
  ]))
    assert.equal(subscribe(filter, options), 'not_supported')
})

test('subscriptions are renewed when the broker lost the session, and a loss is told', async (t) => {
  const { broker, client, peer } = await connected(t, { reconnect: true, reconnectMinimum: 1 })
  client.subscribe('a/#', { qos: 1 })
  const asked = await peer.take('subscribe')
  const granted = subscribeAnswer('suback', asked.body.readUInt16BE(0), [1])
  peer.send(granted)
  const lost = new Promise((resolve) => (client.onSubscriptionLost = (...given) => resolve(given)))
  peer.terminate()
  const again = await broker.accept()
  const { body } = await again.take('subscribe')
  again.send(subscribeAnswer('suback', body.readUInt16BE(0), [0x87]))
  assert.deepEqual(await lost, ['a/#', 0x87])
})

test('before connect() nothing can be subscribed to, after it one may at once', async (t) => {
  const { broker, client } = await scripted(t)
  assert.equal(thrownBy(() => client.subscribe('a')).code, 'not_started')
  client.connect()
  client.subscribe('a')
  const peer = await broker.accept()
  await peer.take('subscribe')
})

test('subscription identifiers are left out where the broker has none', async (t) => {
  const { broker, client } = await scripted(t)
  client.connect({ keepAliveInterval: 0, reconnectMinimum: 0, reconnectMaximum: 0 })
  const properties = { subscriptionIdentifier: 5, userProperties: /** @type {[string, string][]} */ ([['a', 'b']]) }
  client.subscribe('x', { properties })
  const with5 = [9, 0x0b, 5, 0x26, 0, 1, 0x61, 0, 1, 0x62, 0, 1, 0x78, 0]
  const without = [7, ...with5.slice(3)]
  const first = await broker.accept()
  const { body } = await first.take('subscribe')
  assert.deepEqual([...body.subarray(2)], with5)
  first.send(subscribeAnswer('suback', body.readUInt16BE(0), [0]))
  first.terminate()
  const second = await broker.accept({ properties: Buffer.from([0x29, 0]) })
  assert.deepEqual([...(await second.take('subscribe')).body.subarray(2)], without)
})
