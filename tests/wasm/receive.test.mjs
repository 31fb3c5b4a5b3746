import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, shared } from './support/connected.mjs'
import { loadModule, nextTask, thrownBy, until } from './support/module.mjs'
import { connectTo } from './support/connected.mjs'
import { startFakeBroker } from './support/fake-broker.mjs'
import { publish } from './support/packets.mjs'

/**
 * @param {any} client
 * @returns {import('../../wasm/wsmq.js').ArrivedMessage[]}
 */
function collect(client) {
  /** @type {any[]} */
  const messages = []
  client.onMessageArrived = (/** @type {any} */ message) => messages.push(message)
  return messages
}

test('what a message is', async (t) => {
  const { client, peer } = await connected(t)
  const messages = collect(client)
  const properties = [0x01, 1, 0x0b, 7, 0x0b, 0x80, 1, 0x26, 0, 1, 0x61, 0, 1, 0x62, 0x09, 0, 2, 8, 9, 0x02, 0, 0, 1, 0]
  peer.send(publish('tü/a', 'hällo', { qos: 1, id: 5, retain: true, duplicate: true, properties }), publish('b', ''))
  await until(() => messages.length === 2)
  const [first, second] = messages
  assert.deepEqual([first.topic, first.destinationName, first.qos, first.retained, first.duplicate], ['tü/a', 'tü/a', 1, true, true])
  assert.equal(first.payloadString, 'hällo')
  assert.deepEqual(first.payloadBytes, new Uint8Array(Buffer.from('hällo')))
  assert.equal(first.payloadBytes, first.payloadBytes)
  assert.equal(first.payloadBytes.buffer.byteLength, 6)
  assert.deepEqual(first.properties, {
    payloadFormatIndicator: 1,
    subscriptionIdentifier: [7, 128],
    userProperties: [['a', 'b']],
    correlationData: new Uint8Array([8, 9]),
    messageExpiryInterval: 256,
  })
  assert.equal(first.properties, first.properties)
  assert.deepEqual([second.topic, second.payloadString, second.payloadBytes.length, second.qos], ['b', '', 0, 0])
  assert.deepEqual([second.retained, second.duplicate, second.properties], [false, false, {}])
  assert.equal((await peer.take('puback')).body.readUInt16BE(0), 5)
})

test('subscription identifiers, with other properties and without, read in the handler and later', async (t) => {
  const { client, peer } = await connected(t)
  const blocks = [[], [0x0b, 7], [0x0b, 0xe8, 0x07], [0x0b, 7, 0x0b, 0x80, 1], [0x01, 1, 0x0b, 9], [0x0b, 9, 0x01, 1], [0x01, 1]]
  const identifiers = [undefined, 7, 1000, [7, 128], 9, 9, undefined]
  // Of large ones the bytes are not kept.
  for (const size of [3, 100, 70_000]) {
    const messages = collect(client)
    /** @type {any[]} */
    const seen = []
    client.onMessageArrived = (message) => (seen.push(message.subscriptionIdentifier), messages.push(message))
    peer.send(...blocks.map((properties) => publish('a', Buffer.alloc(size, 'x'), { properties })))
    await until(() => messages.length === blocks.length)
    peer.send(publish('b', Buffer.alloc(size, 0xff)))
    await until(() => messages.length === blocks.length + 1)
    messages.pop()
    assert.deepEqual(seen.slice(0, -1), identifiers)
    assert.deepEqual(
      messages.map((message) => message.subscriptionIdentifier),
      identifiers,
    )
    assert.deepEqual(
      messages.map(({ properties }) => properties.subscriptionIdentifier),
      identifiers,
    )
  }
})

