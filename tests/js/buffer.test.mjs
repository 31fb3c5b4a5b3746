import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { Buffer } = await importSource('buffer')

/** @param {any} buffer */
async function drain(buffer) {
  const items = []
  for (let item = await buffer.next(); !item.done; item = await buffer.next()) items.push(item.value)
  return items
}

describe('the bounded buffer', () => {
  it('delivers in order, whoever comes first', async () => {
    const buffer = new Buffer(10, 'drop_oldest')
    const early = buffer.next()
    buffer.push(1)
    buffer.push(2)
    buffer.end()
    assert.deepEqual(await early, { value: 1, done: false })
    assert.deepEqual(await drain(buffer), [2])
  })

  for (const [policy, kept] of /** @type {const} */ ([
    ['drop_oldest', [3, 4]],
    ['drop_newest', [1, 2]],
  ]))
    it(`${policy}: loses messages, and says so`, async () => {
      const buffer = new Buffer(2, policy)
      assert.deepEqual(
        [1, 2, 3, 4].map((item) => buffer.push(item)),
        [0, 0, 1, 1],
      )
      buffer.end()
      assert.deepEqual(await drain(buffer), kept)
    })

  it('fail: refuses what it has no room for', () => {
    const buffer = new Buffer(1, 'fail')
    assert.equal(buffer.push(1), 0)
    assert.equal(buffer.push(2), -1)
    assert.equal(buffer.size, 1)
  })

  it('throws its error once, after what it still holds', async () => {
    const buffer = new Buffer(5, 'drop_oldest')
    buffer.push(1)
    buffer.end({ reason: new Error('gone') })
    assert.equal((await buffer.next()).value, 1)
    await assert.rejects(buffer.next(), /gone/)
    assert.equal((await buffer.next()).done, true)
  })

  it('ends readers that wait: the first throws, the others end', async () => {
    const buffer = new Buffer(5, 'drop_oldest')
    const [first, second] = [buffer.next(), buffer.next()]
    buffer.end({ reason: new Error('gone') })
    await assert.rejects(first, /gone/)
    assert.equal((await second).done, true)
  })

  it('does not grow while it is read', async () => {
    const buffer = new Buffer(100, 'fail')
    let expected = 0
    for (let item = 0; item < 10_000; item++) {
      assert.equal(buffer.push(item), 0)
      if (item % 100 > 20) assert.equal((await buffer.next()).value, expected++)
      while (buffer.size > 50) assert.equal((await buffer.next()).value, expected++)
    }
  })
})
