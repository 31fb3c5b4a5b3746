import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected, settled } from './support/connected.mjs'

const moduleError = (/** @type {string} */ code) => Object.assign(new Error('detail'), { name: 'MqttError', code })

describe('publish()', () => {
  it('gives one and the same promise for all QoS 0 messages', async () => {
    const { mq } = await connected()
    const first = mq.publish('a', 'x')
    assert.equal(mq.publish('b', new Uint8Array(3), { retain: true }), first)
    assert.deepEqual(await first, { reasonCode: 0, properties: {} })
  })

  it('hands its options to the module as they are', async () => {
    const { mq, client } = await connected()
    const options = { qos: 1, properties: { contentType: 'text/plain' } }
    void mq.publish('a', 'x', options)
    assert.equal(client.publishes[0]?.options, options)
  })

  it('resolves when the broker has it', async () => {
    const { mq, client } = await connected()
    const [one, two] = [mq.publish('a', '1', { qos: 1 }), mq.publish('a', '2', { qos: 2 })]
    client.acknowledge(2, 0x10, { reasonString: 'nobody' })
    client.acknowledge(1)
    assert.deepEqual(await one, { reasonCode: 0, properties: {} })
    assert.deepEqual(await two, { reasonCode: 0x10, properties: { reasonString: 'nobody' } })
  })

  it('does not wait for a QoS 0 message that has to wait', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const errors = []
    mq.on('error', (/** @type {any} */ error) => errors.push(error.code))
    for (const operation of [9, 10, 11]) {
      client.nextQos0Operation = operation
      assert.deepEqual(await mq.publish('a', 'x'), { reasonCode: 0, properties: {} })
    }
    assert.equal(mq.backlog.messages, 3)
    client.acknowledge(9)
    client.onPublishFailed?.(10, 'queue_full')
    client.onPublishFailed?.(11, 'stopped')
    assert.deepEqual(errors, ['queue_full'])
  })

  it('cancels a waiting QoS 0 message by its signal, and otherwise reports its outcome', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const errors = []
    mq.on('error', (/** @type {any} */ error) => errors.push(error.code))
    const controller = new AbortController()
    for (const operation of [9, 10, 11]) {
      client.nextQos0Operation = operation
      await mq.publish('a', 'x', { signal: controller.signal })
    }
    client.acknowledge(9)
    client.onPublishFailed?.(10, 'queue_full')
    controller.abort(new Error('stop'))
    client.onPublishFailed?.(11, 'cancelled')
    await settled()
    assert.deepEqual([client.cancelled, errors], [[11], ['queue_full']])
  })

  it('writes JSON', async () => {
    const { mq, client } = await connected()
    const values = [{ a: [1, 'ü'] }, [], null, 'text', 0, false]
    for (const json of values) {
      await mq.publish('a', { json })
      mq.post('a', { json })
    }
    assert.deepEqual(
      client.publishes.map(({ payload }) => payload),
      values.flatMap((value) => [JSON.stringify(value), JSON.stringify(value)]),
    )
  })

  for (const [what, payload, message] of /** @type {[string, any, RegExp][]} */ ([
    ['an object', { a: 1 }, /\{ json: value \}/],
    ['a list', [1], /\{ json: value \}/],
    ['a BigInt as JSON', { json: 1n }, /cannot be written as JSON: TypeError/],
    ['undefined as JSON', { json: undefined }, /cannot be written as JSON: it is undefined/],
    ['a function as JSON', { json: () => 1 }, /cannot be written as JSON: it is function/],
  ]))
    it(`refuses ${what} as payload`, async () => {
      const { mq, client } = await connected()
      const refusal = { name: 'InvalidArgumentError', code: 'invalid_argument', message }
      await assert.rejects(mq.publish('a', payload), refusal)
      assert.throws(() => mq.post('a', payload), refusal)
      assert.equal(client.publishes.length, 0)
    })

  it('rejects where the broker refuses', async () => {
    const { mq, client } = await connected()
    const published = mq.publish('a', 'x', { qos: 1 })
    client.acknowledge(1, 0x87, { reasonString: 'not yours' })
    await assert.rejects(published, {
      name: 'PublishError',
      code: 'publish_refused',
      reasonCode: 0x87,
      reasonString: 'not yours',
      topic: 'a',
    })
  })

  it('rejects if the engine gives up', async () => {
    const { mq, client } = await connected()
    const published = mq.publish('a', 'x', { qos: 1 })
    client.onPublishFailed?.(1, 'session_lost')
    await assert.rejects(published, { name: 'PublishError', code: 'session_lost' })
    const closing = mq.publish('a', 'x', { qos: 1 })
    client.onPublishFailed?.(2, 'broker_closed')
    await assert.rejects(closing, { name: 'PublishError', code: 'broker_closed', message: /closes every connection .* Look at its log/ })
    const late = mq.publish('a', 'x', { qos: 1 })
    client.onPublishFailed?.(3, 'expired')
    await assert.rejects(late, { name: 'PublishError', code: 'expired', message: /messageExpiryInterval passed/ })
  })

  for (const [code, name] of [
    ['invalid_topic', 'InvalidArgumentError'],
    ['queue_full', 'QueueFullError'],
    ['not_connected', 'MqttError'],
    ['packet_too_large', 'MqttError'],
    ['not_supported', 'MqttError'],
  ])
    it(`rejects with ${name}, and never throws, for ${code}`, async () => {
      const { mq, client } = await connected()
      client.throwNext = moduleError(/** @type {string} */ (code))
      await assert.rejects(mq.publish('a', 'x'), { name, code })
    })

  it('is called back by its signal', async () => {
    const { mq, client } = await connected()
    const controller = new AbortController()
    const published = mq.publish('a', 'x', { qos: 1, signal: controller.signal })
    controller.abort(new Error('stop'))
    await assert.rejects(published, /stop/)
    assert.deepEqual(client.cancelled, [1])
    client.onPublishFailed?.(1, 'cancelled')
    await assert.rejects(mq.publish('a', 'x', { signal: controller.signal }), /stop/)
    assert.equal(client.publishes.length, 1)
  })
})

