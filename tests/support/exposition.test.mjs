// The reader of metrics finds what is wrong with them.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { parseExposition, valueOf } from './exposition.mjs'

const sound = `# HELP a_total A "thing"\\\\ and\\n another.
# TYPE a_total counter
a_total{x="\\"\\\\\\n",y=""} 3
a_total 1e+06
# HELP h A histogram.
# TYPE h histogram
h_bucket{le="0.1"} 1
h_bucket{le="+Inf"} 2
h_sum 5.5
h_count 2
`

it('reads what the format allows', () => {
  const families = parseExposition(sound)
  assert.equal(families.get('a_total')?.help, 'A "thing"\\ and\n another.')
  assert.equal(valueOf(families, 'a_total', { x: '"\\\n', y: '' }), 3)
  assert.equal(valueOf(families, 'h_bucket', { le: '+Inf' }), 2)
  assert.equal(valueOf(families, 'nothing'), undefined)
})

for (const [from, to] of [
  ['h_count 2\n', 'h_count 2'],
  ['h_count 2', 'h_count 3'],
  ['h_sum 5.5\n', ''],
  ['le="0.1"} 1', 'le="0.1"} 3'],
  ['le="0.1"', 'le="+Inf"'],
  ['h_bucket{le="+Inf"} 2\n', ''],
  ['# TYPE h histogram\n', ''],
  ['# TYPE h histogram', '# TYPE h graph'],
  ['# HELP h', '# HELP a_total'],
  ['a_total 1e+06', 'a_total 1e+06\na_total 2'],
  ['a_total 1e+06', 'a_total one'],
  ['a_total 1e+06', 'b_total 1'],
  ['a_total 1e+06', 'a_total -1'],
  ['y=""', 'x=""'],
  ['y=""', 'y-z=""'],
  ['y=""', 'y="\\q"'],
  ['x="\\"', 'x="""'],
]) {
  it(`refuses ${JSON.stringify(to)} in the place of ${JSON.stringify(from)}`, () => {
    assert.ok(sound.includes(from))
    assert.throws(() => parseExposition(sound.replace(from, to)))
  })
}
