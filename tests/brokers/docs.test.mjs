import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { agrees, expectedOf } from './expected.mjs'
import { brokers } from './known.mjs'

const page = await readFile(new URL('../../docs/brokers.md', import.meta.url), 'utf8')
const table = page.slice(page.indexOf('## Measured'), page.indexOf('## How to read it'))
const [head = [], , ...rows] = table
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )

/** A cell as one value for each version, or for all. @param {string} cell @returns {[version: string, value: string][]} */
function valuesOf(cell) {
  const [, three, five] = /^3\.1\.1: (.*); 5: (.*)$/.exec(cell) ?? []
  if (three !== undefined && five !== undefined)
    return /** @type {const} */ ([
      ['3.1.1', three],
      ['5', five],
    ]).map(([version, value]) => [version, value])
  return [
    ['3.1.1', cell],
    ['5', cell],
  ]
}

describe('the matrix in docs/brokers.md', () => {
  it('has a column for each broker, with its version', () => {
    assert.deepEqual(
      head.slice(1).map((cell) => cell.replace(/ [\d.]+$/, '')),
      brokers.map(({ name }) => name),
    )
  })

  for (const [column, { name }] of brokers.entries())
    it(`says of ${name} what the tests expect`, () => {
      const expected = expectedOf(name)
      assert.deepEqual(rows.map(([row]) => row).sort(), Object.keys(expected).sort())
      const spoken = (rows[0]?.[column + 1] ?? '').split(', ')
      for (const [row = '', ...cells] of rows)
        for (const [version, value] of valuesOf(cells[column] ?? ''))
          if (spoken.includes(version) && !value.startsWith('not tried (no MQTT'))
            assert.ok(agrees(value, expected[row], version), `${row}: ${value}`)
    })
})
