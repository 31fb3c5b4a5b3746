// Credentials that expire: when they are renewed, and by what.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, it } from 'node:test'
import FakeTimers from '@sinonjs/fake-timers'
import { connect, load } from 'websocket-mq'
import { TestBroker } from 'websocket-mq/testing'
import { connected, settled, until } from './support/connected.mjs'
import { importSource } from './support/sources.mjs'

const { expiryOf, renewalDelay } = await importSource('renewal/expiry')

/** A token with these claims, in seconds. @param {object} claims */
const token = (claims) =>
  ['{"alg":"HS256"}', JSON.stringify(claims), 'signature'].map((each) => Buffer.from(each).toString('base64url')).join('.')

describe('The end of credentials', () => {
  const now = 1_800_000_000_000
  const seconds = now / 1000

  it('is what they say themselves', () => {
    const at = now + 60_000
    assert.deepEqual(expiryOf({ expiresAt: at }, now), { at, left: 60_000 })
    assert.deepEqual(expiryOf({ expiresAt: at / 1000 }, now), { at, left: 60_000 }, 'in seconds, as tokens have it')
    assert.deepEqual(expiryOf({ expiresAt: new Date(at), password: token({ exp: seconds + 5 }) }, now), { at, left: 60_000 })
  })

  it('is the exp of a token, wherever it is', () => {
    const jwt = token({ exp: seconds + 60, sub: 'änn' })
    const expected = { at: now + 60_000, left: 60_000 }
    for (const given of [
      { password: jwt },
      { username: 'ann', password: new TextEncoder().encode(jwt) },
      { username: `Bearer ${jwt}`, password: 'x' },
      { authenticationData: new TextEncoder().encode(`n,,auth=Bearer ${jwt}`) },
      `wss://example.org/mqtt?token=${jwt}&v=1`,
    ])
      assert.deepEqual(expiryOf(given, now), expected)
  })

  it('is the first of several', () => {
    assert.equal(expiryOf({ username: token({ exp: seconds + 60 }), password: token({ exp: seconds + 30 }) }, now)?.left, 30_000)
  })

  it('is unknown where there is no token with one', () => {
    for (const given of [{ username: 'ann', password: 'secret' }, {}, 'wss://example.org/mqtt?x=eyJ.a.b', { password: new Uint8Array(3) }])
      assert.equal(expiryOf(given, now), undefined)
    for (const claims of [{}, { exp: 'soon' }, { iat: seconds }]) assert.equal(expiryOf({ password: token(claims) }, now), undefined)
    assert.equal(expiryOf({ password: 'eyJhbGciOiJIUzI1NiJ9.bm90IGpzb24.x' }, now), undefined)
  })

  it('counts from the issue where the clocks differ', () => {
    // The machine is an hour behind, or an hour ahead.
    assert.equal(expiryOf({ password: token({ iat: seconds + 3600, exp: seconds + 4200 }) }, now)?.left, 600_000)
    assert.equal(expiryOf({ password: token({ iat: seconds - 3600, exp: seconds - 3000 }) }, now)?.left, 600_000)
    // Not for one that comes from a cache.
    assert.equal(expiryOf({ password: token({ iat: seconds - 500, exp: seconds + 100 }) }, now)?.left, 100_000)
  })

  it('is met by a renewal between 80 and 90 % of the time, and 10 s before', () => {
    assert.equal(renewalDelay(3_600_000, 0), 2_880_000)
    assert.equal(renewalDelay(3_600_000, 1), 3_240_000)
    assert.equal(renewalDelay(60_000, 1), 50_000)
    assert.equal(renewalDelay(15_000, 0.5), 7_500)
    assert.equal(renewalDelay(100, 0), 1_000)
  })
})

