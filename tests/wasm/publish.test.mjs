import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { connected, scripted, shared } from './support/connected.mjs'
import { called, nextTask, thrownBy, until } from './support/module.mjs'
import { acknowledgement, readPublish } from './support/packets.mjs'

/** @param {import('./support/fake-broker.mjs').Peer} peer */
const next = async (peer) => readPublish(await peer.take('publish'))

test('every kind of payload arrives as it is', async (t) => {
  const { client, peer } = await connected(t)
  const bytes = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])
  const long = 'x'.repeat(500)
  const longer = 'ü€𝄞'.repeat(5000)
  for (const [payload, expected] of /** @type {[any, Uint8Array | string][]} */ ([
    ['', ''],
    ['short', 'short'],
    ['grün', 'grün'],
    ['𝄞', '𝄞'],
    [long, long],
    [long + 'ü', long + 'ü'],
    [longer, longer],
    ['a'.repeat(30_000), 'a'.repeat(30_000)],
    [bytes, bytes],
    [bytes.buffer, bytes],
    [bytes.subarray(2, 5), bytes.subarray(2, 5)],
    [new DataView(bytes.buffer, 1, 2), bytes.subarray(1, 3)],
    [new Uint16Array(bytes.buffer), bytes],
    [Buffer.from('buffer'), 'buffer'],
    [new Uint8Array(0), ''],
    [new Uint8Array(20).fill(7), new Uint8Array(20).fill(7)],
    [new Uint8Array(16_383).fill(8), new Uint8Array(16_383).fill(8)],
    [new Uint8Array(16_384).fill(9), new Uint8Array(16_384).fill(9)],
    [new Uint8Array(3_000_000).fill(10), new Uint8Array(3_000_000).fill(10)],
    [new SharedArrayBuffer(3), new Uint8Array(3)],
    // Of another realm, such as an iframe.
    ...['new ArrayBuffer(3)', 'new SharedArrayBuffer(3)', 'new Uint8Array(3)'].map((code) => [runInNewContext(code), new Uint8Array(3)]),
    ...['new ArrayBuffer(20_000)', 'new Uint16Array(10_000)'].map((code) => [runInNewContext(code), new Uint8Array(20_000)]),
  ])) {
    client.publish('a', payload)
    const { topic, payload: arrived, qos, retain } = await next(peer)
    assert.deepEqual([topic, qos, retain], ['a', 0, false])
    assert.ok(arrived.equals(Buffer.from(expected)))
  }
})

test('text that is no Unicode is refused, wherever it stands', async (t) => {
  const { client, peer } = await connected(t)
  for (const text of ['\ud800', 'a\udc00b', `${'x'.repeat(200)}\ud800`, `${'x'.repeat(30_000)}\ud800`, '\udc00\ud800'])
    for (const call of [
      () => client.publish('a', text),
      () => client.publish('a', text, { properties: {} }),
      () => client.publish('a', '', { properties: { contentType: text } }),
      () => client.publish('a', '', { properties: { userProperties: { a: text } } }),
      () => client.subscribe('a', { properties: { userProperties: { [text]: 'a' } } }),
    ])
      assert.equal(thrownBy(call)?.code, 'invalid_utf8')
  const other = new shared.Client('ws://h/', 'id')
  t.after(() => other.delete())
  assert.equal(thrownBy(() => new shared.Client('ws://h/', '\ud800'))?.code, 'invalid_utf8')
  for (const options of [{ userName: '\ud800' }, { password: '\ud800' }, { willMessage: { topic: 'a', payload: '\ud800' } }])
    assert.equal(thrownBy(() => other.connect(options))?.code, 'invalid_utf8')
  client.publish('a', '\ud834\udd1e')
  assert.equal((await next(peer)).payload.toString(), '\u{1d11e}')
})

test('what one task publishes leaves as one message', async (t) => {
  const { client, peer } = await connected(t)
  const before = peer.messages.length
  for (let i = 0; i < 10; i++) client.publish('a', String(i))
  await Promise.resolve()
  for (let i = 0; i < 10; i++) client.publish('a', String(i), { qos: 1 })
  await until(() => peer.waiting === 20)
  assert.equal(peer.messages.length, before + 1)
})

test('publishing and awaiting in a loop leaves as one message too', async (t) => {
  const { client, peer } = await connected(t)
  const before = peer.messages.length
  const publish = async (/** @type {number} */ i) => client.publish('a', String(i))
  for (let i = 0; i < 50; i++) await publish(i)
  await until(() => peer.waiting === 50)
  assert.equal(peer.messages.length, before + 1)
})

