import { BroadcastChannel } from 'node:worker_threads'
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { importSource } from './support/sources.mjs'

/** A browser's locks, shared by all tabs. */
class Locks {
  held = new Set()
  /** @type {(() => void)[]} */
  waiting = []

  /** @param {string} name @param {{ ifAvailable?: boolean, signal?: AbortSignal }} options @param {(lock: object | null) => unknown} use */
  async request(name, { ifAvailable, signal }, use) {
    if (this.held.has(name) && ifAvailable) return use(null)
    while (this.held.has(name)) await this.#turn(signal)
    this.held.add(name)
    await use({ name })
    this.held.delete(name)
    for (const go of this.waiting.splice(0)) go()
  }

  /** @param {AbortSignal | undefined} signal */
  #turn(signal) {
    return new Promise((resolve, reject) => {
      // The signal's own timer would let Node end.
      const alive = setInterval(() => {}, 1000)
      this.waiting.push(() => (clearInterval(alive), resolve(undefined)))
      signal?.addEventListener('abort', () => (clearInterval(alive), reject(signal.reason)))
    })
  }
}

/** @param {Record<string, string>} [items] */
function storage(items = {}) {
  return {
    items,
    getItem: (/** @type {string} */ key) => items[key] ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void (items[key] = value),
  }
}

/** @type {[string, PropertyDescriptor | undefined][]} */
let saved = []
/** @param {Record<string, unknown>} scope */
function play(scope) {
  for (const [name, value] of Object.entries(scope)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true })
}
beforeEach(() => {
  saved = ['navigator', 'sessionStorage', 'BroadcastChannel'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)])
})
afterEach(() => {
  for (const [name, descriptor] of saved) {
    if (descriptor) Object.defineProperty(globalThis, name, descriptor)
    else Reflect.deleteProperty(globalThis, name)
  }
})

const { claimIdentity, randomName } = await importSource('webapp/identity')

describe('the random part of a uid', () => {
  it('is four of a-z0-9, and all of them come', () => {
    const seen = new Set()
    for (let count = 0; count < 2000; count++) {
      const name = randomName()
      assert.match(name, /^[a-z0-9]{4}$/)
      for (const letter of name) seen.add(letter)
    }
    assert.equal(seen.size, 36)
  })

  it('stays over a reload, which lets go of the lock', async () => {
    play({ navigator: { locks: new Locks() }, sessionStorage: storage() })
    const first = await claimIdentity('acme:reload')
    first.release()
    const second = await claimIdentity('acme:reload')
    assert.equal(second.rand, first.rand)
    second.release()
  })

  it('stays over a reload where it is one of up to 16 characters', async () => {
    play({ navigator: { locks: new Locks() }, sessionStorage: storage({ 'websocket-mq acme:long': 'abcdefghij012345' }) })
    const { rand, release } = await claimIdentity('acme:long')
    assert.equal(rand, 'abcdefghij012345')
    release()
  })

  it('is another one in a tab that was duplicated, and stays that over its own reload', async () => {
    const locks = new Locks()
    const original = storage()
    play({ navigator: { locks }, sessionStorage: original })
    const first = await claimIdentity('acme:twin')
    const copy = storage({ ...original.items })
    // What this page itself holds is not asked for: the other tab's is played by the lock alone.
    const other = Object.keys(copy.items)[0] ?? ''
    copy.items[other] = 'zzzz'
    locks.held.add('websocket-mq acme:twin:zzzz')
    play({ sessionStorage: copy })
    const twin = await claimIdentity('acme:twin')
    assert.notEqual(twin.rand, 'zzzz')
    assert.equal(copy.items[other], twin.rand)
    twin.release()
    assert.equal((await claimIdentity('acme:twin')).rand, twin.rand)
    first.release()
  })

  it('is one of its own for each connection of a tab', async () => {
    play({ navigator: { locks: new Locks() }, sessionStorage: storage() })
    const [one, two] = [await claimIdentity('acme:two'), await claimIdentity('acme:two')]
    assert.notEqual(one.rand, two.rand)
    one.release()
    two.release()
    const again = [await claimIdentity('acme:two'), await claimIdentity('acme:two')]
    assert.deepEqual(
      again.map(({ rand }) => rand),
      [one.rand, two.rand],
    )
    for (const { release } of again) release()
  })

  it('that somebody else has is let go, and the next one kept', async () => {
    const locks = new Locks()
    const tab = storage()
    play({ navigator: { locks }, sessionStorage: tab })
    const [one, two] = [await claimIdentity('acme:taken'), await claimIdentity('acme:taken')]
    const former = one.rand
    one.rename('qqqq8888')
    assert.equal(one.rand, 'qqqq8888')
    assert.deepEqual(Object.values(tab.items), [`qqqq8888 ${two.rand}`])
    await settled()
    assert.deepEqual([...locks.held].sort(), [`websocket-mq acme:taken:${two.rand}`, 'websocket-mq acme:taken:qqqq8888'].sort())
    assert.ok(!locks.held.has(`websocket-mq acme:taken:${former}`))
    one.release()
    two.release()
    await settled()
    assert.deepEqual([...locks.held], [])
    assert.equal((await claimIdentity('acme:taken')).rand, 'qqqq8888')
  })

  it('is let go at once where it was renamed on the way out', async () => {
    const locks = new Locks()
    play({ navigator: { locks }, sessionStorage: storage() })
    const one = await claimIdentity('acme:leaving')
    one.rename('qqqq7777')
    one.release()
    await settled()
    assert.deepEqual([...locks.held], [])
  })

  it('is asked for on a channel where there are no locks', async () => {
    const shared = storage()
    play({ navigator: {}, sessionStorage: shared })
    const mine = await claimIdentity('acme:channel')
    const key = Object.keys(shared.items)[0] ?? ''
    shared.items[key] = 'yyyy'
    const otherTab = new BroadcastChannel('websocket-mq acme:channel:yyyy')
    otherTab.onmessage = () => otherTab.postMessage({ has: true })
    const next = await claimIdentity('acme:channel')
    otherTab.close()
    assert.notEqual(next.rand, 'yyyy')
    next.release()
    const reloaded = await claimIdentity('acme:channel')
    assert.equal(reloaded.rand, next.rand)
    reloaded.release()
    mine.release()
  })

  it('is new each time where nothing can tell two tabs apart, or nothing can be stored', async () => {
    play({ navigator: {}, sessionStorage: storage({ 'websocket-mq acme:bare': 'aaaa' }), BroadcastChannel: undefined })
    assert.notEqual((await claimIdentity('acme:bare')).rand, 'aaaa')
    Object.defineProperty(globalThis, 'sessionStorage', {
      configurable: true,
      get() {
        throw new Error('denied')
      },
    })
    play({ navigator: { locks: new Locks() } })
    assert.match((await claimIdentity('acme:denied')).rand, /^[a-z0-9]{4}$/)
  })
})
