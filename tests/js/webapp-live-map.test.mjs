import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { LiveMap } = await importSource('webapp/live-map')
const { Reader } = await importSource('webapp/reader')

/** @param {number} most */
const map = (most) => new LiveMap(assert.fail, most)

describe('a map that is kept up to date', () => {
  it('ignores what it has no room for, and takes it when somebody has gone', () => {
    const live = map(2)
    for (const key of ['a', 'b', 'c']) live.put(key, 1)
    assert.deepEqual([...live.keys()], ['a', 'b'])
    live.put('a', 2)
    assert.equal(live.get('a'), 2)
    live.remove('a')
    live.put('c', 3)
    assert.deepEqual([...live.keys()], ['b', 'c'])
  })

  it('reports to a loop the entries that only it kept', async () => {
    const live = map(1)
    const changes = live[Symbol.asyncIterator]()
    live.put('a', 1)
    live.put('b', 1)
    live.remove('b')
    live.remove('a')
    live.put('c', 1)
    assert.deepEqual(await changes.next(), { value: { type: 'appeared', key: 'c', value: 1 }, done: false })
  })
})

describe('a loop over its changes', () => {
  it('holds no more than the map does, however many come and go while nobody reads', async () => {
    /** @type {Map<string, number>} */
    const entries = new Map()
    const reader = new Reader(entries)
    const touch = (/** @type {string} */ key, /** @type {number | undefined} */ value) => {
      if (value === undefined) entries.delete(key)
      else entries.set(key, value)
      reader.touch(key)
    }
    touch('stays', 1)
    for (let number = 0; number < 10_000; number++) {
      touch(`key ${number}`, 1)
      touch(`key ${number}`, undefined)
    }
    assert.equal(reader.size, 1)
    assert.deepEqual(await reader.next(), { value: { type: 'appeared', key: 'stays', value: 1 }, done: false })
    touch('stays', undefined)
    touch('stays', 2)
    touch('stays', undefined)
    assert.equal(reader.size, 2)
    assert.deepEqual(await reader.next(), { value: { type: 'gone', key: 'stays', value: 1 }, done: false })
    assert.equal(reader.size, 0)
    touch('late', 1)
    touch('late', undefined)
    touch('late', 2)
    assert.deepEqual(await reader.next(), { value: { type: 'appeared', key: 'late', value: 2 }, done: false })
  })
})
