// What an outbox makes of the module's records, in memory.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { OutboxStore } = await importSource('outbox/outbox')

const OUTGOING = 1
/** At QoS 2 by MQTT 3.1.1, sent with the packet identifier 7: topic "a/b", payload "hello". */
const sent = Uint8Array.of(1, 4, 0, 0, 7, 0x34, 12, 0, 3, ...Buffer.from('a/b'), 0, 7, ...Buffer.from('hello'))
/** The broker has confirmed it: the module needs its identifier alone. */
const released = Uint8Array.of(1, 4, 3, 0, 7)

/** The store of one page after another. */
class Pages {
  /** @type {Map<string, any>} */
  rows = new Map()
  /** @type {any[]} */
  delivered = []

  next() {
    const storage = {
      write: async (/** @type {string} */ _slot, /** @type {any[]} */ put, /** @type {any[]} */ erased) => {
        for (const { kind, number } of erased) this.rows.delete(`${kind}/${number}`)
        for (const row of put) this.rows.set(`${row.kind}/${row.number}`, structuredClone(row))
      },
      save: async () => {},
    }
    const claim = { slot: { id: 'x' }, rows: [...this.rows.values()], release: () => {} }
    const handlers = { onDelivered: (/** @type {any} */ facts) => this.delivered.push(facts), onOver: () => {} }
    return new OutboxStore(storage, claim, () => true, handlers)
  }
}

for (const left of ['before', 'after'])
  it(`a message that the broker confirmed ${left} its page was left is told as it was`, async () => {
    const pages = new Pages()
    const first = pages.next()
    const confirmed = { put: [{ kind: OUTGOING, number: 1, record: released }], erased: [] }
    await first.write({ put: [{ kind: OUTGOING, number: 1, record: sent }], erased: [] })
    if (left === 'after') await first.write(confirmed)
    const second = pages.next()
    const [given] = second.records
    assert.deepEqual(given?.record.subarray(0, 5), left === 'after' ? released : sent.subarray(0, 5))
    if (left === 'before') await second.write(confirmed)
    assert.equal((await second.stored()).messages, 1)
    second.onErased(OUTGOING, 1, 'none', 0)
    const [{ topic, qos, retain, reasonCode, bytes }] = pages.delivered
    assert.deepEqual([topic, qos, retain, reasonCode, Buffer.from(bytes).toString()], ['a/b', 2, false, 0, 'hello'])
  })