describe('Authentication data that expires', () => {
  let count = 0
  const credentials = () => ({ authenticationData: Uint8Array.of(++count), expiresAt: Date.now() + 60_000 * count })
  const authentication = { method: 'TOKEN', respond: () => new Uint8Array() }

  /** @param {object} options */
  async function renewing(options) {
    count = 0
    // Before the time flies, which loading takes.
    await importSource('renewal/renewals')
    const opened = await connected({ credentials, ...options })
    const { module } = opened
    // Time flies.
    module.setTimer = (/** @type {() => void} */ act) => Number(setTimeout(act, 0))
    const clock = FakeTimers.install({ toFake: ['Date', 'performance'], now: Date.now() })
    const ask = /** @type {() => Promise<any>} */ (opened.client.connectOptions?.credentials)
    assert.deepEqual((await ask()).authenticationData, Uint8Array.of(1))
    await settled()
    return { ...opened, clock, ask }
  }

  it('is renewed on the same connection', async () => {
    const { mq, client, clock, ask } = await renewing({ authentication })
    try {
      await until(() => {
        clock.tick(1000)
        return client.reauthentications.length > 0
      })
      assert.deepEqual(client.reauthentications, [Uint8Array.of(2)])
      assert.equal(client.reconnects, 0)
      assert.deepEqual((await ask()).authenticationData, Uint8Array.of(3), 'the next attempt asks anew')
    } finally {
      clock.uninstall()
      await mq.disconnect()
    }
  })

  it('is asked for again where the broker does not take it', async () => {
    const { mq, client, clock } = await renewing({ authentication })
    try {
      client.throwNext = new Error('not_supported')
      await until(() => {
        clock.tick(1000)
        return client.reauthentications.length > 0
      })
      assert.equal(mq.state, 'connected')
    } finally {
      clock.uninstall()
      await mq.disconnect()
    }
  })
})

/** @type {import('@sinonjs/fake-timers').Clock} */
let clock
/** @type {TestBroker} */
let broker
/** What the broker saw. @type {any[]} */
let connects
/** @type {any[]} */
let disconnects