describe('post()', () => {
  it('throws what is wrong with the call', async () => {
    const { mq, client } = await connected()
    client.throwNext = moduleError('invalid_utf8')
    assert.throws(() => mq.post('a', 'x'), { name: 'InvalidArgumentError', code: 'invalid_utf8' })
  })

  it('reports what goes wrong later', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const errors = []
    mq.on('error', (/** @type {any} */ error) => errors.push(error.code))
    for (let count = 0; count < 4; count++) mq.post('a', 'x', { qos: 1 })
    client.acknowledge(1)
    client.acknowledge(2, 0x97)
    client.onPublishFailed?.(3, 'queue_full')
    client.onPublishFailed?.(4, 'stopped')
    assert.deepEqual(errors, ['publish_refused', 'queue_full'])
  })
})

describe('drained()', () => {
  it('resolves when few enough messages are left', async () => {
    const { mq, client } = await connected()
    for (let count = 0; count < 3; count++) mq.post('a', 'x', { qos: 1 })
    assert.deepEqual(mq.backlog, { messages: 3, bytes: 0 })
    /** @type {string[]} */
    const over = []
    void mq.drained(1).then(() => over.push('one'))
    void mq.drained().then(() => over.push('none'))
    await mq.drained(3)
    client.acknowledge(1)
    await settled()
    assert.deepEqual(over, [])
    client.acknowledge(2)
    await settled()
    assert.deepEqual(over, ['one'])
    client.acknowledge(3)
    await settled()
    assert.deepEqual(over, ['one', 'none'])
  })

  it('resolves when the connection ends', async () => {
    const { mq, client } = await connected()
    mq.post('a', 'x', { qos: 1 })
    const drained = mq.drained()
    client.lose({ reconnect: false })
    await drained
  })
})
