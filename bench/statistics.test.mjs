import assert from 'node:assert/strict'
import { test } from 'node:test'
import { median, quantile, spread } from './statistics.mjs'

test('the median is the middle, or between the two in the middle', () => {
  assert.equal(median([9, 1, 5]), 5)
  assert.equal(median([4, 1, 2, 3]), 2.5)
  assert.equal(median([7]), 7)
})

test('quantiles lie between the values', () => {
  const values = Array.from({ length: 101 }, (_, index) => 100 - index)
  assert.equal(quantile(values, 0.95), 95)
  assert.equal(quantile([0, 10], 0.25), 2.5)
})

test('the spread is relative, and deaf to an outlier', () => {
  assert.equal(spread([10, 10, 10, 10, 1000]), 0)
  assert.ok(Math.abs(spread([90, 95, 100, 105, 110]) - 0.05) < 1e-9)
})