// Small ones are cut out of a batch, large ones by themselves; read within the handler and after it.
for (const when of ['in the handler', 'later']) {
  for (const size of [0, 1, 7, 8, 23, 24, 100, 255, 256, 257, 4095, 4096, 5000, 70_000, 1_000_000]) {
    test(`payloads of ${size} bytes, read ${when}`, async (t) => {
      const { client, peer } = await connected(t)
      const ascii = Buffer.alloc(size, 'abcdefghij')
      const text = Buffer.from('ü'.repeat(size))
      const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 7) & 0xff))
      /** @type {any[]} */
      const seen = []
      const read = (/** @type {any} */ message, /** @type {number} */ turn) =>
        (turn & 1) === 0 ? [message.payloadString, message.payloadBytes] : [message.payloadBytes, message.payloadString].reverse()
      const messages = collect(client)
      if (when === 'in the handler')
        client.onMessageArrived = (message) => (
          messages.push(message),
          seen.push(message.topic === 'bytes' ? [0, message.payloadBytes] : read(message, seen.length))
        )
      const all = [
        publish('a', ascii),
        publish('a', ascii),
        publish('a', text),
        publish('a', text),
        publish('bytes', bytes),
        publish('a', ascii),
      ]
      peer.send(...all)
      await until(() => messages.length === all.length)
      peer.send(publish('a', 'overwrite'.repeat(1000)))
      await until(() => messages.length === all.length + 1)
      if (when === 'later')
        for (const message of messages) seen.push(message.topic === 'bytes' ? [0, message.payloadBytes] : read(message, seen.length))
      for (const [index, expected] of [ascii, ascii, text, text, bytes, ascii].entries()) {
        assert.ok(Buffer.from(seen[index][1]).equals(expected), `bytes of ${index}`)
        const held = seen[index][1].buffer.byteLength
        assert.ok(expected.length > 64 ? held <= 64 * expected.length : held === expected.length, `${held} bytes are held`)
        if (expected !== bytes) assert.equal(seen[index][0], expected.toString())
      }
    })
  }
}

test("a large payload that came alone is not copied, and its buffer is nobody else's", async (t) => {
  const { client, peer } = await connected(t)
  const messages = collect(client)
  const properties = [0x03, 0, 1, 0x74]
  for (let i = 0; i < 3; i++) {
    peer.send(publish('a', Buffer.alloc(100_000, i), { properties }))
    await until(() => messages.length === i + 1)
  }
  const buffers = new Set(messages.map((message) => message.payloadBytes.buffer))
  assert.equal(buffers.size, 3)
  for (const [i, message] of messages.entries()) {
    assert.ok(Buffer.from(message.payloadBytes).equals(Buffer.alloc(100_000, i)))
    structuredClone(message.payloadBytes, { transfer: [message.payloadBytes.buffer] })
    assert.equal(message.payloadBytes.length, 0)
    assert.deepEqual(message.properties, { contentType: 't' })
  }
})

test('payloads of one chunk share its buffer; who transfers one takes nothing from those behind it', async (t) => {
  const { client, peer } = await connected(t)
  /** @type {string[]} */
  const read = []
  const buffers = new Set()
  client.onMessageArrived = (message) => {
    read.push(message.payloadString)
    buffers.add(message.payloadBytes.buffer)
    structuredClone(message.payloadBytes, { transfer: [message.payloadBytes.buffer] })
  }
  const texts = ['a', 'b', 'c'].map((letter) => letter.repeat(1000))
  peer.send(...texts.map((text) => publish('t', text)))
  await until(() => read.length === 3)
  assert.deepEqual(read, texts)
  assert.equal(buffers.size, 3)

  const messages = collect(client)
  peer.send(...texts.map((text) => publish('t', text)), publish('t', 'small'))
  await until(() => messages.length === 4)
  await nextTask()
  for (const [i, text] of texts.entries()) assert.equal(Buffer.from(messages[i].payloadBytes).toString(), text)
  assert.equal(new Set(messages.map((message) => message.payloadBytes.buffer)).size, 2)
})

test('properties of messages of all sizes, read later', async (t) => {
  const { client, peer } = await connected(t)
  const messages = collect(client)
  const properties = [0x03, 0, 1, 0x74]
  peer.send(publish('a', '', { properties }), publish('a', 'x', { properties }), publish('a', 'x'.repeat(9999), { properties }))
  peer.send(publish('a', '', { properties }))
  await until(() => messages.length === 4)
  await nextTask()
  for (const message of messages) assert.deepEqual(message.properties, { contentType: 't' })
})