test('a large output leaves before the end of the task', async (t) => {
  const { client, peer } = await connected(t)
  const before = peer.messages.length
  for (let i = 0; i < 100; i++) client.publish('a', new Uint8Array(10_000))
  await until(() => peer.waiting === 100)
  assert.ok(peer.messages.length - before > 10)
  assert.ok(peer.messages.slice(before).every((size) => size < 80_000))
})

test('flush() sends at once', async (t) => {
  const { client, peer } = await connected(t)
  const before = peer.messages.length
  client.publish('a', '1')
  client.flush()
  client.publish('a', '2')
  await until(() => peer.waiting === 2)
  assert.equal(peer.messages.length, before + 2)
})

test('QoS 0 that was encoded at once is operation 0, and nothing more is heard of it', async (t) => {
  const { client, peer } = await connected(t)
  client.onPublished = () => assert.fail('told')
  assert.equal(client.publish('a', 'x'), 0)
  assert.equal(client.send('a', 'x'), 0)
  assert.equal(client.publish('a', new Uint8Array(20_000)), 0)
  await peer.take('publish')
  assert.equal(client.unfinishedMessages, 0)
})

test('QoS 1 and 2 are told when the broker has them', async (t) => {
  const { client, peer } = await connected(t)
  const one = client.publish('a', 'x', { qos: 1, retain: true })
  assert.ok(one > 0)
  assert.deepEqual([client.unfinishedMessages, client.unfinishedBytes > 0], [1, true])
  const first = await next(peer)
  assert.deepEqual([first.qos, first.retain], [1, true])
  let published = called(client, 'onPublished')
  peer.send(acknowledgement('puback', first.id, 0x10))
  assert.deepEqual(await published, [one, 0x10, {}])

  const two = client.send('a', 'x', 2)
  const second = await next(peer)
  published = called(client, 'onPublished')
  peer.send(acknowledgement('pubrec', second.id))
  await peer.take('pubrel')
  peer.send(acknowledgement('pubcomp', second.id))
  assert.deepEqual((await published).slice(0, 2), [two, 0])

  const large = client.publish('a', new Uint8Array(100_000), { qos: 1 })
  published = called(client, 'onPublished')
  const third = await next(peer)
  assert.equal(third.payload.length, 100_000)
  peer.send(acknowledgement('puback', third.id, 0x97))
  assert.deepEqual((await published).slice(0, 2), [large, 0x97])
  assert.equal(client.unfinishedMessages, 0)
})

test('properties go along', async (t) => {
  const { client, peer } = await connected(t)
  const properties = {
    payloadFormatIndicator: 1,
    messageExpiryInterval: 65_536,
    contentType: 'tü',
    responseTopic: 'r',
    correlationData: new Uint8Array([1, 2]),
    userProperties: /** @type {[string, string][]} */ ([
      ['a', '1'],
      ['a', '2'],
    ]),
  }
  const expected = [
    ...[1, 1, 2, 0, 1, 0, 0, 3, 0, 3, 0x74, 0xc3, 0xbc, 8, 0, 1, 0x72, 9, 0, 2, 1, 2],
    ...[0x26, 0, 1, 0x61, 0, 1, 0x31, 0x26, 0, 1, 0x61, 0, 1, 0x32],
  ]
  for (const payload of ['x', new Uint8Array(50_000)]) {
    client.publish('a', payload, { properties })
    const { properties: sent, payload: arrived } = await next(peer)
    assert.deepEqual([...sent], expected)
    assert.equal(arrived.length, payload.length)
  }
})

test('calls that are not sound throw, and nothing is sent', async (t) => {
  const { client, peer } = await connected(t, {}, { properties: Buffer.from([0x24, 1, 0x25, 0, 0x27, 0, 0, 0x75, 0x30]) })
  const before = peer.messages.length
  const publish = (/** @type {any[]} */ ...given) => thrownBy(() => /** @type {any} */ (client).publish(...given))?.code
  for (const topic of ['', 'a/#', 'a/+/b', 'a\0b', 'a\ud800', '\udc00a', 'x'.repeat(65_536), 7, null, undefined])
    assert.match(publish(topic, 'x'), /^invalid_(topic|argument)$/)
  for (const payload of [7, null, undefined, {}, [1, 2], true]) assert.equal(publish('a', payload), 'invalid_argument')
  for (const options of [{ qos: 3 }, { qos: '1' }, { whenBlocked: 'no' }]) assert.equal(publish('a', 'x', options), 'invalid_argument')
  for (const properties of [
    { nonsense: 1 },
    { topicAlias: 1 },
    { serverKeepAlive: 1 },
    { contentType: 1 },
    { contentType: 'x'.repeat(65_536) },
    { messageExpiryInterval: -1 },
    { payloadFormatIndicator: 2 },
    { payloadFormatIndicator: 256 },
    { userProperties: ['a'] },
    { contentType: 'a\0' },
    7,
  ])
    assert.equal(publish('a', 'x', { properties }), 'invalid_property', JSON.stringify(properties).slice(0, 50))
  assert.equal(publish('a', 'x', { qos: 2 }), 'not_supported')
  assert.equal(publish('a', 'x', { retain: true }), 'not_supported')
  assert.equal(publish('a', new Uint8Array(40_000)), 'packet_too_large')
  assert.equal(publish('a', 'x'.repeat(40_000)), 'packet_too_large')
  await nextTask()
  assert.equal(peer.messages.length, before)
})

