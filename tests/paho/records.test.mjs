// Stored messages: Paho's records and the engine's say the same.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { importSource } from '../js/support/sources.mjs'

const { fromEngine, parseRecord, toEngine } = await importSource('paho/records')

/** @param {object} [more] @param {object} [payload] */
const record = (more, payload) => ({
  type: 3,
  messageIdentifier: 0x1234,
  version: 1,
  payloadMessage: { payloadHex: '00ff', qos: 1, destinationName: 'ä/b', ...payload },
  sequence: 7,
  ...more,
})

for (const [what, stored] of /** @type {[string, any][]} */ ([
  ['QoS 1', record()],
  ['QoS 2, retained', record({}, { qos: 2, retained: true })],
  ['no payload', record({}, { payloadHex: '' })],
  ['a long payload', record({}, { payloadHex: 'ab'.repeat(20_000) })],
]))
  it(`a message comes back as it was: ${what}`, () => {
    assert.deepEqual(fromEngine(toEngine(stored), 7, undefined), stored)
  })

it('the engine is handed an encoded PUBLISH', () => {
  const bytes = toEngine(record({}, { retained: true }))
  assert.deepEqual([...bytes], [1, 4, 0, 0x12, 0x34, 0x33, 10, 0, 4, 0xc3, 0xa4, 0x2f, 0x62, 0x12, 0x34, 0, 0xff])
})

it('a message that was never sent has no identifier, but its packet has one, as no packet may be without', () => {
  const waiting = record({ messageIdentifier: 0 })
  assert.deepEqual([...toEngine(waiting)].slice(0, 15), [1, 4, 0, 0, 0, 0x32, 10, 0, 4, 0xc3, 0xa4, 0x2f, 0x62, 0, 1])
  assert.deepEqual(fromEngine(toEngine(waiting), 7, undefined), waiting)
})

it('a released message keeps what was stored of it', () => {
  const released = fromEngine(Uint8Array.of(1, 4, 3, 0x12, 0x34), 7, record())
  assert.deepEqual(released, record({ pubRecReceived: true }))
  assert.deepEqual([...toEngine(released)], [1, 4, 3, 0x12, 0x34])
})

it('MQTT 5 keeps the whole record, and the payload behind the properties', () => {
  const bytes = Uint8Array.of(1, 5, 1, 0, 1, 0x32, 9, 0, 1, 0x61, 0, 1, 2, 1, 1, 0x78)
  const stored = fromEngine(bytes, 1, undefined)
  assert.equal(stored.payloadMessage.payloadHex, '78')
  assert.deepEqual(toEngine(stored), bytes)
})

it('what is no record is refused', () => {
  assert.throws(() => parseRecord('key', '{"type":8}'), { message: 'AMQJS0015E Invalid data in local storage key=key value={"type":8}.' })
  for (const key of ['Sent:h:80:/ws?token=secret:id:1', 'Sent:secret:secret@h:80:/ws:id:1'])
    assert.throws(() => parseRecord(key, '{"type":8}'), {
      message: 'AMQJS0015E Invalid data in local storage key=Sent:*** value={"type":8}.',
    })
  assert.throws(() => parseRecord('key', '{'), SyntaxError)
})
