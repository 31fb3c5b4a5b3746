import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { arrivedMessage } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { Router } = await importSource('router')
const { parseFilter } = await importSource('filter')

/** @param {any} router @param {string} topic @param {object} [more] */
const sinksFor = (router, topic, more) => router.targets(arrivedMessage(topic, '', more)).map((/** @type {any} */ target) => target.sink)
/** @param {...string} filters */
const patterns = (...filters) => filters.map((filter) => parseFilter(filter))

describe('the router', () => {
  it('serves subscriptions in the order in which they were made', () => {
    const router = new Router()
    router.add('wide', patterns('#'))
    router.add('exact', patterns('a/b'))
    router.add('one level', patterns('a/+'))
    assert.deepEqual(sinksFor(router, 'a/b'), ['wide', 'exact', 'one level'])
    assert.deepEqual(sinksFor(router, 'a/c'), ['wide', 'one level'])
  })

  it('serves a subscription of several filters once, by the first that matches', () => {
    const router = new Router()
    router.add('both', patterns('+first/b', 'a/+second'))
    assert.deepEqual(router.targets(arrivedMessage('a/b')), [{ sink: 'both', params: { first: 'a' } }])
  })

  it('keeps the answer for a topic number, and gives the same object again', () => {
    const router = new Router()
    router.add('x', patterns('a/+room'))
    assert.equal(router.targets(arrivedMessage('a/1')), router.targets(arrivedMessage('a/1')))
  })

  it('looks again when subscriptions came or went', () => {
    const router = new Router()
    router.add('x', patterns('a/+'))
    assert.deepEqual(sinksFor(router, 'a/1'), ['x'])
    router.add('y', patterns('a/1'))
    assert.deepEqual(sinksFor(router, 'a/1'), ['x', 'y'])
    router.remove('x', patterns('a/+'))
    router.remove('y', patterns('a/1'))
    assert.deepEqual(sinksFor(router, 'a/1'), [])
  })

  it('notices that a topic number was given to another topic', () => {
    const router = new Router()
    router.add('x', patterns('a'))
    assert.deepEqual(sinksFor(router, 'a', { topicId: 5 }), ['x'])
    assert.deepEqual(sinksFor(router, 'b', { topicId: 5 }), [])
    assert.deepEqual(sinksFor(router, 'a', { topicId: 5 }), ['x'])
  })

  it('takes high topic numbers first', () => {
    const router = new Router()
    router.add('x', patterns('#'))
    assert.deepEqual(sinksFor(router, 'far', { topicId: 16_384 }), ['x'])
    assert.deepEqual(sinksFor(router, 'near', { topicId: 0 }), ['x'])
  })
})
