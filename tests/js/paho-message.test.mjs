import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { Message } = await importSource('paho/message')

describe('Message', () => {
  it('takes text and binary data, and throws a text for anything else', () => {
    for (const payload of ['', 'x', new ArrayBuffer(1), new Uint8Array(1), new Uint8ClampedArray(1), new Float64Array(1)])
      new Message(payload)
    for (const payload of [undefined, null, 7, {}, new DataView(new ArrayBuffer(1))])
      assert.throws(
        () => new Message(payload),
        (thrown) => thrown === `AMQJS0013E Invalid argument ${payload} for newPayload.`,
      )
  })

  it('converts when it is read', () => {
    assert.deepEqual(new Message('é').payloadBytes, Uint8Array.of(0xc3, 0xa9))
    const bytes = Uint8Array.of(0xc3, 0xa9)
    assert.equal(new Message(bytes).payloadBytes, bytes)
    assert.equal(new Message(bytes).payloadString, 'é')
    assert.equal(new Message(bytes.buffer).payloadString, 'é')
    assert.throws(() => new Message(Uint8Array.of(0xff)).payloadString, { message: 'AMQJS0009E Malformed UTF data:ff 0 0.' })
  })

  it('has the classic defaults, and checks what is set', () => {
    const message = new Message('x')
    assert.deepEqual(
      [message.destinationName, message.topic, message.qos, message.retained, message.duplicate],
      [undefined, undefined, 0, false, false],
    )
    message.topic = 'a'
    assert.equal(message.destinationName, 'a')
    assert.throws(() => (message.destinationName = 7), { message: 'AMQJS0013E Invalid argument 7 for newDestinationName.' })
    assert.throws(() => (message.qos = '1'), { message: 'Invalid argument:1' })
    assert.throws(() => (message.retained = 1), { message: 'AMQJS0013E Invalid argument 1 for newRetained.' })
  })
})
