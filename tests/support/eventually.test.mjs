import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually, within } from './eventually.mjs'

const never = () => new Promise(() => {})

test('what takes too long is named', async () => {
  await assert.rejects(within('a light', never(), 10), /Not within 0.01 s: a light/)
  await assert.rejects(within('a light', Promise.reject(new Error('dark')), 60_000), /^Error: dark$/)
  assert.equal(await within('a light', Promise.resolve('on'), 60_000), 'on')
})

test('a condition is asked until it is so, whether it says no or fails', async () => {
  const answers = [() => false, () => Promise.reject(new Error('not yet')), () => true]
  await eventually('three are asked', () => answers.shift()?.())
  assert.equal(answers.length, 0)
})

test('a condition that fails or hangs to the end is named, and so is why', async () => {
  const failure = (/** @type {RegExp} */ reason) => (/** @type {Error} */ error) => {
    assert.match(String(error), /Not within 0.05 s: it is light/)
    assert.match(String(error.cause), reason)
    return true
  }
  await assert.rejects(
    eventually('it is light', () => Promise.reject(new Error('a cloud')), 50),
    failure(/a cloud|an answer/),
  )
  await assert.rejects(eventually('it is light', never, 50), failure(/an answer to whether it is light/))
})
