// What differs where the module runs outside of an ordinary page.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { reactive } from '@vue/reactivity'
import { WebSocket } from 'ws'
import { connected, connectTo, scripted } from './support/connected.mjs'
import { called } from './support/module.mjs'
import { publish } from './support/packets.mjs'

/** Whose messages say when they came by another clock, or do not say it. @param {() => number | undefined} clock */
const socketWith = (clock) =>
  class extends WebSocket {
    /** @param {(event: object) => void} handler */
    // @ts-expect-error It is an accessor there, too.
    set onmessage(handler) {
      super.onmessage = ({ data }) => handler({ data, timeStamp: clock() })
    }
  }

for (const [what, clock] of /** @type {[string, () => number | undefined][]} */ ([
  ['since 1970, as in jsdom', () => Date.now()],
  ['of another origin', () => performance.now() + 1e7],
  ['that has stopped', () => 0],
  ['that is not there', () => undefined],
]))
  test(`a lost connection comes back where events have a clock ${what}`, { timeout: 20_000 }, async (t) => {
    const { WebSocket: own } = globalThis
    globalThis.WebSocket = /** @type {any} */ (socketWith(clock))
    t.after(() => (globalThis.WebSocket = own))
    const { broker, client } = await scripted(t)
    const [peer] = await connectTo(broker, client, { reconnect: true, reconnectMinimum: 1, reconnectMaximum: 1 })
    const arrived = called(client, 'onMessageArrived')
    peer.send(publish('a', 'x'))
    await arrived
    const back = called(client, 'onConnected')
    peer.terminate()
    await broker.accept()
    assert.deepEqual((await back)[0], true)
  })

test('a socket that fails without being closed, as Chromium does it for a Content-Security-Policy, fails the attempt at once', async (t) => {
  const { WebSocket: own } = globalThis
  t.after(() => (globalThis.WebSocket = own))
  globalThis.WebSocket = /** @type {any} */ (
    class {
      readyState = 3
      constructor() {
        queueMicrotask(() => /** @type {any} */ (this).onerror?.({ target: this }))
      }
      close() {}
    }
  )
  const { client } = await scripted(t)
  const failure = /** @type {any} */ (await new Promise((onFailure) => client.connect({ reconnect: false, onFailure })))
  assert.equal(failure.error, 'transport_failed')
})

test('a client works behind a proxy', async (t) => {
  const { client, peer } = await connected(t)
  for (const wrapped of [new Proxy(client, {}), reactive({ client }).client]) {
    assert.equal(wrapped.uri, client.uri)
    assert.equal(wrapped.negotiated.maximumQos, 2)
    const arrived = called(wrapped, 'onMessageArrived')
    peer.send(publish('a', 'x'))
    assert.equal((await arrived)[0].payloadString, 'x')
    wrapped.publish('b', 'y')
    await peer.take('publish')
  }
})
