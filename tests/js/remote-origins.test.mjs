// Whose messages the records of an outbox are.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { Deliveries } = await importSource('remote/deliveries')
const { Origins } = await importSource('remote/origins')

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text)

/** Records are texts here: `topic qos payload`. @param {Uint8Array} record */
const messageOf = (record) => {
  const [topic = '', qos, payload = ''] = new TextDecoder().decode(record).split(' ')
  return topic === '' ? undefined : { topic, qos: Number(qos), payload: bytes(payload) }
}

/** @param {[number, string][]} left @param {[number, string][]} over */
function scene(left = [], over = []) {
  /** @type {[number, string | undefined][]} */
  const stored = []
  /** @type {any[]} */
  const reported = []
  /** @type {any[]} */
  const written = []
  const store = {
    /** @type {((number: number) => string | undefined) | undefined} */
    originOf: undefined,
    origins: () => new Map(left),
    over: () => new Map(over),
    /** @param {{ put: any[], erased: any[] }} changes */
    write(changes) {
      written.push(changes)
      const put = changes.put.filter(({ kind }) => kind < 3)
      for (const { number } of put) stored.push([number, store.originOf?.(number)])
    },
    /** @param {any[]} given */
    onErased: (...given) => void reported.push(given),
  }
  const deliveries = new Deliveries()
  /** @param {string} tab */
  const attach = (tab, mayMiss = false) => {
    /** @type {any[]} */
    const told = []
    const port = { tab, mayMiss, send: (/** @type {any} */ command) => told.push(command) }
    deliveries.attach(port)
    return { port, told }
  }
  return { origins: new Origins(store, deliveries, messageOf), store, stored, written, reported, deliveries, attach }
}

/** @param {number} number @param {string} text */
const record = (number, text) => ({ kind: 1, number, record: bytes(text) })

describe('the origin of a record', () => {
  it('is that of the message, in whatever order records come, and whichever need none', () => {
    const { origins, store, stored } = scene()
    origins.published('t', 1, 'a', 1, 'x')
    origins.published('u', 1, 'a', 2, bytes('x'))
    origins.published('t', 2, 'b', 1, 'y')
    origins.published('t', 3, 'a', 1, 'x')
    origins.ended('t', 2)
    store.write({ put: [record(9, 'a 1 x'), record(7, 'a 2 x'), { kind: 2, number: 9, record: bytes('') }], erased: [] })
    store.write({ put: [record(9, 'a 1 x'), record(10, 'a 1 x'), record(11, 'a 1 x')], erased: [] })
    assert.deepEqual(stored, [
      [9, 't 1'],
      [7, 'u 1'],
      [9, 't 1'],
      [9, 't 1'],
      [10, 't 3'],
      [11, undefined],
    ])
  })

  it('tells the next host what it has, and the tab that comes back what became of it', () => {
    const { store, reported, deliveries, attach } = scene([
      [5, 't 1'],
      [6, 't 2'],
      [7, 'gone 1'],
    ])
    const { port, told } = attach('t')
    assert.deepEqual(
      [1, 2, 3].map((operation) => deliveries.isKnown(port, operation)),
      [true, true, false],
    )
    store.onErased(1, 5, 'none', 0x10)
    store.onErased(1, 6, 'expired', 0)
    assert.deepEqual(told, [
      ['published', 1, 0x10, {}],
      ['publishFailed', 2, 'expired'],
    ])
    // A tab that is gone is not told: the page that is there is.
    store.onErased(1, 7, 'none', 0)
    store.onErased(2, 5, 'none', 0)
    assert.deepEqual(reported, [
      [1, 7, 'none', 0],
      [2, 5, 'none', 0],
    ])
  })

  it('is not given to another message that looks like one that was left', () => {
    const { origins, store, stored } = scene([[5, 't 1']])
    origins.published('u', 1, 'a', 2, 'x')
    // What was left is sent, and stored with its packet identifier, before the new one is.
    store.write({ put: [record(5, 'a 2 x')], erased: [] })
    store.write({ put: [record(6, 'a 2 x')], erased: [] })
    assert.deepEqual(stored, [
      [5, 't 1'],
      [6, 'u 1'],
    ])
  })
})

