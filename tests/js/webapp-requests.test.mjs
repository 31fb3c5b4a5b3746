// Requests of a webapp.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { joined, moduleError } from './support/fake-layer.mjs'
import { importSource } from './support/sources.mjs'

const { Raw } = await importSource('webapp/raw')
const json = (/** @type {unknown} */ value) => JSON.stringify(value)

describe('a request', () => {
  it('crosses as JSON, and resolves with the result', async () => {
    const { app, client } = await joined()
    const call = app.request('orders', 'create', { item: 7 }, { timeout: 5000, traceparent: '00-1-2-01' })
    assert.deepEqual(client.given('request'), [
      [{ target: { service: 'orders' }, method: 'create', params: '{"item":7}', timeout: 5000, traceparent: '00-1-2-01' }],
    ])
    client.layer.onResult(1, json({ id: 'x' }))
    assert.deepEqual(await call, { id: 'x' })
  })

  it('goes to the unnamed backend, and to peers, with ten seconds by default', async () => {
    const { app, client } = await joined()
    app.requestBackend('ping').catch(() => {})
    app
      .peer('acme:bob:cd34')
      .request('sum', [1, 2])
      .catch(() => {})
    assert.deepEqual(
      client.given('request').map(([request]) => request),
      [
        { target: { service: '' }, method: 'ping', params: undefined, timeout: 10_000 },
        { target: { peer: 'acme:bob:cd34' }, method: 'sum', params: '[1,2]', timeout: 10_000 },
      ],
    )
    client.lose({ reconnect: false, error: 'none' })
  })

  it('carries a raw body, and brings one back', async () => {
    const { app, client } = await joined()
    const call = app.request('images', 'shrink', new Raw(Uint8Array.of(1, 2), 'image/png'))
    assert.deepEqual(client.given('request')[0]?.[0].params, { bytes: Uint8Array.of(1, 2), contentType: 'image/png' })
    client.layer.onResult(1, { bytes: Uint8Array.of(3), contentType: 'image/webp' })
    const { bytes, type } = /** @type {any} */ (await call)
    assert.deepEqual([[...bytes], type], [[3], 'image/webp'])
  })

  const failures = /** @type {const} */ ([
    ['timed_out', 'RequestTimeoutError', 'request_timed_out'],
    ['no_responder', 'NoResponderError', 'no_responder'],
    ['cancelled', 'RequestCancelledError', 'request_cancelled'],
    ['item_lost', 'StreamError', 'stream_incomplete'],
    ['not_connected', 'NotConnectedError', 'not_connected'],
    ['payload_too_large', 'RequestError', 'packet_too_large'],
    ['bad_response', 'RequestError', 'bad_response'],
    ['not_supported', 'RequestError', 'not_supported'],
    ['refused', 'RequestError', 'publish_refused'],
  ])
  for (const [error, name, code] of failures)
    it(`that ends as ${error} rejects with ${name}`, async () => {
      const { app, client } = await joined()
      const call = app.request('orders', 'create')
      client.layer.onFailure(1, { error, text: 'Something happened' })
      await assert.rejects(call, { name, code })
    })

  const remote = /** @type {const} */ ([
    [17, 'RemoteError'],
    [-32004, 'RemoteError'],
    [-32601, 'RemoteError'],
    [-32003, 'RequestCancelledError'],
    [-32001, 'RequestTimeoutError'],
    [-32002, 'NoResponderError'],
  ])
  for (const [code, name] of remote)
    it(`that is answered with the error ${code} rejects with ${name}`, async () => {
      const { app, client } = await joined()
      const call = app.request('orders', 'create')
      client.layer.onFailure(1, { error: 'remote', text: '', code, message: 'Sold out', data: '{"left":0}' })
      const thrown = await call.then(assert.fail, (/** @type {any} */ error) => error)
      assert.equal(thrown.name, name)
      if (name === 'RemoteError') assert.deepEqual([thrown.remoteCode, thrown.message, thrown.data], [code, 'Sold out', { left: 0 }])
    })

  it('is cancelled by its signal, whose reason it rejects with', async () => {
    const { app, client } = await joined()
    const abort = new AbortController()
    const call = app.request('orders', 'create', {}, { signal: abort.signal })
    abort.abort(new Error('changed my mind'))
    await assert.rejects(call, { message: 'changed my mind' })
    assert.deepEqual(client.given('cancelRequest'), [[1]])
    client.layer.onFailure(1, { error: 'cancelled', text: '' })
    await assert.rejects(app.request('orders', 'create', {}, { signal: abort.signal }), { message: 'changed my mind' })
    assert.equal(client.given('request').length, 1)
  })

  it('is cancelled by itself, and tells progress', async () => {
    const { app, client } = await joined()
    /** @type {unknown[]} */
    const heard = []
    const call = app.request('demo', 'slow', {}, { onProgress: (/** @type {unknown} */ item) => heard.push(item) })
    client.layer.onProgress(1, '{"step":1}')
    call.cancel()
    client.layer.onProgress(1, '{"step":2}')
    await assert.rejects(call, { name: 'RequestCancelledError', target: 'demo', method: 'slow' })
    assert.deepEqual(heard, [{ step: 1 }])
  })

  it('whose responder ignores what it is allowed is given up, before it fills the memory', async () => {
    const { app, client } = await joined()
    const call = app.request('demo', 'slow')
    const steps = call[Symbol.asyncIterator]()
    for (let item = 0; item < 10_000; item++) client.layer.onProgress(1, String(item))
    assert.deepEqual(client.given('cancelRequest'), [[1]])
    for (let item = 0; item < 64 + 256; item++) assert.equal((await steps.next()).value, item)
    await assert.rejects(steps.next(), { name: 'StreamError', message: /more progress/ })
  })

  it('is refused where it stands with a typed error', async () => {
    const { app, client } = await joined()
    client.throwNext = moduleError('invalid_name')
    await assert.rejects(app.request('a/b', 'c'), { name: 'InvalidNameError', code: 'invalid_name' })
    for (const params of [7, 'text', null, true]) await assert.rejects(app.request('a', 'b', params), { name: 'InvalidArgumentError' })
    for (const timeout of [0, -1, NaN, Infinity])
      await assert.rejects(app.request('a', 'b', {}, { timeout }), { name: 'InvalidArgumentError' })
    const circle = {}
    Object.assign(circle, { circle })
    await assert.rejects(app.request('a', 'b', circle), { name: 'InvalidArgumentError' })
    assert.equal(client.given('request').length, 0)
  })

  it('ends when this webapp leaves', async () => {
    const { app, client } = await joined()
    const call = app.request('orders', 'create')
    client.lose({ reconnect: false, error: 'none' })
    await assert.rejects(call, { name: 'RequestCancelledError' })
    await assert.rejects(app.request('orders', 'create'), { name: 'RequestCancelledError' })
  })
})
