import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected, settled } from './support/connected.mjs'

describe('subscribe()', () => {
  it('asks for the filters without the names, with the options', async () => {
    const { mq, client } = await connected()
    const properties = { subscriptionIdentifier: 7 }
    const subscription = mq.subscribe(['lab/+room', 'hall/#'], {
      qos: 1,
      noLocal: true,
      retainAsPublished: true,
      retainHandling: 1,
      properties,
    })
    const options = { qos: 1, noLocal: true, retainAsPublished: true, retainHandling: 1 }
    assert.deepEqual(client.subscribes[0]?.filters, [
      { topicFilter: 'lab/+', ...options },
      { topicFilter: 'hall/#', ...options },
    ])
    assert.deepEqual(client.subscribes[0]?.options.properties, properties)
    assert.deepEqual(subscription.filters, ['lab/+', 'hall/#'])
    client.grant(0, [1, 0])
    assert.deepEqual(await subscription.ready, [
      { filter: 'lab/+', qos: 1 },
      { filter: 'hall/#', qos: 0 },
    ])
  })

  it('calls the handler with the named levels', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const seen = []
    mq.subscribe('lab/+room/temperature', (/** @type {any} */ message) => seen.push([message.params, message.json()]))
    client.arrive('lab/12/temperature', '21.5')
    client.arrive('lab/12/humidity', '50')
    assert.deepEqual(seen, [[{ room: '12' }, 21.5]])
  })

  it('is iterated over, and left by break', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe('a/#rest')
    client.arrive('a/1', 'one')
    client.arrive('a/2', 'two')
    client.arrive('a/3', 'three')
    const seen = []
    for await (const message of subscription) {
      seen.push(message.params.rest, message.text())
      if (seen.length === 4) break
    }
    assert.deepEqual(seen, ['1', 'one', '2', 'two'])
    assert.deepEqual(client.unsubscribes[0]?.filters, ['a/#'])
    assert.equal(subscription.active, false)
    assert.equal((await subscription.next()).done, true)
  })

  it('ends an iteration by unsubscribe(), after what is buffered', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe('a')
    client.arrive('a', '1')
    const over = subscription.unsubscribe()
    assert.equal(subscription.unsubscribe(), over)
    client.arrive('a', '2')
    const seen = []
    for await (const message of subscription) seen.push(message.text())
    assert.deepEqual(seen, ['1'])
    client.unsubscribes[0]?.options.onSuccess({})
    await over
  })

  it('throws in an iteration when the connection fails, and ends it when it was ended on purpose', async () => {
    const lost = await connected()
    const iteration = lost.mq.subscribe('a').next()
    lost.client.lose({ reconnect: false })
    await assert.rejects(iteration, { name: 'ConnectionLostError' })
    const ended = await connected()
    const next = ended.mq.subscribe('a').next()
    await ended.mq.disconnect()
    assert.equal((await next).done, true)
  })

  it('does not iterate beside a handler', async () => {
    const { mq } = await connected()
    await assert.rejects(mq.subscribe('a', () => {}).next(), { name: 'InvalidArgumentError' })
  })

  it('refuses what is not a filter', async () => {
    const { mq, client } = await connected()
    assert.throws(() => mq.subscribe('a/#/b'), { name: 'InvalidArgumentError' })
    assert.throws(() => mq.subscribe([]), { name: 'InvalidArgumentError' })
    client.throwNext = Object.assign(new Error('detail'), { name: 'MqttError', code: 'not_supported' })
    assert.throws(() => mq.subscribe('a'), { name: 'MqttError', code: 'not_supported' })
    mq.subscribe('a')
    assert.equal(client.subscribes.length, 1)
  })

  it('is ended by its signal', async () => {
    const { mq, client } = await connected()
    const controller = new AbortController()
    const iteration = mq.subscribe('a', { signal: controller.signal }).next()
    controller.abort(new Error('enough'))
    await assert.rejects(iteration, /enough/)
    assert.deepEqual(client.unsubscribes[0]?.filters, ['a'])
    assert.throws(() => mq.subscribe('a', { signal: controller.signal }), /enough/)
  })

  it('releases its signal when it has ended', async () => {
    const { mq, client } = await connected()
    const controller = new AbortController()
    const over = mq.subscribe('a', { signal: controller.signal })
    void over.unsubscribe()
    const other = mq.subscribe('b', { signal: controller.signal })
    controller.abort(new Error('enough'))
    await assert.rejects(other.next(), /enough/)
    assert.equal((await over.next()).done, true)
    assert.deepEqual(
      client.unsubscribes.map(({ filters }) => filters),
      [['a'], ['b']],
    )
  })

  it('is ended by "await using"', async () => {
    const { mq, client } = await connected()
    const disposed = mq.subscribe('a')[Symbol.asyncDispose]()
    client.unsubscribes[0]?.options.onSuccess({})
    await disposed
  })
})