describe('what is over', () => {
  const published = (/** @type {number} */ operation) => ['published', operation, 0, {}]
  const expired = (/** @type {number} */ operation) => ['publishFailed', operation, 'expired']
  const ofItsOwn = (/** @type {any} */ { put, erased }) =>
    [put, erased].map((all) => all.filter((/** @type {any} */ { kind }) => kind === 3))

  it('is stored together with the end of the record, until the tab confirms it, and told to the tab by the next host', () => {
    const first = scene()
    const { origins, store, written, deliveries } = first
    const { port: firstPort } = first.attach('t', true)
    for (const operation of [1, 2]) {
      deliveries.began('t', operation, operation)
      origins.published('t', operation, 'a', 2, String(operation))
      store.write({ put: [record(4 + operation, `a 2 ${operation}`)], erased: [] })
    }
    deliveries.ended(1, published)
    deliveries.ended(2, expired)
    store.write({ put: [record(9, 'b 2 x')], erased: [] })
    assert.equal(written.flatMap(({ put }) => put).length, 3)
    store.write({ put: [], erased: [{ kind: 1, number: 5 }] })
    const [[over], none] = ofItsOwn(written.at(-1))
    assert.deepEqual([over, none], [{ kind: 3, number: 1, record: bytes(''), origin: '[["t",[[1,0],[2,"expired"]]]]' }, []])
    // Nothing is new.
    store.write({ put: [], erased: [{ kind: 1, number: 6 }] })
    assert.deepEqual(ofItsOwn(written.at(-1)), [[], []])

    const next = scene([], [[over.number, over.origin]])
    const again = next.attach('t', true)
    assert.deepEqual(
      [1, 2, 3].map((operation) => next.deliveries.isKnown(again.port, operation)),
      [true, true, false],
    )
    assert.deepEqual(again.told, [published(1), expired(2)])

    for (const { deliveries, store, written, port } of [
      { ...first, port: firstPort },
      { ...next, port: again.port },
    ]) {
      deliveries.heard(port, 1)
      store.write({ put: [], erased: [{ kind: 1, number: 9 }] })
      assert.deepEqual(ofItsOwn(written.at(-1)), [[], []])
      deliveries.heard(port, 1)
      store.write({ put: [], erased: [{ kind: 1, number: 10 }] })
      assert.deepEqual(ofItsOwn(written.at(-1)), [[], [{ kind: 3, number: over.number }]])
    }
  })

  it('is not stored where the tab has confirmed it before, and is in one record only', () => {
    const { store, written, deliveries, attach } = scene()
    const { port } = attach('t', true)
    const own = attach('own')
    for (let operation = 1; operation < 4; operation++) {
      deliveries.began('t', operation, operation)
      deliveries.ended(operation, published)
    }
    // What a page in the same place as the host is told it hears.
    deliveries.began('own', 1, 9)
    deliveries.ended(9, published)
    assert.deepEqual(own.told, [published(1)])
    deliveries.heard(port, 2)
    const erase = () => store.write({ put: [], erased: [{ kind: 1, number: 1 }] })
    erase()
    deliveries.began('t', 4, 4)
    deliveries.ended(4, published)
    erase()
    deliveries.heard(port, 2)
    erase()
    assert.deepEqual(
      written.map((changes) => ofItsOwn(changes).map((all) => all.map((/** @type {any} */ { number, origin }) => origin ?? number))),
      [
        [['[["t",[[3,0]]]]'], []],
        [['[["t",[[4,0]]]]'], []],
        [[], [1, 2]],
      ],
    )
  })

  it('is told to a tab that comes back, and forgotten where it leaves, or many others are away', () => {
    const { store, written, deliveries, attach } = scene()
    const end = (/** @type {string} */ tab) => {
      deliveries.began(tab, 1, 1)
      deliveries.ended(1, published)
    }
    const first = attach('t', true)
    end('t')
    deliveries.detach(first.port, true)
    const second = attach('t', true)
    assert.equal(deliveries.isKnown(second.port, 1), true)
    assert.deepEqual(second.told, [published(1)])
    deliveries.detach(second.port, false)
    assert.equal(deliveries.isKnown(attach('t').port, 1), false)

    for (let tab = 0; tab < 60; tab++) {
      const { port } = attach(`away ${tab}`, true)
      end(`away ${tab}`)
      deliveries.detach(port, true)
    }
    store.write({ put: [], erased: [{ kind: 1, number: 1 }] })
    assert.equal(JSON.parse(ofItsOwn(written.at(-1))[0][0].origin).length, 50)
    assert.deepEqual(
      [0, 59].map((tab) => deliveries.isKnown(attach(`away ${tab}`).port, 1)),
      [false, true],
    )
  })
})
