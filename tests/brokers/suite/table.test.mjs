import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cell, markdown, text } from './table.mjs'

describe('the matrix of brokers', () => {
  it('says once what both versions of MQTT found', () => assert.equal(cell({ '3.1.1': 'yes', 5: 'yes' }), 'yes'))
  it('tells versions apart where they differ', () => assert.equal(cell({ '3.1.1': 'no', 5: 'yes' }), '3.1.1: no; 5: yes'))
  it('leaves a version out that the broker does not speak, unless there is no other', () => {
    assert.equal(cell({ '3.1.1': 'yes', 5: 'not tried (no MQTT 5)' }), 'yes')
    assert.equal(cell({ 5: 'not tried (no MQTT 5)' }), 'not tried (no MQTT 5)')
  })
  it('says of a broker that is not there why', () => {
    const columns = [
      { name: 'A', version: '1', results: { row: { all: 'a|b' } } },
      { name: 'B', absent: 'not available here' },
    ]
    assert.equal(markdown(columns), '|  | A 1 | B |\n| --- | --- | --- |\n| row | a\\|b | not available here |\n')
    assert.equal(text(columns), '     A 1  B\nrow  a|b  not available here\n')
  })
  it('breaks long cells', () => {
    const long = Array.from({ length: 12 }, () => 'word').join(' ')
    const lines = text([{ name: 'A', results: { row: { all: long } } }]).split('\n')
    assert.ok(lines.length > 3 && lines.every((line) => line.length < 60))
  })
})