test('payloads that are not UTF-8 throw when they are read as text', async (t) => {
  const { client, peer } = await connected(t)
  const messages = collect(client)
  const bad = Buffer.from([0x61, 0xc3])
  peer.send(publish('a', bad), publish('a', Buffer.concat([Buffer.alloc(5000, 'x'), bad])), publish('a', '\ufeffx'))
  client.onError = () => assert.fail()
  await until(() => messages.length === 3)
  for (const message of messages.slice(0, 2)) {
    assert.equal(thrownBy(() => message.payloadString).code, 'invalid_utf8')
    assert.equal(message.payloadBytes.at(-1), 0xc3)
  }
  assert.equal(messages[2].payloadString, '\ufeffx')
})

test('a large text that failed in the handler still has its bytes', async (t) => {
  const { client, peer } = await connected(t)
  /** @type {any} */
  let kept
  client.onMessageArrived = (message) => {
    kept = message
    assert.throws(() => message.payloadString)
  }
  peer.send(publish('a', Buffer.alloc(10_000, 0xff)))
  await until(() => kept !== undefined)
  assert.ok(Buffer.from(kept.payloadBytes).equals(Buffer.alloc(10_000, 0xff)))
})

for (const size of [1, 2, 3, 5, 64, 1000]) {
  test(`packets in pieces of ${size} bytes`, async (t) => {
    const { client, peer } = await connected(t)
    const messages = collect(client)
    const count = 40
    const stream = Buffer.concat(Array.from({ length: count }, (_, i) => publish(`t/${i % 7}`, `payload ${i} ${'x'.repeat(i * 5)}`)))
    for (let at = 0; at < stream.length; at += size) peer.send(stream.subarray(at, at + size))
    await until(() => messages.length === count)
    for (const [i, message] of messages.entries()) {
      assert.equal(message.topic, `t/${i % 7}`)
      assert.equal(message.payloadString, `payload ${i} ${'x'.repeat(i * 5)}`)
    }
  })
}

test('many packets in one message, more than a batch holds, keep their order', async (t) => {
  const { client, peer } = await connected(t)
  const messages = collect(client)
  const count = 1000
  peer.send(...Array.from({ length: count }, (_, i) => publish(`t/${i % 300}`, i % 10 === 9 ? 'y'.repeat(5000) + i : String(i))))
  await until(() => messages.length === count)
  for (const [i, message] of messages.entries()) {
    assert.equal(message.topic, `t/${i % 300}`)
    assert.equal(message.payloadString, i % 10 === 9 ? 'y'.repeat(5000) + i : String(i))
  }
})

test('acknowledgements of one message leave in one', async (t) => {
  const { client, peer } = await connected(t)
  collect(client)
  const before = peer.messages.length
  peer.send(...Array.from({ length: 200 }, (_, i) => publish('a', 'x', { qos: 1, id: i + 1 })))
  await until(() => peer.waiting === 200)
  assert.equal(peer.messages.length, before + 1)
})

test('what handlers publish leaves together with the acknowledgements', async (t) => {
  const { client, peer } = await connected(t)
  const before = peer.messages.length
  client.onMessageArrived = (message) => client.publish('answer', message.payloadBytes)
  peer.send(...Array.from({ length: 50 }, (_, i) => publish('a', 'x', { qos: 1, id: i + 1 })))
  await until(() => peer.waiting === 100)
  assert.equal(peer.messages.length, before + 1)
})

test('an alias that is given to another topic within one message', async (t) => {
  const { client, peer } = await connected(t)
  const messages = collect(client)
  const alias = (/** @type {string} */ topic) => publish(topic, 'x', { properties: [0x23, 0, 1] })
  const topics = ['first/topic', '', 'another/topic', '', 'x', '']
  peer.send(...topics.map(alias))
  await until(() => messages.length === topics.length)
  assert.deepEqual(
    messages.map((message) => message.topic),
    ['first/topic', 'first/topic', 'another/topic', 'another/topic', 'x', 'x'],
  )
})

