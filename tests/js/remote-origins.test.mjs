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

/** @param {[number, string][]} left */
function scene(left = []) {
  /** @type {[number, string | undefined][]} */
  const stored = []
  /** @type {any[]} */
  const reported = []
  const store = {
    /** @type {((number: number) => string | undefined) | undefined} */
    originOf: undefined,
    origins: () => new Map(left),
    /** @param {{ put: any[], erased: any[] }} changes */
    write({ put }) {
      for (const { number } of put) stored.push([number, store.originOf?.(number)])
    },
    /** @param {any[]} given */
    onErased: (...given) => void reported.push(given),
  }
  const deliveries = new Deliveries()
  /** @param {string} tab */
  const attach = (tab) => {
    /** @type {any[]} */
    const told = []
    const port = { tab, send: (/** @type {any} */ command) => told.push(command) }
    deliveries.attach(port)
    return { port, told }
  }
  return { origins: new Origins(store, deliveries, messageOf), store, stored, reported, deliveries, attach }
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
})
