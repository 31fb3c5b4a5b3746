// The methods that a webapp exposes.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled, until } from './support/connected.mjs'
import { joined, moduleError } from './support/fake-layer.mjs'
import { importSource } from './support/sources.mjs'

const { RemoteError } = await importSource('webapp/errors')
const { Raw } = await importSource('webapp/raw')

describe('exposed methods', () => {
  const from = 'acme:bob:cd34'

  it('answer peers, who are told of once there is something to call', async () => {
    const { app, client } = await joined()
    /** @type {any[]} */
    const asked = []
    const hide = app.expose({
      sum: (/** @type {number[]} */ [a = 0, b = 0], /** @type {any} */ context) => {
        asked.push(context.from, context.isNotification)
        return a + b
      },
    })
    assert.deepEqual(client.given('expose'), [[true]])
    client.layer.onRequest({ call: 5, from, method: 'sum', params: '[1,2]', isNotification: false })
    await settled()
    assert.deepEqual(client.given('respond'), [[5, '3']])
    assert.deepEqual(asked, [from, false])
    hide()
    client.layer.onRequest({ call: 6, from, method: 'sum', params: '[1,2]', isNotification: false })
    await settled()
    assert.deepEqual(client.given('fail'), [[6, -32601, 'Method not found', undefined]])
  })

  it('answer with their own errors; others stay here', async () => {
    const { app, client } = await joined()
    /** @type {any[]} */
    const errors = []
    app.on('error', (/** @type {unknown} */ error) => errors.push(error))
    app.expose({
      sell: () => {
        throw new RemoteError(17, 'Sold out', { left: 0 })
      },
      crash: async () => {
        throw new Error('a secret')
      },
    })
    client.layer.onRequest({ call: 1, from, method: 'sell', params: undefined, isNotification: false })
    client.layer.onRequest({ call: 2, from, method: 'crash', params: undefined, isNotification: false })
    await settled()
    assert.deepEqual(client.given('fail'), [
      [1, 17, 'Sold out', '{"left":0}'],
      [2, -32603, 'Internal error', undefined],
    ])
    assert.deepEqual(
      errors.map(({ message }) => message),
      ['a secret'],
    )
  })

  it('send progress by yielding, as far as they have credit', async () => {
    const { app, client } = await joined()
    let ended = false
    app.expose({
      async *count({ to }) {
        try {
          for (let number = 1; number <= to; number++) yield number
          return 'done'
        } finally {
          ended = true
        }
      },
    })
    client.credit = 2
    client.layer.onRequest({ call: 1, from, method: 'count', params: '{"to":4}', isNotification: false })
    await settled()
    assert.deepEqual(
      client.given('progress').map(([, value]) => value),
      ['1', '2'],
    )
    client.credit = 100
    client.layer.onCredit(1)
    await settled()
    assert.deepEqual(
      client.given('progress').map(([, value]) => value),
      ['1', '2', '3', '4'],
    )
    assert.deepEqual(client.given('respond'), [[1, '"done"']])
    assert.equal(ended, true)
  })

  it('stop when their caller has gone, and do not answer', async () => {
    const { app, client } = await joined()
    let isStopped = false
    app.expose({
      async *watch() {
        try {
          for (;;) yield 1
        } finally {
          isStopped = true
        }
      },
      wait: (/** @type {unknown} */ _, /** @type {any} */ { signal }) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    })
    client.credit = 3
    client.layer.onRequest({ call: 1, from, method: 'watch', params: undefined, isNotification: false })
    client.layer.onRequest({ call: 2, from, method: 'wait', params: undefined, isNotification: false })
    await settled()
    client.layer.onEnded(1, 'cancelled')
    client.layer.onEnded(2, 'timed_out')
    await settled()
    assert.equal(isStopped, true)
    assert.deepEqual([client.given('respond'), client.given('fail')], [[], []])
  })

  it('take notifications, which get no answer, and pass over those of methods that there are not', async () => {
    const { app, client } = await joined()
    /** @type {unknown[]} */
    const [heard, errors] = [[], []]
    app.on('error', (/** @type {any} */ error) => /** @type {any} */ (errors).push(error.message))
    app.expose({
      poke: (/** @type {unknown} */ params, /** @type {any} */ { isNotification, signal }) => {
        ;/** @type {any} */ (heard).push(params, isNotification, signal.aborted)
        return 10n // which has no JSON, and needs none
      },
      refuse: () => {
        throw new RemoteError(17, 'Sold out')
      },
      crash: async () => {
        throw new Error('a secret')
      },
    })
    for (const [index, method] of ['poke', 'unknown', 'refuse', 'crash'].entries())
      client.layer.onRequest({ call: index + 1, from, method, params: '{"how":"softly"}', isNotification: true })
    await settled()
    assert.deepEqual(heard, [{ how: 'softly' }, true, false])
    assert.deepEqual(errors, ['a secret'])
    // The layer hears that they are over, and sends nothing.
    assert.deepEqual(client.given('respond'), [[1, 'null']])
    assert.deepEqual(
      client.given('fail').map(([call]) => call),
      [2, 3, 4],
    )
  })

  it('are not begun by a notification where they yield', async () => {
    const { app, client } = await joined()
    let [steps, returns] = [0, 0]
    app.expose({
      async *count() {
        for (;;) yield steps++
      },
      own: () => ({
        next: async () => ({ done: false, value: steps++ }),
        return: async () => ({ done: true, value: returns++ }),
        [Symbol.asyncIterator]: () => assert.fail('nobody iterates'),
      }),
      bare: () => ({ next: async () => ({ done: false, value: steps++ }), [Symbol.asyncIterator]: () => assert.fail() }),
    })
    for (const [index, method] of ['count', 'own', 'bare'].entries())
      client.layer.onRequest({ call: index + 1, from, method, params: undefined, isNotification: true })
    await settled()
    assert.deepEqual([steps, returns, client.given('progress')], [0, 1, []])
    assert.deepEqual(
      client
        .given('respond')
        .map(([call]) => call)
        .sort(),
      [1, 2, 3],
    )
  })

  it('hear from their signal that the time of a notification is over', async () => {
    const { app, client } = await joined()
    let isOver = false
    app.expose({
      wait: (/** @type {unknown} */ _, /** @type {any} */ { signal }) =>
        new Promise((resolve) => signal.addEventListener('abort', () => resolve((isOver = true)))),
    })
    client.layer.onRequest({ call: 1, from, method: 'wait', params: undefined, isNotification: true })
    await settled()
    client.layer.onEnded(1, 'timed_out')
    await settled()
    assert.deepEqual([isOver, client.given('respond')], [true, []])
  })
})

describe('an error whose data cannot be sent', () => {
  const cyclic = /** @type {any} */ ({})
  cyclic.self = cyclic
  for (const [what, data, refused] of /** @type {[string, any, boolean][]} */ ([
    ['is cyclic', cyclic, false],
    ['has a BigInt', { n: 1n }, false],
    ['is a raw body', new Raw(new Uint8Array(1)), false],
    ['is larger than the broker takes', 'x', true],
  ]))
    it(`that ${what} is answered as an internal error, and told here`, async () => {
      const { app, client } = await joined()
      /** @type {any[]} */
      const errors = []
      app.on('error', (/** @type {any} */ error) => errors.push(error))
      app.expose({
        sell: () => {
          if (refused) client.throwNext = moduleError('payload_too_large')
          throw new RemoteError(17, 'Sold out', data)
        },
      })
      client.layer.onRequest({ call: 5, from: 'acme:bob:cd34', method: 'sell', params: undefined, traceparent: undefined })
      await until(() => client.given('fail').length > 0)
      assert.deepEqual(client.given('fail'), [[5, -32603, 'Internal error', undefined]])
      assert.deepEqual(
        errors.map(({ code }) => code),
        [refused ? 'packet_too_large' : 'invalid_argument'],
      )
    })
})
