// What reaches the store of connect(), and when: the timer is the test's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connected, connectTo, scripted, shared } from './support/connected.mjs'
import { called } from './support/module.mjs'
import { acknowledgement, readPublish } from './support/packets.mjs'

const interval = 5 // of the batches, in milliseconds

/**
 * A client whose store writes a list of what it is told.
 * @param {import('node:test').TestContext} test
 */
async function stored(test) {
  /** @type {string[]} */
  const written = []
  /** @type {import('../../wasm/wsmq.js').StoredRecord[]} */
  const records = []
  const store = {
    write: (/** @type {import('../../wasm/wsmq.js').StoreChanges} */ { put, erased }) => {
      records.push(...put)
      written.push(
        ...put.map(({ kind, number }) => `put ${kind}/${number}`),
        ...erased.map(({ kind, number }) => `erase ${kind}/${number}`),
      )
    },
  }
  const { client, peer } = await connected(test, { store })
  test.mock.timers.enable({ apis: ['setTimeout'] })
  return { client, peer, written, records, batch: () => test.mock.timers.tick(interval) }
}

/** @param {import('./support/fake-broker.mjs').Peer} peer */
const published = async (peer) => readPublish(await peer.take('publish')).id

test('a message that is acknowledged before the second batch is never written', async (t) => {
  const { client, peer, written, batch } = await stored(t)
  client.publish('a', 'x', { qos: 1 })
  const id = await published(peer)
  batch()
  const over = called(client, 'onPublished')
  peer.send(acknowledgement('puback', id))
  await over
  for (let i = 0; i < 3; i++) batch()
  assert.deepEqual(written, [])
})

test('one that waits longer is written once, and erased when it is over', async (t) => {
  const { client, peer, written, batch } = await stored(t)
  client.publish('a', 'x', { qos: 1 })
  const id = await published(peer)
  batch()
  assert.deepEqual(written, [])
  for (let i = 0; i < 3; i++) batch()
  assert.deepEqual(written, ['put 1/1'])
  const over = called(client, 'onPublished')
  peer.send(acknowledgement('puback', id))
  await over
  for (let i = 0; i < 3; i++) batch()
  assert.deepEqual(written, ['put 1/1', 'erase 1/1'])
})

test('a change is told again after each batch that had one', async (t) => {
  const { client, peer, written, batch } = await stored(t)
  for (const number of [1, 2, 3]) {
    client.publish('a', 'x', { qos: 1 })
    await published(peer)
    for (let i = 0; i < 3; i++) batch()
    assert.equal(written.at(-1), `put 1/${number}`)
  }
  assert.equal(written.length, 3)
})

test('delete() writes what has not been', async (t) => {
  const { client, peer, written } = await stored(t)
  client.publish('a', 'x', { qos: 2 })
  await published(peer)
  client.delete()
  assert.deepEqual(written, ['put 1/1'])
})

test('another client sends what was written, as a duplicate, and tells when it is over', async (t) => {
  const { client, peer, records } = await stored(t)
  client.publish('a', 'x', { qos: 1 })
  await published(peer)
  client.delete()
  t.mock.timers.reset()

  const { broker, client: heir } = await scripted(t, shared)
  /** @type {(told: unknown[]) => void} */
  let tell = () => {}
  const over = new Promise((resolve) => (tell = resolve))
  const store = { records, write: () => {}, onErased: (/** @type {unknown[]} */ ...told) => tell(told) }
  const [heirsPeer] = await connectTo(broker, heir, { store, cleanSession: false }, { session: true })
  const again = await heirsPeer.take('publish')
  const { id, topic, payload, qos } = readPublish(again)
  assert.deepEqual([topic, String(payload), qos, (again.flags & 8) !== 0], ['a', 'x', 1, true])
  heirsPeer.send(acknowledgement('puback', id))
  assert.deepEqual(await over, [1, 1, 'none', 0])
})

for (const version of /** @type {const} */ ([4, 5]))
  test(`another client sends what had to wait, version ${version}`, async (t) => {
    const { client } = await scripted(t)
    /** @type {import('../../wasm/wsmq.js').StoredRecord[]} */
    const records = []
    const store = { records, write: (/** @type {import('../../wasm/wsmq.js').StoreChanges} */ { put }) => void records.push(...put) }
    client.connect({ store, mqttVersion: version })
    for (const qos of /** @type {const} */ ([1, 2]))
      client.publish('a', `waits ${qos}`, { qos, properties: version === 5 ? { contentType: 'x' } : {} })
    client.delete()
    assert.equal(records.length, 2)

    const { broker, client: heir } = await scripted(t)
    const connecting = { store: { records, write: () => {} }, cleanSession: false, mqttVersion: version }
    const [peer] = await connectTo(broker, heir, connecting, { session: true })
    for (const qos of [1, 2]) {
      const packet = await peer.take('publish')
      assert.match(packet.body.toString('latin1'), new RegExp(`waits ${qos}$`))
      assert.deepEqual([(packet.flags >> 1) & 3, packet.flags & 8, packet.body.readUInt16BE(3) > 0], [qos, 0, true])
    }
  })
