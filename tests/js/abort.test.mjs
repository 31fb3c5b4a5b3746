// Whatever waits can be given up by a signal, which is then not listened to any more.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { connected, settled } from './support/connected.mjs'
import { joined } from './support/fake-layer.mjs'
import { fakeModule } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { loadOnce } = await importSource('load')
const reason = new Error('not wanted any more')

/** A signal that counts who listens. */
function counted() {
  const controller = new AbortController()
  const { signal } = controller
  let listeners = 0
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (/** @type {any[]} */ ...given) => {
    listeners++
    return Reflect.apply(addEventListener, signal, given)
  }
  signal.removeEventListener = (/** @type {any[]} */ ...given) => {
    listeners = Math.max(0, listeners - 1)
    return Reflect.apply(removeEventListener, signal, given)
  }
  return { signal, abort: () => controller.abort(reason), listeners: () => listeners }
}

describe('drained()', () => {
  it('rejects with the reason, and waits for nothing then', async () => {
    const { mq, client } = await connected()
    mq.post('a', 'x', { qos: 1 })
    const { signal, abort } = counted()
    const [given, other] = [mq.drained(0, { signal }), mq.drained(0)]
    abort()
    await assert.rejects(given, reason)
    client.acknowledge(1)
    await other
  })

  it('leaves the signal alone when it is over, and is over at once where the signal was aborted', async () => {
    const { mq, client } = await connected()
    const { signal, listeners, abort } = counted()
    await mq.drained(0, { signal })
    mq.post('a', 'x', { qos: 1 })
    const waiting = mq.drained(0, { signal })
    assert.equal(listeners(), 1)
    client.acknowledge(1)
    await waiting
    assert.equal(listeners(), 0)
    abort()
    await assert.rejects(mq.drained(0, { signal }), reason)
  })
})

describe('unsubscribe()', () => {
  it('rejects with the reason, but the subscription is over', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe('a')
    client.grant(0, [0])
    const { signal, abort } = counted()
    const given = subscription.unsubscribe({ signal })
    abort()
    await assert.rejects(given, reason)
    assert.deepEqual([subscription.active, client.unsubscribes.length], [false, 1])
    client.unsubscribes[0]?.options.onSuccess({ reasonCodes: Uint8Array.of(0) })
    await subscription.unsubscribe()
  })

  it('does nothing where the signal was aborted, and leaves it alone when it is over', async () => {
    const { mq, client } = await connected()
    const subscription = mq.subscribe('a')
    client.grant(0, [0])
    await assert.rejects(subscription.unsubscribe({ signal: AbortSignal.abort(reason) }), reason)
    assert.deepEqual([subscription.active, client.unsubscribes.length], [true, 0])
    const { signal, listeners } = counted()
    const waiting = subscription.unsubscribe({ signal })
    client.unsubscribes[0]?.options.onSuccess({ reasonCodes: Uint8Array.of(0) })
    await waiting
    assert.equal(listeners(), 0)
  })
})

describe('disconnect()', () => {
  for (const when of ['before', 'meanwhile'])
    it(`does not wait for messages where it is aborted ${when}`, async () => {
      const { mq, client } = await connected()
      mq.post('a', 'x', { qos: 1 })
      const { signal, abort, listeners } = counted()
      if (when === 'before') abort()
      const ending = mq.disconnect({ signal, timeout: 1e9 })
      await settled()
      if (when === 'meanwhile') {
        assert.equal(client.disconnects, 0)
        abort()
      }
      assert.deepEqual(await ending, { error: undefined, unfinished: 1 })
      assert.deepEqual([client.disconnects, listeners()], [1, 0])
    })
})

describe('leave()', () => {
  for (const when of ['before', 'meanwhile'])
    it(`does not wait for the goodbye where it is aborted ${when}`, async () => {
      const { app, client } = await joined()
      const { signal, abort, listeners } = counted()
      if (when === 'before') abort()
      const leaving = app.leave({ signal })
      await settled()
      if (when === 'meanwhile') {
        assert.equal(app.state, 'connected')
        abort()
      }
      assert.deepEqual(await leaving, { error: undefined, unfinished: 0 })
      assert.deepEqual([app.state, client.disconnects > 0, listeners()], ['closed', true, 0])
    })
})

describe('load()', () => {
  it('rejects with the reason, and continues for others', async () => {
    /** @type {(module: unknown) => void} */
    let loaded = () => {}
    const load = loadOnce(() => new Promise((resolve) => (loaded = resolve)))
    const { signal, abort, listeners } = counted()
    const [given, other] = [load({ signal }), load()]
    abort()
    await assert.rejects(given, reason)
    await assert.rejects(load({ signal }), reason)
    const module = fakeModule()
    loaded(module)
    assert.equal(await other, module)
    assert.equal(await load({ signal: counted().signal }), module)
    assert.equal(listeners(), 0)
  })

  it('loads nothing where the signal was aborted', async () => {
    const load = loadOnce(() => assert.fail('loaded'))
    await assert.rejects(load({ signal: AbortSignal.abort(reason) }), reason)
  })
})
