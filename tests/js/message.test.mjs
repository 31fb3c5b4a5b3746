// What becomes of a message that is not only read: written as JSON, spread, cloned, taken apart.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected } from './support/connected.mjs'
import { arrivedMessage } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { Message: PahoMessage } = await importSource('paho/message')

/** @param {string} [text] @param {object} [more] */
async function arrived(text = '{"t":21.5}', more = {}) {
  const { mq, client } = await connected()
  const subscription = mq.subscribe('lab/+room')
  const message = arrivedMessage('lab/1', text, { qos: 1, retained: true, properties: { contentType: 'application/json' } })
  client.onMessageArrived?.(Object.defineProperties(message, Object.getOwnPropertyDescriptors(more)))
  return (await subscription.next()).value
}

const facts = { topic: 'lab/1', params: { room: '1' }, qos: 1, retain: true, duplicate: false }

describe('a message', () => {
  it('is written as JSON with its text', async () => {
    assert.deepEqual(JSON.parse(JSON.stringify(await arrived())), {
      ...facts,
      properties: { contentType: 'application/json' },
      text: '{"t":21.5}',
    })
  })

  it('is written as JSON with its bytes in base64 where they are no text, as are binary properties', async () => {
    const more = {
      get payloadString() {
        throw Object.assign(new Error('no text'), { name: 'MqttError', code: 'invalid_utf8' })
      },
      payloadBytes: Uint8Array.of(0xff, 0xfe, 0),
      properties: { correlationData: Uint8Array.of(1, 2, 255), userProperties: [['a', 'b']] },
    }
    const { base64, text, properties } = JSON.parse(JSON.stringify(await arrived('', more)))
    assert.deepEqual([base64, text, properties], ['//4A', undefined, { correlationData: 'AQL/', userProperties: [['a', 'b']] }])
  })

  it('that is spread has what is plain, and is still written as JSON with all of it', async () => {
    const copy = { ...(await arrived()), seen: true }
    const { topic, params, qos, retain, duplicate } = copy
    assert.deepEqual({ topic, params, qos, retain, duplicate }, facts)
    const { text, seen } = JSON.parse(JSON.stringify(copy))
    assert.deepEqual([text, seen], ['{"t":21.5}', true])
  })

  it('can be destructured', async () => {
    const { topic, params, text, json, bytes, properties } = await arrived()
    assert.deepEqual(
      [topic, params.room, text(), json().t, bytes.length, properties.contentType],
      ['lab/1', '1', '{"t":21.5}', 21.5, 10, 'application/json'],
    )
  })

  it('is not cloned, which would lose its payload: toJSON() is', async () => {
    const message = await arrived()
    assert.throws(() => structuredClone(message), { name: 'DataCloneError', message: /toJSON/ })
    assert.equal(structuredClone(message.toJSON()).text, '{"t":21.5}')
  })
})

describe('a classic message', () => {
  const sent = () => Object.assign(new PahoMessage('hello'), { destinationName: 'a', qos: 1, retained: true })
  for (const [what, make] of /** @type {[string, () => any][]} */ ([
    ['to send', sent],
    ['that arrived', () => new PahoMessage(undefined, arrivedMessage('a', 'hello', { qos: 1, retained: true }))],
  ]))
    it(`${what} is written as JSON, spread or not, can be taken apart, and is not cloned`, () => {
      const message = make()
      const expected = { payloadString: 'hello', destinationName: 'a', qos: 1, retained: true, topic: 'a', duplicate: false }
      for (const each of [message, { ...message }, Object.assign({}, message)]) {
        const { payloadBytes, ...others } = JSON.parse(JSON.stringify(each))
        assert.deepEqual([Object.values(payloadBytes).length, others], [5, expected])
      }
      const { payloadString, destinationName } = message
      assert.deepEqual([payloadString, destinationName], ['hello', 'a'])
      assert.throws(() => structuredClone(message), { name: 'DataCloneError', message: /toJSON/ })
      assert.equal(structuredClone(message.toJSON()).payloadString, 'hello')
    })
})