describe('A connection whose credentials expire', () => {
  beforeEach(async () => {
    await load()
    clock = FakeTimers.install({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'], now: 1_800_000_000_000 })
    connects = []
    disconnects = []
    broker = new TestBroker().install()
    broker.intercept(({ direction, packet }) => {
      if (direction === 'in' && packet.type === 'connect') connects.push({ ...packet, at: Date.now() })
      if (direction === 'in' && packet.type === 'disconnect') disconnects.push(packet)
      return undefined
    })
  })
  afterEach(() => {
    broker.close()
    clock.uninstall()
  })

  /** Time passes, and with it what takes turns of the loop, such as loading a script. @param {number} milliseconds */
  async function pass(milliseconds) {
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    await clock.tickAsync(milliseconds)
    for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
    await clock.tickAsync(1)
  }

  /** Waits in real time until the script that renews is there, whose loading no clock moves. */
  async function armed() {
    for (let i = 0; i < 1000 && clock.countTimers() < 2; i++) await new Promise((resolve) => setImmediate(resolve))
  }

  /** @param {object} options */
  async function open(options) {
    /** @type {string[]} */
    const states = []
    /** @type {string[]} */
    const log = []
    const mq = await connect(broker.url, {
      clientId: 'ann',
      keepAlive: 0,
      prepare: (/** @type {any} */ each) => each.on('state', (/** @type {any} */ { state }) => states.push(state)),
      log: (level, text) => level !== 'debug' && log.push(`${level} ${text}`),
      ...options,
    })
    states.length = 0
    await armed()
    return { mq, states, log }
  }

  for (const how of ['expiresAt', 'token'])
    it(`is replaced in time by ${how}, with its session, and loses and doubles nothing`, async () => {
      let count = 0
      const life = 600_000
      const issue = () => {
        const password = how === 'token' ? token({ exp: (Date.now() + life) / 1000, jti: ++count }) : `p${++count}`
        return how === 'token' ? { username: 'ann', password } : { username: 'ann', password, expiresAt: Date.now() + life }
      }
      // The broker ends a connection when its credentials do.
      let ended = 0
      broker.intercept(({ direction, packet }) => {
        if (direction === 'in' && packet.type === 'connect') {
          const number = connects.length
          setTimeout(() => {
            if (connects.length > number) return
            ended++
            broker.disconnect(0x87, 'ann')
          }, life)
        }
        return undefined
      })
      const { mq, states, log } = await open({ credentials: issue })
      /** @type {string[]} */
      const heard = []
      await mq.subscribe('a/#', { qos: 2 }, (message) => void heard.push(message.text())).ready
      const began = Date.now()
      /** @type {Promise<unknown>[]} */
      const sent = []
      for (let i = 0; i < 1400; i++) {
        sent.push(mq.publish('a/1', `mine ${i}`, { qos: /** @type {1 | 2} */ (1 + (i % 2)) }))
        broker.publish('a/2', `theirs ${i}`, { qos: 1 })
        await clock.tickAsync(1000)
        if (i % 100 === 0) await pass(0)
      }
      await Promise.all(sent)
      assert.deepEqual(
        heard.filter((text) => text.startsWith('mine')),
        Array.from({ length: 1400 }, (_, i) => `mine ${i}`),
      )
      assert.deepEqual(
        heard.filter((text) => text.startsWith('theirs')),
        Array.from({ length: 1400 }, (_, i) => `theirs ${i}`),
      )
      assert.equal(ended, 0)
      assert.ok(connects.length >= 3, `${connects.length} connections in 1400 s`)
      const [, second] = connects
      assert.ok(second.at - began >= 0.8 * life - 1000 && second.at - began <= 0.9 * life + 3000, `after ${second.at - began} ms`)
      assert.equal(second.cleanStart, false)
      assert.equal(new Set(connects.map(({ password }) => String(password))).size, connects.length)
      assert.deepEqual(new Set(disconnects.map(({ reasonCode }) => reasonCode)), new Set([0]))
      assert.deepEqual(states.slice(0, 3), ['reconnecting', 'reconnecting', 'connected'])
      assert.ok(log.includes('info Renewing the connection before its credentials expire.'))
      assert.deepEqual(log.filter((line) => /^(warn|error)/.test(line)), []) // prettier-ignore
      await mq.disconnect({ timeout: 0 })
    })

  it('goes on while the function has nothing better, says so once, and tries again', async () => {
    const first = { username: 'ann', password: 'old', expiresAt: Date.now() + 600_000 }
    let answer = () => first
    const { mq, states, log } = await open({ credentials: () => answer() })
    await pass(545_000)
    assert.equal(connects.length, 1)
    answer = () => {
      throw new Error('no network')
    }
    await pass(60_000)
    assert.deepEqual(states, [])
    assert.equal(log.filter((line) => line.startsWith('warn')).length, 1)
    answer = () => ({ username: 'ann', password: 'new', expiresAt: Date.now() + 600_000 })
    await pass(60_000)
    assert.deepEqual(connects.map(({ password }) => Buffer.from(password).toString()), ['old', 'new']) // prettier-ignore
    assert.equal(mq.state, 'connected')
    await mq.disconnect({ timeout: 0 })
  })

  it('asks for a new address where the token is in it', async () => {
    let asked = 0
    const addressOf = () => `${broker.url}`
    broker.close()
    const urls = /** @type {string[]} */ ([])
    broker = new TestBroker({ url: addressOf() }).install()
    const before = globalThis.WebSocket
    const Seen = new Proxy(before, {
      construct(target, [url, protocols]) {
        urls.push(String(url))
        return Reflect.construct(target, [String(url).split('?')[0], protocols])
      },
    })
    Object.defineProperty(globalThis, 'WebSocket', { value: Seen, configurable: true, writable: true })
    try {
      const mq = await connect(() => `${broker.url}?token=${token({ exp: Date.now() / 1000 + 600, jti: ++asked })}`, { keepAlive: 0 })
      await armed()
      await pass(545_000)
      assert.equal(urls.length, 2)
      assert.notEqual(urls[0], urls[1])
      assert.equal(mq.state, 'connected')
      await mq.disconnect({ timeout: 0 })
    } finally {
      Object.defineProperty(globalThis, 'WebSocket', { value: before, configurable: true, writable: true })
    }
  })

  it('ends its timer with the connection', async () => {
    const { mq } = await open({ sessionExpiryInterval: 0, credentials: () => ({ username: 'ann', expiresAt: Date.now() + 600_000 }) })
    assert.ok(clock.countTimers() > 0)
    await mq.disconnect({ timeout: 0 })
    await pass(5000)
    assert.equal(clock.countTimers(), 0)
  })

  it('does not turn in circles where the credentials have expired by this clock', async () => {
    const { mq, log } = await open({ credentials: () => ({ username: 'ann', expiresAt: Date.now() - 1 }) })
    await pass(600_000)
    assert.equal(connects.length, 1)
    assert.equal(log.filter((line) => line.startsWith('warn')).length, 1)
    await mq.disconnect({ timeout: 0 })
  })

  it('is replaced by reconnect(), with credentials asked for anew', async () => {
    let count = 0
    const { mq, states } = await open({ credentials: () => ({ username: `u${++count}` }) })
    mq.reconnect()
    await pass(10)
    assert.deepEqual(connects.map(({ username }) => username), ['u1', 'u2']) // prettier-ignore
    assert.deepEqual(states, ['reconnecting', 'reconnecting', 'connected'])
    await mq.disconnect({ timeout: 0 })
    assert.throws(() => mq.reconnect(), { code: 'closed' })
  })
})
