import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { arrivedMessage } from './support/fake-module.mjs'
import { importSource } from './support/sources.mjs'

const { Router } = await importSource('router')
const { parseFilter } = await importSource('filter')

/** @param {any} router @param {string} topic @param {object} [more] */
const subscribersFor = (router, topic, more) =>
  router.targets(arrivedMessage(topic, '', more)).map((/** @type {any} */ target) => target.subscriber)
/** @param {...string} filters */
const patterns = (...filters) => filters.map((filter) => parseFilter(filter))
const newRouter = () => new Router((/** @type {number} */ identifier) => identifier < 100)
/** @param {any} router @param {unknown} subscriber @param {Record<string, number>} filters and the identifiers of their subscriptions */
const add = (router, subscriber, filters, wantsStored = true) =>
  router.add(
    subscriber,
    patterns(...Object.keys(filters)),
    Object.values(filters).map((identifier) => ({ identifier, retainAsPublished: false })),
    wantsStored,
  )

describe('the router', () => {
  it('serves subscriptions in the order in which they were made', () => {
    const router = newRouter()
    add(router, 'wide', { '#': 0 })
    add(router, 'exact', { 'a/b': 0 })
    add(router, 'one level', { 'a/+': 0 })
    assert.deepEqual(subscribersFor(router, 'a/b'), ['wide', 'exact', 'one level'])
    assert.deepEqual(subscribersFor(router, 'a/c'), ['wide', 'one level'])
  })

  it('serves a subscription of several filters once, by the first that matches', () => {
    const router = newRouter()
    add(router, 'both', { '+first/b': 0, 'a/+second': 0 })
    const targets = router.targets(arrivedMessage('a/b'))
    assert.deepEqual(
      targets.map((/** @type {any} */ { subscriber, params }) => [subscriber, params]),
      [['both', { first: 'a' }]],
    )
  })

  it('keeps the answer for a topic number, and gives the same object again', () => {
    const router = newRouter()
    add(router, 'x', { 'a/+room': 0 })
    assert.equal(router.targets(arrivedMessage('a/1')), router.targets(arrivedMessage('a/1')))
  })

  it('looks again when subscriptions came or went', () => {
    const router = newRouter()
    add(router, 'x', { 'a/+': 0 })
    assert.deepEqual(subscribersFor(router, 'a/1'), ['x'])
    add(router, 'y', { 'a/1': 0 })
    assert.deepEqual(subscribersFor(router, 'a/1'), ['x', 'y'])
    router.remove('x', patterns('a/+'))
    router.remove('y', patterns('a/1'))
    assert.deepEqual(subscribersFor(router, 'a/1'), [])
  })

  it('notices that a topic number was given to another topic', () => {
    const router = newRouter()
    add(router, 'x', { a: 0 })
    assert.deepEqual(subscribersFor(router, 'a', { topicId: 5 }), ['x'])
    assert.deepEqual(subscribersFor(router, 'b', { topicId: 5 }), [])
    assert.deepEqual(subscribersFor(router, 'a', { topicId: 5 }), ['x'])
  })

  it('takes high topic numbers first', () => {
    const router = newRouter()
    add(router, 'x', { '#': 0 })
    assert.deepEqual(subscribersFor(router, 'far', { topicId: 16_384 }), ['x'])
    assert.deepEqual(subscribersFor(router, 'near', { topicId: 0 }), ['x'])
  })
})

describe('the router, with subscription identifiers', () => {
  it('gives each copy to those whose own it is', () => {
    const router = newRouter()
    add(router, 'wide', { 'a/#': 1 })
    add(router, 'exact', { 'a/b': 2 })
    add(router, 'also exact', { 'a/b': 2 })
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: 1 }), ['wide'])
      assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: 2 }), ['exact', 'also exact'])
      assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: [1, 2] }), ['wide', 'exact', 'also exact'])
    }
  })

  it('serves a subscription whose filters overlap once', () => {
    const router = newRouter()
    add(router, 'both', { 'a/#': 1, 'a/b': 2 })
    const all = [1, 2, [2, 1]].map((subscriptionIdentifier) => subscribersFor(router, 'a/b', { subscriptionIdentifier }))
    assert.deepEqual(all, [['both'], [], ['both']])
  })

  it('leaves out what comes by a subscription that is over, and not by one of an older session', () => {
    const router = newRouter()
    add(router, 'wide', { 'a/#': 1 })
    assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: 2 }), [])
    assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: 200 }), ['wide'])
  })

  it('finds the subscriptions whose filters only the broker understands', () => {
    const router = newRouter()
    add(router, 'ordered', { '$oshare/group/a/+': 1 })
    add(router, 'plain', { '#': 2 })
    assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: 1 }), ['ordered'])
    assert.deepEqual(subscribersFor(router, 'a/b', { subscriptionIdentifier: 2 }), ['plain'])
    assert.deepEqual(subscribersFor(router, 'a/b'), ['plain'])
    assert.deepEqual(subscribersFor(router, '$oshare/group/a/b'), ['ordered'])
  })
})

for (const subscriptionIdentifier of [undefined, 1])
  describe(`stored messages, ${subscriptionIdentifier === undefined ? 'without' : 'with'} subscription identifiers`, () => {
    const filters = { 'a/+': subscriptionIdentifier ?? 0 }
    const stored = { subscriptionIdentifier, retained: true }
    const live = { subscriptionIdentifier }

    it('come for a further subscriber, and not again for the others', () => {
      const router = newRouter()
      add(router, 'first', filters)
      assert.deepEqual(subscribersFor(router, 'a/1', stored), ['first'])
      add(router, 'second', filters)
      assert.deepEqual(subscribersFor(router, 'a/1', stored), ['second'])
      assert.deepEqual(subscribersFor(router, 'a/1', live), ['first', 'second'])
    })

    it('are not told to those who heard the message when it was published', () => {
      const router = newRouter()
      add(router, 'first', filters)
      assert.deepEqual(subscribersFor(router, 'a/1', live), ['first'])
      add(router, 'second', filters)
      assert.deepEqual(subscribersFor(router, 'a/1', stored), ['second'])
    })

    it('of two that subscribe at once are told once to each', () => {
      const router = newRouter()
      add(router, 'first', filters)
      add(router, 'second', filters)
      const copies = [subscribersFor(router, 'a/1', stored), subscribersFor(router, 'a/1', stored)]
      assert.deepEqual(copies, [['first', 'second'], []])
    })

    it('are never lost to one subscriber alone, whatever the broker marks as stored', () => {
      const router = newRouter()
      add(router, 'only', filters)
      const copies = [live, stored, stored, live, stored].map((more) => subscribersFor(router, 'a/1', more))
      assert.deepEqual(copies, Array(5).fill(['only']))
    })

    it('come anew for all of them with a new session', () => {
      const router = newRouter()
      add(router, 'first', filters)
      add(router, 'second', filters)
      void [subscribersFor(router, 'a/1', stored), subscribersFor(router, 'a/1', stored)]
      router.reset()
      assert.deepEqual(subscribersFor(router, 'a/1', stored), ['first', 'second'])
    })

    it('are not told to who does not want them', () => {
      const router = newRouter()
      add(router, 'never', filters, false)
      add(router, 'second', filters)
      assert.deepEqual(subscribersFor(router, 'a/1', stored), ['second'])
    })
  })
