// Each sentence that docs/troubleshooting.md has of the doctor is one that the doctor says.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { root } from '../../scripts/lib/root.mjs'

const gap = '[^]{0,700}?' // what the doctor puts in, in place of "…"; where sentences begin alike, that is written once
const between = '\u0001' // something that is not text

/** Texts of a source file in their order, those that the compiler joins as one. @param {string} source */
function textsOf(source) {
  const code = source.replace(/^\s*(?:\/\/|\*|\/\*|#include|import ).*$/gm, '')
  const literals = [...code.matchAll(/"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g)]
  let text = ''
  let end = 0
  for (const literal of literals) {
    const [whole, inDouble, inSingle, template] = literal
    if (code.slice(end, literal.index).trim() !== '') text += between
    text += inDouble ?? inSingle ?? template?.replaceAll(/\$\{(?:[^{}]|\{[^{}]*\})*\}/g, between) ?? ''
    end = literal.index + whole.length
  }
  return text.replaceAll(/\\(["'`])/g, '$1')
}

/** @param {string} folder @param {RegExp} names */
async function sources(folder, names) {
  const files = (await readdir(root + folder)).filter((file) => names.test(file))
  return Promise.all(files.map(async (file) => textsOf(await readFile(`${root}${folder}/${file}`, 'utf8'))))
}

const said = [
  ...(await sources('js/src/doctor', /\.ts$/)),
  ...(await sources('js/src', /^(?:unreachable|failure)\.ts$/)),
  ...(await sources('native/command/doctor', /\.cpp$/)),
]

/** What the first column of tables has, where it is a sentence of the doctor. @param {string} page */
function quoted(page) {
  const cells = [...page.matchAll(/^\| ([^|]+) \|[^|]+\|[^|]+\|$/gm)].map(([, cell = '']) => cell)
  return cells.filter((cell) => /^[A-Z…].*(?:[.:…]|\w)$/.test(cell))
}

/** @param {string} sentence */
function isSaid(sentence) {
  // Advice for an HTTP status is a text of its own in the native doctor.
  const parts = sentence.split(/(?<=answered with HTTP status) \d+(?=,)|(?<=not with a WebSocket\.) |…/).map((part) => part.trim())
  const wanted = parts.filter(Boolean).map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  if (sentence.includes('HTTP status')) return wanted.every((part) => said.some((text) => new RegExp(part).test(text)))
  return said.some((text) => new RegExp(wanted.join(gap)).test(text))
}

describe('docs/troubleshooting.md', async () => {
  const sentences = quoted(await readFile(`${root}docs/troubleshooting.md`, 'utf8'))

  it('quotes the doctor', () => assert.ok(sentences.length > 35, `${sentences.length} sentences`))

  for (const sentence of sentences) it(sentence, () => assert.ok(isSaid(sentence)))

  it('the test notices what nobody says', () => {
    for (const wrong of ['Nothing listens at …. Check that the broker runs.', 'TLS with … worked', 'Renew it … is out of its time'])
      assert.equal(isSaid(wrong), false, wrong)
  })
})
