import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, join, PacketReader, publish, readPublish, subscribe } from './frames.js'
import { payloads, poolSize, texts, topicAt } from './payloads.js'

/** What a reader makes of a stream that comes in pieces. */
function read(stream, pieces) {
  const found = []
  const reader = new PacketReader()
  for (let at = 0; at < stream.length; at += pieces) {
    reader.push(stream.subarray(at, at + pieces), (first, bytes, start, end) => {
      found.push(first >> 4 === 3 ? readPublish(first, bytes, start, end) : { first, length: end - start })
    })
  }
  return found.map((each) => ('payload' in each ? { ...each, payload: Buffer.from(each.payload).toString() } : each))
}

test('packets are what MQTT 3.1.1 says', () => {
  assert.deepEqual([...connect('a')], [0x10, 13, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 1, 97])
  assert.deepEqual([...subscribe(1, 'a/#')], [0x82, 8, 0, 1, 0, 3, 97, 47, 35, 0])
  assert.deepEqual([...publish('a', 'x')], [0x30, 4, 0, 1, 97, 120])
  assert.deepEqual([...publish('a', 'x', 258)], [0x32, 6, 0, 1, 97, 1, 2, 120])
  assert.deepEqual([...publish('a', new Uint8Array(200)).subarray(0, 3)], [0x30, 0xcb, 0x01])
})

test('a stream is cut into its packets, wherever its pieces end', () => {
  const stream = join([connect('a'), publish('t', 'zero'), publish('t', 'one', 7), publish('long', 'x'.repeat(20_000))])
  const expected = [
    { first: 0x10, length: 13 },
    { topic: 't', identifier: 0, payload: 'zero' },
    { topic: 't', identifier: 7, payload: 'one' },
    { topic: 'long', identifier: 0, payload: 'x'.repeat(20_000) },
  ]
  for (const pieces of [1, 2, 3, 7, 1000, stream.length]) assert.deepEqual(read(stream, pieces), expected)
})

test('payloads differ, have their size, and are the same as texts and as bytes', () => {
  for (const size of [16, 256]) {
    assert.equal(new Set(texts(size)).size, poolSize)
    assert.ok(payloads(size).every((bytes, index) => Buffer.from(bytes).toString() === texts(size)[index] && bytes.length === size))
  }
  assert.equal(topicAt(10_001, 10_000), topicAt(1, 10_000))
})