test('memory that grows while a batch is walked', async (t) => {
  const module = await loadModule()
  const broker = await startFakeBroker()
  const client = new module.Client(broker.url, 'id')
  t.after(() => (client.delete(), broker.close()))
  const [peer] = await connectTo(broker, client)
  peer.onPacket = () => {}
  const { total } = module.memory()
  /** @type {any[]} */
  const messages = []
  client.onMessageArrived = (message) => {
    messages.push(message)
    client.publish('grow', new Uint8Array(2_000_000), { qos: 1 })
    if (messages.length % 3 === 0) assert.ok(message.payloadString.startsWith('payload'))
  }
  const payload = (/** @type {number} */ i) => `payload ${i}` + (i % 4 === 3 ? 'z'.repeat(6000) : '')
  peer.send(...Array.from({ length: 20 }, (_, i) => publish(`topic/${i}`, payload(i))))
  await until(() => messages.length === 20)
  assert.ok(module.memory().total > total)
  for (const [i, message] of messages.entries()) {
    assert.equal(message.topic, `topic/${i}`)
    assert.equal(message.payloadString, payload(i))
  }
})

test('topics have numbers, which are given again when there are too many', async (t) => {
  const module = await loadModule()
  const broker = await startFakeBroker()
  const client = new module.Client(broker.url, 'id')
  t.after(() => (client.delete(), broker.close()))
  const [peer] = await connectTo(broker, client)
  /** @type {Map<number, string>} */
  let names = new Map()
  let epoch = module.topicEpoch
  let arrived = 0
  client.onMessageArrived = (message) => {
    assert.equal(message.topic, message.payloadString)
    if (epoch !== module.topicEpoch) {
      epoch = module.topicEpoch
      names = new Map()
    }
    const known = names.get(message.topicId)
    if (known !== undefined) assert.equal(known, message.topic)
    names.set(message.topicId, message.topic)
    arrived++
  }
  const send = async (/** @type {string[]} */ topics) => {
    const expected = arrived + topics.length
    for (let at = 0; at < topics.length; at += 1000) peer.send(...topics.slice(at, at + 1000).map((topic) => publish(topic, topic)))
    await until(() => arrived === expected)
  }
  const topics = Array.from({ length: 16_384 }, (_, i) => `some/topic/${i}`)
  await send(topics)
  await send(topics)
  assert.equal(module.topicEpoch, 0)
  assert.equal(names.size, 16_384)
  await send(Array.from({ length: 50_000 }, (_, i) => `another/${'x'.repeat(i % 20)}/${i}`))
  assert.ok(module.topicEpoch > 0)
  await send(topics.slice(0, 100))
  const long = 'l'.repeat(1000)
  await send([long + 1, long + 1, long + 2, 'a', long + 1, 'a'])
})

test('a client that is deleted while topics of its batch are new leaves them known', async (t) => {
  const { client, peer, broker } = await connected(t)
  const other = new shared.Client(broker.url, 'other')
  t.after(() => other.delete())
  const [otherPeer] = await connectTo(broker, other)
  client.onMessageArrived = () => client.delete()
  peer.send(publish('deleted/1', 'x'), publish('deleted/2', 'x'), publish('deleted/3', 'x'))
  await peer.closed
  const messages = collect(other)
  otherPeer.send(publish('deleted/3', 'x'), publish('deleted/2', 'x'))
  await until(() => messages.length === 2)
  assert.deepEqual(
    messages.map((message) => message.topic),
    ['deleted/3', 'deleted/2'],
  )
})

test('without a handler messages are taken all the same', async (t) => {
  const { client, peer } = await connected(t)
  peer.send(publish('unheard', 'x', { qos: 1, id: 9 }))
  await peer.take('puback')
  const messages = collect(client)
  peer.send(publish('unheard', 'y'))
  await until(() => messages.length === 1)
  assert.equal(messages[0].topic, 'unheard')
})
