// What comes from another realm, such as an iframe, is no instance of the classes of this one; nor is what comes from
// another copy of the script.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createContext, runInContext } from 'node:vm'
import { connected, settled } from './support/connected.mjs'
import { joined } from './support/fake-layer.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { resolveUris } = await importSource('uris')
const { thrownError } = await importSource('failure')
const { PahoClient } = await importSource('paho/client')
const { Message } = await importSource('paho/message')
const { Message: OtherMessage } = await importSource('paho/message', 'other')
const { Raw: OtherRaw } = await importSource('webapp/raw', 'other')
const { RemoteError: OtherRemoteError } = await importSource('webapp/errors', 'other')

const realm = createContext({ URL: class extends URL {} })
/** Made in the other realm. @param {string} code @returns {any} */
const foreign = (code) => runInContext(code, realm)

describe('addresses', () => {
  it('may be URLs of another realm, alone or in a list', () => {
    const url = foreign(`({ href: 'ws://h/p', toString() { return this.href } })`)
    assert.deepEqual(resolveUris(url), ['ws://h/p'])
    assert.deepEqual([...resolveUris(foreign(`['ws://a/', 'ws://b/']`))], ['ws://a/', 'ws://b/'])
    for (const nothing of [undefined, null, 7, {}, [undefined]]) assert.throws(() => resolveUris(nothing), { name: 'InvalidArgumentError' })
  })

  for (const [what, page, address] of [
    [
      'the base of the document',
      { document: { baseURI: 'https://h/base/page' }, location: { href: 'https://h/other/page' } },
      'wss://h/base/mqtt',
    ],
    ['the page around it, in about:srcdoc', { document: { baseURI: 'http://h/page' }, location: { href: 'about:srcdoc' } }, 'ws://h/mqtt'],
    ['the script of a worker', { location: { href: 'https://h/scripts/worker.js' } }, 'wss://h/scripts/mqtt'],
    [
      'the page of a worker without an address of its own',
      { location: { href: 'blob:https://h/1-2', origin: 'https://h' } },
      'wss://h/mqtt',
    ],
  ])
    it(`are relative to ${what}`, () => {
      Object.assign(globalThis, page)
      try {
        assert.deepEqual(resolveUris('mqtt'), [address])
      } finally {
        for (const name of Object.keys(page)) Reflect.deleteProperty(globalThis, name)
      }
    })
})

describe('handlers of another realm', () => {
  it('that reject are reported, whatever kind of promise it is', async () => {
    const { mq, client } = await connected()
    const errors = /** @type {any[]} */ ([])
    mq.on('error', (/** @type {any} */ error) => errors.push(error.message))
    mq.subscribe('a', foreign(`async () => { throw new Error('of a subscription') }`))
    client.arrive('a')
    const { app, client: layer } = await joined()
    app.on('error', (/** @type {any} */ error) => errors.push(error.message))
    app.room('lobby').on(foreign(`() => ({ then: (_, failed) => failed(new Error('of a room')) })`))
    layer.layer.onRoomMessage('lobby', 'acme:bob:cd34', { bytes: new TextEncoder().encode('1'), contentType: '' })
    await settled()
    assert.deepEqual(errors, ['of a subscription', 'of a room'])
  })

  it('that throw something with a code of its own are reported unchanged', () => {
    const thrown = foreign(`Object.assign(new Error('no such file'), { code: 'ENOENT' })`)
    assert.equal(thrownError(thrown), thrown)
    const aborted = AbortSignal.abort().reason
    assert.equal(thrownError(aborted), aborted)
  })

  it("answer with a RemoteError of another copy's", async () => {
    const { app, client } = await joined()
    app.expose({
      sell() {
        throw new OtherRemoteError(17, 'Sold out', { left: 0 })
      },
    })
    client.layer.onRequest({ call: 3, from: 'acme:bob:cd34', method: 'sell', params: undefined })
    await settled()
    assert.deepEqual(client.given('fail'), [[3, 17, 'Sold out', '{"left":0}']])
  })
})

describe('bodies of another copy', () => {
  it('are raw', async () => {
    const { app, client } = await joined()
    const body = new OtherRaw(foreign('Uint8Array.of(1)'), 'image/png')
    app.request('images', 'shrink', body).catch(() => {})
    app.peer('acme:bob:cd34').send(body)
    assert.equal(client.given('request')[0]?.[0].params.contentType, 'image/png')
    assert.deepEqual(client.given('sendToPeer'), [['acme:bob:cd34', '\x01', 'image/png']])
    client.lose({ reconnect: false, error: 'none' })
  })
})

describe('the classic client', () => {
  it('takes payloads of another realm, and refuses what it refuses in its own', () => {
    for (const code of ['new ArrayBuffer(1)', 'new Uint8Array(1)', 'new Float64Array(1)']) {
      const message = new Message(foreign(code))
      assert.equal(message.payloadString.charCodeAt(0), 0)
      assert.equal(message.payloadBytes.constructor.name, code.slice(4, -3))
    }
    assert.throws(
      () => new Message(foreign('new DataView(new ArrayBuffer(1))')),
      (thrown) => thrown === 'AMQJS0013E Invalid argument [object DataView] for newPayload.',
    )
  })

  it("takes lists of another realm, and messages of another copy's", async () => {
    const module = fakeModule()
    const client = new PahoClient(async () => module, ['h', 80, 'id'])
    const will = new OtherMessage('gone')
    will.destinationName = 'w'
    client.connect({ hosts: foreign(`['a']`), ports: foreign('[1]'), willMessage: will })
    await settled()
    const engine = module.clients[0]
    assert.deepEqual([...(engine?.connectOptions?.uris ?? [])], ['ws://a:1/mqtt'])
    assert.equal(engine?.connectOptions?.willMessage?.payload, 'gone')
    engine?.accept()
    const message = new OtherMessage(foreign('Uint8Array.of(7)'))
    message.destinationName = 'a'
    client.send(message)
    client.send('b', foreign('Uint8Array.of(7)'))
    assert.deepEqual(
      engine?.publishes.map(({ topic, payload }) => [topic, [.../** @type {Uint8Array} */ (payload)]]),
      [
        ['a', [7]],
        ['b', [7]],
      ],
    )
    assert.throws(() => client.send({ destinationName: 'a' }), { message: 'Invalid argument:object' })
  })

  it('reports failures with the text of an error of another realm', async () => {
    const client = new PahoClient(async () => Promise.reject(foreign(`new Error('no module')`)), ['h', 80, 'id'])
    const failure = await new Promise((onFailure) => client.connect({ onFailure }))
    assert.match(/** @type {any} */ (failure).errorMessage, /Error Message: no module, /)
  })
})