test('before there is a connection: send() throws, publish() waits', async (t) => {
  const { broker, client } = await scripted(t)
  assert.equal(thrownBy(() => client.publish('a', 'x')).code, 'not_started')
  client.connect()
  assert.equal(thrownBy(() => client.send('a', 'x')).code, 'not_connected')
  assert.equal(thrownBy(() => client.publish('a', 'x', { whenBlocked: 'fail' })).code, 'not_connected')
  const zero = client.publish('a', 'zero')
  const large = client.publish('a', new Uint8Array(20_000), { qos: 1 })
  assert.ok(zero > 0 && large > zero)
  assert.equal(client.unfinishedMessages, 2)
  const published = called(client, 'onPublished')
  const peer = await broker.accept()
  assert.equal((await next(peer)).payload.toString(), 'zero')
  assert.equal((await next(peer)).payload.length, 20_000)
  assert.deepEqual((await published).slice(0, 2), [zero, 0])
})

test('the queue is bounded, with a policy for each publish', async (t) => {
  const { client } = await scripted(t)
  client.connect({ queueMaximumMessages: 1 })
  /** @type {any[]} */
  const failed = []
  client.onPublishFailed = (...told) => failed.push(told)
  const oldest = client.publish('a', '1', { whenBlocked: 'drop_oldest' })
  assert.equal(thrownBy(() => client.publish('a', '2')).code, 'queue_full')
  const newest = client.publish('a', '3', { whenBlocked: 'drop_newest' })
  client.publish('a', '4', { whenBlocked: 'drop_oldest' })
  await until(() => failed.length === 2)
  assert.deepEqual(failed, [
    [newest, 'queue_full'],
    [oldest, 'queue_full'],
  ])
})

test('cancel() calls a message back, and disconnect() ends what waits', async (t) => {
  const { client } = await scripted(t)
  client.connect()
  const failed = called(client, 'onPublishFailed')
  const first = client.publish('a', '1')
  const second = client.publish('a', '2')
  client.cancel(first)
  assert.deepEqual(await failed, [first, 'cancelled'])
  const stopped = called(client, 'onPublishFailed')
  client.disconnect()
  assert.deepEqual(await stopped, [second, 'stopped'])
})

test('more topics than are kept at a time', async (t) => {
  const { client, peer } = await connected(t)
  const long = 'l'.repeat(600)
  let arrived = 0
  peer.onPacket = (packet) => {
    const { topic, payload } = readPublish(packet)
    assert.equal(topic, payload.toString())
    arrived++
  }
  const count = 40_000
  for (let i = 0; i < count; i++) {
    const topic = i % 1000 === 0 ? `${long}${i}` : `topic/${i % 20_000}`
    client.publish(topic, topic)
    if (i % 1000 === 999) await until(() => arrived === i + 1)
  }
})

test('more than 65,535 messages of QoS 1', async (t) => {
  const { client, peer } = await connected(t)
  peer.serve()
  const count = 70_000
  let published = 0
  client.onPublished = (_operation, reason) => {
    assert.equal(reason, 0)
    published++
  }
  for (let i = 0; i < count; i++) {
    client.publish('a', 'x', { qos: 1 })
    if (i % 1000 === 999) await until(() => client.unfinishedMessages < 500)
  }
  await until(() => published === count)
})

test('a slow socket: messages wait at the high-water mark, and all arrive', async (t) => {
  const { client, peer } = await connected(t, { outputHighWater: 100_000 })
  let drained = 0
  client.onQueueDrained = () => drained++
  let arrived = 0
  peer.onPacket = () => arrived++
  peer.pause()
  let count = 0
  // Until the buffers of the operating system are full.
  for (; client.unfinishedMessages === 0; count++) {
    client.publish('a', new Uint8Array(10_000), { qos: 0 })
    if (count % 20 === 19) await nextTask()
  }
  for (let i = 0; i < 100; i++, count++) client.publish('a', new Uint8Array(10_000))
  assert.ok(client.unfinishedMessages >= 100)
  peer.resume()
  await until(() => arrived === count)
  await until(() => drained > 0)
  assert.equal(client.unfinishedMessages, 0)
})
