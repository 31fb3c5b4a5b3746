import assert from 'node:assert/strict'
import { test } from 'node:test'
import { doubledPassages } from './check-docs.mjs'

const long = 'A passage that is long enough to be found, because it has more than eighty characters in all.'

test('a passage that is repeated is found, in one page, in two, wrapped otherwise, as an item of a list', () => {
  for (const pages of /** @type {Record<string, string>[]} */ ([
    { a: `${long}\n\nelse\n\n${long}\n` },
    { a: long, b: long },
    { a: long, b: long.replace(' enough', '\nenough') },
    { a: `- ${long}\n- ${long}` },
  ]))
    assert.equal(doubledPassages(pages).length, 1, JSON.stringify(pages))
})

test('so is a heading within a page', () => {
  assert.deepEqual(doubledPassages({ a: '# One\n\n## Two\n\nx\n\n## Two\n' }), ['"## Two" is repeated: a, a.'])
})

test('code, tables, short passages and the headings of other pages are not', () => {
  assert.deepEqual(
    doubledPassages({ a: `## One\n\n\`\`\`js\n${long}\n\n${long}\n\`\`\`\n\nshort\n\nshort\n\n| ${long} |`, b: `## One\n\n| ${long} |` }),
    [],
  )
})
