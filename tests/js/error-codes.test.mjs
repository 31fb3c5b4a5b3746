// Every error of ours is an MqttError whose code is one of those that are documented.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { errorNames, layerErrorNames } from '../wasm/support/boundary.mjs'
import { connected, connecting } from './support/connected.mjs'
import { joined, moduleError } from './support/fake-layer.mjs'
import { importSource } from './support/sources.mjs'

const { MqttError } = await importSource('errors')
const { callError, connectionError, publishFailed, subscribeError, thrownError } = await importSource('failure')
const { layerError } = await importSource('webapp/calls')
const plain = await import(new URL('../../dist/index.js', import.meta.url).href)
const separate = await import(new URL('../../dist/wasm.js', import.meta.url).href)
const { connect } = plain
const { Webapp, ...built } = await import(new URL('../../dist/webapp.js', import.meta.url).href)

/** @param {string} path @param {RegExp} pattern */
const match = async (path, pattern) => pattern.exec(await readFile(new URL(`../../${path}`, import.meta.url), 'utf8'))?.[1] ?? ''
const withoutNone = (/** @type {readonly string[]} */ names) => names.filter((name) => name !== 'none')
const engineCodes = withoutNone(errorNames)
const layerCodes = withoutNone(layerErrorNames)
const documented = [...(await match('js/src/errors.ts', /export type ErrorCode =([^]*?)\n\n/)).matchAll(/'(\w+)'/g)].map(([, code]) => code)
assert.ok(engineCodes.length > 20 && layerCodes.length > 15 && documented.length > 30)

it('each code has a section in docs/errors.md, which its errors name', async () => {
  const page = await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8')
  const sections = [...page.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code)
  assert.deepEqual(sections.toSorted(), documented.toSorted())
  for (const code of documented) assert.match(new MqttError(code, 'x').help, new RegExp(`/docs/errors\\.md#${code}$`))
})

/** @param {any} error */
function isOurs(error) {
  assert.ok(
    [MqttError, built.MqttError, plain.MqttError, separate.MqttError].some((Class) => error instanceof Class),
    String(error),
  )
  assert.ok(documented.includes(error.code), `${error.name}: ${error.code}`)
  assert.match(error.message, /\w/)
  return true
}

for (const code of engineCodes)
  it(`the engine's ${code} is documented, wherever it comes from`, () => {
    const failure = { errorCode: 1, error: code, errorMessage: 'Something happened', reasonCode: 0 }
    const describeReason = () => 'a reason'
    const module = { describeReason, isFinalRefusal: () => false }
    const all = [
      thrownError(moduleError(code)),
      callError(code, 'Something happened.'),
      connectionError(failure, 'ws://h/', true, module),
      connectionError(failure, 'ws://h/', false, module),
      publishFailed(code, 'a'),
      subscribeError(failure, [], describeReason),
    ]
    for (const error of all) {
      assert.ok(error instanceof MqttError, String(error))
      assert.ok(documented.includes(error.code), `${error.name}: ${error.code}`)
    }
  })

for (const code of layerCodes) {
  it(`the layer's ${code}, thrown by a call, is documented`, () => {
    const error = layerError(moduleError(code))
    assert.ok(error instanceof MqttError)
    assert.ok(documented.includes(error.code), error.code)
  })

  it(`the layer's ${code}, of a request that failed, is documented`, async () => {
    const { app, client } = await joined()
    const call = app.request('orders', 'list')
    client.layer.onFailure(1, /** @type {any} */ ({ error: code, text: 'Something happened' }))
    await assert.rejects(call, (/** @type {any} */ error) => error instanceof MqttError && documented.includes(error.code))
  })
}

describe('calls that the module refuses', () => {
  for (const [what, call] of /** @type {[string, (app: any) => unknown][]} */ ([
    ['presence.setState()', (app) => app.presence.setState({})],
    ['room()', (app) => app.room('a')],
    ['devices()', (app) => app.devices()],
    ['services', (app) => app.services],
    ['expose()', (app) => app.expose({ f: () => 1 })],
    ['notify()', (app) => app.notify('s', 'm')],
    ['peer().notify()', (app) => app.peer('a:b:cdef').notify('m')],
    ['peer().send()', (app) => app.peer('a:b:cdef').send(1)],
  ]))
    it(`${what} throws one of ours`, async () => {
      const { app, client } = await joined()
      client.throwNext = moduleError('payload_too_large')
      assert.throws(
        () => call(app),
        (/** @type {any} */ error) => error instanceof MqttError && error.code === 'packet_too_large',
      )
    })
})

describe('over the real module', () => {
  const tooLong = 'x'.repeat(65_536)
  for (const [what, call] of /** @type {[string, () => Promise<unknown>][]} */ ([
    ['a client identifier over 65,535 bytes', () => connect('ws://127.0.0.1:9/', { clientId: tooLong })],
    ['a client identifier that is no Unicode', () => connect('ws://127.0.0.1:9/', { clientId: '\ud800' })],
    ['an address with an empty fragment', () => connect('ws://127.0.0.1:9/mqtt#')],
    ['a password that is no Unicode', () => connect('ws://127.0.0.1:9/', { credentials: { username: 'a', password: '\udc00' } })],
    ['a will that is no Unicode', () => connect('ws://127.0.0.1:9/', { will: { topic: 'a', payload: 'x\ud800' } })],
    ['a user that is too long', () => Webapp.join('ws://127.0.0.1:9/', { org: 'a', user: tooLong })],
    ['a state that is no JSON', () => Webapp.join('ws://127.0.0.1:9/', { org: 'a', user: 'b', state: { x: 1n } })],
    ['nobody at the address', () => connect('ws://127.0.0.1:9/')],
  ]))
    it(`${what} is one of ours`, () => assert.rejects(call(), isOurs))

  it('a module that is loaded twice is one of ours', async () => {
    await separate.load()
    await assert.rejects(separate.load({ wasmUrl: 'x' }), isOurs)
  })
})

it('a fake that ends at once is one of ours', async () => {
  const { promise, client } = await connecting()
  client.fail({ error: 'stopped' })
  await assert.rejects(promise, isOurs)
  const { mq } = await connected()
  await mq.disconnect()
  await assert.rejects(mq.publish('a', ''), isOurs)
  assert.throws(() => mq.subscribe('a'), isOurs)
  assert.throws(() => mq.subscribe(/** @type {any} */ (null)), MqttError)
})
