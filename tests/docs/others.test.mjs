// What README.md and docs/ show in other languages is sound: JSON is parsed, shell and Python are read by their programs.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { it } from 'node:test'
import { compile } from 'svelte/compiler'
import { codeBlocks } from './blocks.mjs'
import { compileVue } from './vue.mjs'

/** @type {Record<string, (code: string) => void>} */
const readers = {
  json: (code) =>
    void code
      .trim()
      .split('\n')
      .forEach((line) => JSON.parse(line)),
  sh: (code) => reads('bash', ['-n'], code),
  svelte: (code) => void compile(code, {}),
  vue: (code) => void compileVue(code),
  python: (code) => reads('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], code),
}
/** With a test of their own, a picture, or no code. */
const elsewhere = ['text', 'ts', 'js', 'tsx', 'cpp', 'cmake', 'mermaid']
/** Whose pages quick-start.test.mjs opens, each of them. */
const opened = 'docs/quick-start.md'

for (const { file, line, language, code } of await codeBlocks())
  if (!elsewhere.includes(language) && !(language === 'html' && file === opened))
    it(`${file}, line ${line}: ${language}`, () => {
      const read = readers[language]
      assert.ok(read, `Nothing reads ${language}: add it to tests/docs.`)
      read(code)
    })

/** @param {string} program @param {string[]} args @param {string} code */
function reads(program, args, code) {
  const { status, stderr } = spawnSync(program, args, { input: code, encoding: 'utf8' })
  assert.equal(status, 0, stderr)
}