describe('a refused subscription', () => {
  it('rejects ready, with a code for every filter, and gives the granted ones back', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe(['a', 'b'])
    const refused = assert.rejects(subscription.ready, {
      name: 'SubscribeError',
      code: 'subscribe_refused',
      results: [
        { filter: 'a', reasonCode: 0 },
        { filter: 'b', reasonCode: 0x87 },
      ],
    })
    client.refuse(0, [0, 0x87])
    await refused
    assert.equal(subscription.active, false)
    assert.deepEqual(client.unsubscribes[0]?.filters, ['a', 'b'])
  })

  it('throws in the iteration', async () => {
    const { mq, client } = await connected()
    const next = mq.subscribe('a').next()
    client.refuse(0, [0x80])
    await assert.rejects(next, { name: 'SubscribeError' })
  })

  it('is an error event where nobody looks', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const errors = []
    mq.on('error', (/** @type {any} */ error) => errors.push(error.name))
    mq.subscribe('a', () => {})
    client.refuse(0, [0x80])
    assert.deepEqual(errors, ['SubscribeError'])
  })

  it('may come after a reconnection', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe('a')
    client.grant(0, [0])
    const next = subscription.next()
    client.onSubscriptionLost?.('a', 0x87)
    await assert.rejects(next, { name: 'SubscribeError', results: [{ filter: 'a', reasonCode: 0x87 }] })
  })
})

describe('several local subscriptions to one filter', () => {
  it('share it on the broker: the last one that leaves unsubscribes', async () => {
    const { mq, client } = await connected()
    const one = mq.subscribe('a/+x')
    const two = mq.subscribe('a/+y')
    client.arrive('a/1')
    assert.deepEqual([(await one.next()).value.params, (await two.next()).value.params], [{ x: '1' }, { y: '1' }])
    void one.unsubscribe()
    assert.equal(client.unsubscribes.length, 0)
    void two.unsubscribe()
    assert.deepEqual(client.unsubscribes[0]?.filters, ['a/+'])
  })

  it('ask again for stored messages, unless they say otherwise', async () => {
    const { mq, client } = await connected()
    mq.subscribe('a', { qos: 1 })
    client.grant(0, [1])
    mq.subscribe('a')
    assert.deepEqual(client.subscribes[1]?.filters[0].qos, 1)
    const third = mq.subscribe('a', { retainHandling: 2 })
    assert.equal(client.subscribes.length, 2)
    assert.deepEqual(await third.ready, [{ filter: 'a', qos: 1 }])
  })

  it('get the highest QoS that one of them asks for', async () => {
    const { mq, client } = await connected()
    mq.subscribe('a')
    client.grant(0, [0])
    const higher = mq.subscribe('a', { qos: 2, retainHandling: 2 })
    client.grant(1, [2])
    assert.deepEqual(await higher.ready, [{ filter: 'a', qos: 2 }])
  })

  it('cannot differ in what the broker knows once', async () => {
    const { mq } = await connected()
    mq.subscribe('a')
    assert.throws(() => mq.subscribe('a', { noLocal: true }), { name: 'InvalidArgumentError' })
  })

  it('subscribe again after all have left', async () => {
    const { mq, client } = await connected()
    void mq.subscribe('a', { retainHandling: 2 }).unsubscribe()
    mq.subscribe('a', { retainHandling: 2 })
    assert.equal(client.subscribes.length, 2)
  })
})

describe('a buffer that is full', () => {
  it('is reported to the subscription and to the connection', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const told = []
    mq.on('overflow', (/** @type {any} */ overflow) => told.push(overflow))
    const subscription = mq.subscribe('a', { bufferSize: 2, onOverflow: (/** @type {any} */ overflow) => told.push(overflow) })
    for (const text of ['1', '2', '3']) client.arrive('a', text)
    assert.deepEqual(told, [
      { filters: ['a'], dropped: 1 },
      { filters: ['a'], dropped: 1 },
    ])
    assert.deepEqual([subscription.dropped, subscription.buffered], [1, 2])
    assert.equal((await subscription.next()).value.text(), '2')
  })

  it('ends the subscription where it is to fail', async () => {
    const { mq, client } = await connected()
    /** @type {any[]} */
    const told = []
    for (const type of ['error', 'overflow']) mq.on(type, (/** @type {any} */ event) => told.push(event.code ?? event))
    const onOverflow = (/** @type {any} */ overflow) => told.push(overflow)
    const subscription = mq.subscribe('a', { bufferSize: 1, whenFull: 'fail', onOverflow })
    client.arrive('a', '1')
    client.arrive('a', '2')
    assert.equal((await subscription.next()).value.text(), '1')
    await assert.rejects(subscription.next(), { name: 'QueueFullError' })
    await settled()
    assert.deepEqual(client.unsubscribes[0]?.filters, ['a'])
    assert.deepEqual([told, subscription.dropped], [['queue_full'], 1])
  })
})

describe('unsubscribe()', () => {
  it('rejects where the broker refuses, and not for want of a connection', async () => {
    const { mq, client } = await connected()
    const refused = mq.subscribe('a').unsubscribe()
    client.unsubscribes[0]?.options.onFailure({ error: 'none', errorMessage: '', reasonCode: 0x87 })
    await assert.rejects(refused, { code: 'unsubscribe_refused', message: /a: Reason 135 \(0x87\)\. Check the user's rights/ })
    const left = mq.subscribe('b').unsubscribe()
    client.unsubscribes[1]?.options.onFailure({ error: 'stopped', errorMessage: '', reasonCode: 0 })
    await left
    const closing = mq.subscribe('c').unsubscribe()
    client.unsubscribes[2]?.options.onFailure({ error: 'broker_closed', errorMessage: 'It closes', reasonCode: 0 })
    await assert.rejects(closing, { code: 'unsubscribe_refused', message: /It closes/ })
  })
})
