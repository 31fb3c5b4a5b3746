// The parts that a webapp hands out: maps that others keep, feeds, calls.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { settled } from './support/connected.mjs'
import { importSource } from './support/sources.mjs'

const { LiveMap } = await importSource('webapp/live-map')
const { Feed } = await importSource('webapp/feed')
const { Call } = await importSource('webapp/call')
const rethrow = (/** @type {unknown} */ thrown) => {
  throw thrown
}

describe('a live map', () => {
  it('begins a loop with the present entries, and continues with changes', async () => {
    const map = new LiveMap(rethrow)
    map.put('a', 1)
    const changes = map[Symbol.asyncIterator]()
    assert.deepEqual((await changes.next()).value, { type: 'appeared', key: 'a', value: 1 })
    const next = changes.next()
    map.put('a', 2)
    assert.deepEqual((await next).value, { type: 'changed', key: 'a', value: 2 })
    map.remove('a')
    assert.deepEqual((await changes.next()).value, { type: 'gone', key: 'a', value: 2 })
    assert.equal(map.size, 0)
  })

  it('skips outdated changes for a slow loop', async () => {
    const map = new LiveMap(rethrow)
    const changes = map[Symbol.asyncIterator]()
    for (let value = 0; value < 100; value++) map.put('a', value)
    map.put('b', 1)
    map.remove('b')
    map.put('c', 1)
    assert.deepEqual((await changes.next()).value, { type: 'appeared', key: 'a', value: 99 })
    assert.deepEqual((await changes.next()).value, { type: 'appeared', key: 'c', value: 1 })
    map.end()
    assert.equal((await changes.next()).done, true)
  })

  it('gives several readers that wait a change each', async () => {
    const map = new LiveMap(rethrow)
    const changes = map[Symbol.asyncIterator]()
    const both = [changes.next(), changes.next()]
    map.put('a', 1)
    map.put('b', 2)
    assert.deepEqual(
      (await Promise.all(both)).map(({ value }) => value?.key),
      ['a', 'b'],
    )
  })

  it('waits until something holds', async () => {
    const map = new LiveMap(rethrow)
    const reached = map.until((/** @type {any} */ { size }) => size === 2)
    map.put('a', 1)
    map.put('b', 1)
    await reached
    const abort = new AbortController()
    const waiting = map.until(() => false, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await assert.rejects(waiting, { message: 'enough' })
  })

  it('ends a loop that waits', async () => {
    const map = new LiveMap(rethrow)
    const waiting = map[Symbol.asyncIterator]().next()
    map.end()
    assert.deepEqual(await waiting, { value: undefined, done: true })
  })
})

describe('a feed', () => {
  it('serves handlers and loops, and survives what a handler throws', async () => {
    /** @type {unknown[]} */
    const [seen, thrown] = [[], []]
    const feed = new Feed((/** @type {unknown} */ error) => void (/** @type {any} */ (thrown).push(error)))
    feed.on(() => rethrow('a handler threw'))
    const off = feed.on((/** @type {unknown} */ item) => /** @type {any} */ (seen).push(item))
    const loop = feed[Symbol.asyncIterator]()
    feed.push(1)
    off()
    feed.push(2)
    feed.end()
    assert.deepEqual([seen, thrown], [[1], ['a handler threw', 'a handler threw']])
    assert.deepEqual(
      [await loop.next(), await loop.next(), await loop.next()].map(({ value }) => value),
      [1, 2, undefined],
    )
  })
})

function newCall(/** @type {any} */ onProgress) {
  /** @type {number[]} */
  const granted = []
  const asked = { granted, cancelled: 0, overrun: 0 }
  const host = {
    grant: (/** @type {number} */ count) => granted.push(count),
    cancel: () => asked.cancelled++,
    overrun: () => asked.overrun++,
  }
  const call = new Call(host, onProgress)
  return { call, asked }
}
const sum = (/** @type {number[]} */ numbers) => numbers.reduce((total, number) => total + number, 0)

describe('a call', () => {
  it('is a promise, and an iteration over its progress', async () => {
    const { call, asked } = newCall(undefined)
    /** @type {unknown[]} */
    const seen = []
    const reading = (async () => {
      for await (const item of call) seen.push(item)
    })()
    for (let item = 0; item < 40; item++) call.progress(item)
    call.succeed('done')
    await reading
    assert.equal(await call, 'done')
    assert.deepEqual([seen.length, seen.at(-1)], [40, 39])
    assert.equal(asked.cancelled, 0)
  })

  it('grants credit as the loop reads, and not before', async () => {
    const { call, asked } = newCall(undefined)
    const steps = call[Symbol.asyncIterator]()
    for (let item = 0; item < 64; item++) call.progress(item)
    assert.equal(sum(asked.granted), 0)
    for (let item = 0; item < 32; item++) await steps.next()
    assert.equal(sum(asked.granted), 32)
  })

  it('grants by itself to a handler, and where nobody reads', async () => {
    /** @type {unknown[]} */
    const seen = []
    const heard = newCall((/** @type {unknown} */ item) => seen.push(item))
    const ignored = newCall(undefined)
    const result = ignored.call.then((/** @type {unknown} */ value) => value)
    for (let item = 0; item < 200; item++) {
      heard.call.progress(item)
      ignored.call.progress(item)
    }
    assert.equal(seen.length, 200)
    for (const { asked } of [heard, ignored]) assert.ok(200 - sum(asked.granted) < 16)
    ignored.call.succeed(1)
    assert.equal(await result, 1)
  })

  it('continues if its result is awaited when all credit is used up', async () => {
    for (const unread of [0, 50, 64]) {
      const { call, asked } = newCall(undefined)
      for (let item = 0; item < unread; item++) call.progress(item)
      const result = call.then((/** @type {unknown} */ value) => value)
      await settled()
      for (let item = unread; item < 64; item++) call.progress(item)
      assert.ok(64 - sum(asked.granted) < 16, `${unread} were unread`)
      call.succeed(1)
      assert.equal(await result, 1)
    }
  })

  it('is read in full where it is awaited and then read', async () => {
    const { call, asked } = newCall(undefined)
    for (let item = 0; item < 64; item++) call.progress(item)
    call.catch(() => {})
    const steps = call[Symbol.asyncIterator]()
    await settled()
    assert.deepEqual([(await steps.next()).value, sum(asked.granted)], [0, 0])
  })

  it('keeps no more than a responder may have sent', () => {
    const { call, asked } = newCall(undefined)
    call[Symbol.asyncIterator]()
    for (let item = 0; item < 64 + 256; item++) call.progress(item)
    assert.equal(asked.overrun, 0)
    call.progress(0)
    assert.equal(asked.overrun, 1)
  })

  it('reports it if the loop began too late', () => {
    const { call } = newCall(undefined)
    for (let item = 0; item < 65; item++) call.progress(item)
    assert.throws(() => call[Symbol.asyncIterator](), { name: 'InvalidArgumentError' })
  })

  it('is cancelled by leaving the loop, unless its result is awaited', async () => {
    const left = newCall(undefined)
    left.call.progress(1)
    for await (const item of left.call) if (item === 1) break
    assert.equal(left.asked.cancelled, 1)
    const awaited = newCall(undefined)
    const steps = awaited.call[Symbol.asyncIterator]()
    const result = awaited.call.then((/** @type {unknown} */ value) => value)
    await steps.return()
    awaited.call.succeed(2)
    assert.deepEqual([await result, awaited.asked.cancelled], [2, 0])
  })

  it('throws in the loop what went wrong, and nowhere else', async () => {
    const { call } = newCall(undefined)
    call.progress(1)
    const steps = call[Symbol.asyncIterator]()
    call.fail(new Error('broken'))
    assert.equal((await steps.next()).value, 1)
    await assert.rejects(steps.next(), { message: 'broken' })
    await settled()
  })
})
