// What others, and broken handlers, cause in a webapp.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { joined } from './support/fake-layer.mjs'

describe('what others cause', () => {
  const from = 'acme:bob:cd34'
  const body = (/** @type {string} */ text) => ({ bytes: new TextEncoder().encode(text), contentType: '' })
  const broken = () => {
    throw new Error('broken')
  }

  /** Everything of the application's that others reach, all of it broken. @param {any} app @param {any} client */
  async function provoke(app, client) {
    app.expose({ greet: (/** @type {any} */ { name }) => `Hello ${name}`, later: async () => broken() })
    app.on('message', broken)
    app.on('message', async () => broken())
    app.on('state', async () => broken())
    app.peer(from).messages.on(broken)
    app.room('lobby').on(async () => broken())
    app.presence.on(broken)
    app.services.on(broken)
    app.devices().on(async () => broken())
    for (const onProgress of [broken, async () => broken()]) app.request('demo', 'slow', {}, { onProgress }).catch(() => {})
    const { layer } = client
    layer.onRequest({ call: 1, from, method: 'greet', params: undefined, isNotification: false })
    layer.onRequest({ call: 2, from, method: 'greet', params: undefined, isNotification: true })
    layer.onRequest({ call: 3, from, method: 'later', params: '[[[]]]', isNotification: false })
    layer.onRequest({ call: 4, from, method: 'nosuch', params: undefined, isNotification: true })
    layer.onPeerMessage(from, body('{'))
    layer.onRoomMessage('lobby', from, body('\0'))
    layer.onPresence(from, 'null', Infinity)
    layer.onService('demo', 'a1', '{"methods":null}')
    layer.onDevice('SN-1', '{"online":7}')
    layer.onProgress(1, '1')
    layer.onProgress(2, '1')
    client.lose({ reconnect: true, error: 'transport_closed' })
    await settled()
    await settled()
  }
  const count = 13

  it('comes to who listens for errors', async () => {
    const { app, client } = await joined()
    let heard = 0
    app.on('error', () => heard++)
    await provoke(app, client)
    assert.equal(heard, count)
    assert.deepEqual(
      client.given('fail').map(([call, code]) => [call, code]),
      [
        [1, -32603],
        [2, -32603],
        [4, -32601],
        [3, -32603],
      ],
    )
    await app.leave()
  })

  it('ends nothing where nobody listens, or the listener is broken: the console shows some of it', async (t) => {
    let now = 0
    t.mock.method(Date, 'now', () => now)
    const shown = t.mock.method(console, 'error', () => {})
    for (const listener of [undefined, broken, async () => broken()]) {
      const { app, client } = await joined()
      if (listener !== undefined) app.on('error', listener)
      await provoke(app, client)
      await new Promise((resolve) => setTimeout(resolve)) // where an uncaught error would be thrown
      assert.equal(shown.mock.callCount(), 11, 'ten, and that there are more')
      assert.match(String(shown.mock.calls.at(-1)?.arguments[0]), /no more errors for a minute/)
      now += 60_000
      client.layer.onRequest({ call: 5, from, method: 'later', params: undefined, isNotification: true })
      await settled()
      assert.equal(shown.mock.callCount(), 12)
      await app.leave()
      await settled() // its state is news to a broken handler as well
      shown.mock.resetCalls()
    }
  })
})
