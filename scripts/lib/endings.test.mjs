import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Endings } from './endings.mjs'

test('ends in the opposite order, also behind one that fails, and each once', async () => {
  const endings = new Endings()
  /** @type {number[]} */
  const ended = []
  const failure = new Error('stuck')
  for (const number of [1, 2, 3])
    endings.add({
      close: async () => {
        ended.push(number)
        if (number === 2) throw failure
      },
    })
  await assert.rejects(endings.close(), failure)
  assert.deepEqual(ended, [3, 2, 1])
  await endings.close()
  assert.deepEqual(ended, [3, 2, 1])
})
