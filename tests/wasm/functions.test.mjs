import assert from 'node:assert/strict'
import { test } from 'node:test'
import { errorNames } from './support/boundary.mjs'
import { shared } from './support/connected.mjs'

test('topics', () => {
  assert.equal(shared.topicMatches('a/+/#', 'a/b/c/d'), true)
  assert.equal(shared.topicMatches('#', '$SYS/a'), false)
  assert.equal(shared.topicMatches('$share/g/ü/+', 'ü/b'), true)
  assert.equal(shared.topicMatches('a/#/b', 'a/x/b'), false)
  assert.equal(shared.topicMatches('a', 'a/#'), false)
  assert.equal(shared.isValidTopicFilter('a/+'), true)
  assert.equal(shared.isValidTopicFilter('a+'), false)
  assert.equal(shared.isValidTopicName('a/b'), true)
  assert.equal(shared.isValidTopicName('a/+'), false)
})

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
