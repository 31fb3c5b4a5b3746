import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected, connecting, settled, until } from './support/connected.mjs'

describe('the state of a connection', () => {
  it('is called at every change', async () => {
    /** @type {any[]} */
    const told = []
    const { promise, client } = await connecting({
      prepare: (/** @type {any} */ mq) => mq.on('state', (/** @type {any} */ change) => told.push(change)),
    })
    client.onConnecting?.('ws://a/', 0)
    client.accept({ sessionPresent: true })
    const mq = await promise
    client.lose({ retryIn: 250 })
    client.onConnecting?.('ws://b/', 1)
    client.lose({ retryIn: 500, wasConnected: false, error: 'transport_failed', uri: 'ws://b/' })
    client.accept({ reconnected: true })
    await mq.disconnect()
    assert.deepEqual(
      told.map(({ state, attempt, retryIn, error }) => [state, attempt, retryIn, error?.name]),
      [
        ['connecting', 0, undefined, undefined],
        ['connected', undefined, undefined, undefined],
        ['reconnecting', undefined, 250, 'ConnectionLostError'],
        ['reconnecting', 1, undefined, 'ConnectionLostError'],
        ['reconnecting', undefined, 500, 'ConnectionFailedError'],
        ['connected', undefined, undefined, undefined],
        ['closed', undefined, undefined, undefined],
      ],
    )
    assert.equal(told[1].sessionPresent, true)
  })

  it('keeps connecting if the first connection is retried', async () => {
    const { promise, client } = await connecting({ reconnect: { retryFirst: true } })
    client.lose({ wasConnected: false, error: 'transport_failed' })
    client.accept()
    assert.equal((await promise).state, 'connected')
  })

  it('is closed, with the reason, when no attempt follows', async () => {
    const { mq, client } = await connected()
    client.lose({ reconnect: false, error: 'disconnected_by_broker', reasonCode: 0x8e })
    const { error } = await mq.closed
    assert.equal(error.reasonCode, 0x8e)
    assert.match(error.message, /clientId/)
    assert.equal(mq.state, 'closed')
  })

  it('can be read after the end', async () => {
    const { mq, client } = await connected()
    await mq.disconnect()
    await until(() => client.deleted)
    assert.deepEqual(
      [mq.clientId, mq.uri, mq.negotiated.keepAlive, mq.backlog],
      ['me', 'ws://broker.test/mqtt', 30, { messages: 0, bytes: 0 }],
    )
    await mq.drained()
  })
})

describe('disconnect()', () => {
  it('waits for messages that are on their way', async () => {
    const { mq, client } = await connected()
    const published = mq.publish('a', 'x', { qos: 1 })
    const gone = mq.disconnect()
    await settled()
    assert.equal(client.disconnects, 0)
    client.acknowledge(1)
    assert.deepEqual(await gone, { error: undefined, unfinished: 0 })
    assert.equal((await published).reasonCode, 0)
    assert.equal(client.disconnects, 1)
  })

  it('reports what was left when its time is over', async () => {
    const { mq, client } = await connected()
    const published = mq.publish('a', 'x', { qos: 1 })
    const refused = assert.rejects(published, { name: 'PublishError', code: 'stopped', topic: 'a' })
    assert.deepEqual(await mq.disconnect({ timeout: 1 }), { error: undefined, unfinished: 1 })
    await refused
    assert.equal(client.disconnects, 1)
  })

  it('does not wait with a timeout of 0, passes its reason code on, and is done once', async () => {
    const { mq, client } = await connected()
    mq.post('a', 'x', { qos: 1 })
    const first = mq.disconnect({ timeout: 0, reasonCode: 4 })
    assert.equal(mq.disconnect(), first)
    assert.equal((await first).unfinished, 1)
    assert.equal(client.disconnects, 1)
  })

  it('ends everything else', async () => {
    const { mq } = await connected()
    const subscription = mq.subscribe('a')
    const { ready } = subscription
    const refused = assert.rejects(ready, { code: 'closed' })
    await mq.disconnect()
    await refused
    assert.equal((await subscription.next()).done, true)
    await assert.rejects(mq.publish('a', 'x'), { code: 'closed' })
    assert.throws(() => mq.post('a', 'x'), { code: 'closed' })
    assert.throws(() => mq.subscribe('a'), { code: 'closed' })
  })

  it('is what a block with "await using" ends with', async () => {
    const { mq } = await connected()
    await mq[Symbol.asyncDispose]()
    assert.equal(mq.state, 'closed')
  })
})

describe('handlers', () => {
  it('that throw are reported, and stop nothing', async () => {
    const { mq, client } = await connected()
    /** @type {unknown[]} */
    const errors = []
    /** @type {string[]} */
    const seen = []
    mq.on('error', (/** @type {any} */ error) => errors.push(error.message))
    mq.subscribe('a', () => {
      throw new Error('first')
    })
    mq.subscribe('a', async () => {
      throw new Error('second')
    })
    mq.subscribe('a', (/** @type {any} */ message) => seen.push(message.text()))
    mq.on('message', async () => {
      throw new Error('third')
    })
    client.arrive('a', 'x')
    await settled()
    assert.deepEqual(seen, ['x'])
    assert.deepEqual(errors.sort(), ['first', 'second', 'third'])
  })

  it('can be taken away again', async () => {
    const { mq, client } = await connected()
    let count = 0
    const off = mq.on('message', () => count++)
    client.arrive('a')
    off()
    client.arrive('a')
    assert.equal(count, 1)
  })

  it('see every message as an event', async () => {
    const { mq, client } = await connected()
    /** @type {string[]} */
    const topics = []
    mq.on('message', (/** @type {any} */ message) => topics.push(message.topic))
    mq.subscribe('a', () => {})
    client.arrive('a')
    client.arrive('b')
    assert.deepEqual(topics, ['a', 'b'])
  })
})

describe('messages that arrive together with the CONNACK', () => {
  it('wait for whoever awaits connect()', async () => {
    const { promise, client } = await connecting({ cleanStart: false })
    client.accept({ sessionPresent: true })
    client.arrive('kept/1', 'one')
    client.arrive('other', 'two')
    const mq = await promise
    /** @type {string[]} */
    const seen = []
    mq.subscribe('kept/+n', (/** @type {any} */ message) => seen.push(`${message.params.n} ${message.text()}`))
    await settled()
    assert.deepEqual(seen, ['1 one'])
  })

  it('are not kept for long', async () => {
    const { promise, client } = await connecting()
    client.accept()
    client.arrive('kept', 'one')
    const mq = await promise
    await new Promise((resolve) => setTimeout(resolve, 1))
    await settled()
    mq.subscribe('kept', () => assert.fail('too late'))
    await settled()
  })
})
