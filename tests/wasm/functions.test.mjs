import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorNames } from './support/boundary.mjs'
import { shared } from './support/connected.mjs'

test('reasons have names', () => {
  assert.equal(shared.describeReason(0x87), 'Not authorized')
  assert.equal(shared.describeReason(0x7f), 'Unknown reason')
  assert.equal(shared.describeReason(999), 'Unknown reason')
})

test('errors have sentences', () => {
  for (const index of errorNames.keys()) assert.notEqual(shared.describeError(index), '')
})

test('memory() tells what is in use', () => {
  const { total, used } = shared.memory()
  assert.ok(used > 0 && used < total)
})
