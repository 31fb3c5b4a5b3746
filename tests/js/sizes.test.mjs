// docs/performance.md says what the build weighs, and nothing is over its budget.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { measure, table } from '../../js/sizes.mjs'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))
/** Compilers and compressors of other builds differ by a little. */
const TOLERANCE = 0.02

/** Name and KB of brotli of each row. @param {string} text */
const rowsOf = (text) =>
  [...text.matchAll(/^\| ([^|]+?) +\| +([\d.]+) +\|/gm)].map(([, name = '', kilobytes]) => ({ name, size: Number(kilobytes) }))

it('docs/performance.md has the sizes of this build', async () => {
  const page = await readFile(new URL('../../docs/performance.md', import.meta.url), 'utf8')
  const [, written = ''] = /<!-- entries -->\n([^]*?)<!-- \/entries -->/.exec(page) ?? []
  const built = await table(dist)
  const [documented, measured] = [rowsOf(written), rowsOf(built)]
  const remedy = `Put this between the comments "entries" of docs/performance.md:\n\n${built}\n`
  assert.deepEqual(documented.map(({ name }) => name), measured.map(({ name }) => name), remedy) // prettier-ignore
  for (const [index, { name, size }] of measured.entries()) {
    const said = documented[index]?.size ?? 0
    assert.ok(Math.abs(said - size) <= Math.max(0.15, size * TOLERANCE), `${name} has ${size} KB, and not ${said}. ${remedy}`)
  }
})

it('nothing that a page loads is over its budget', async () => {
  const measured = await measure(dist)
  assert.ok(measured.length > 10)
  for (const { name, brotli, budget } of measured) assert.ok(brotli <= budget, `${name}: ${brotli} of ${budget} bytes`)
})
