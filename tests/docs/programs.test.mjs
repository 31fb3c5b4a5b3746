// Every C++ block of README.md and docs/ compiles.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { it } from 'node:test'
import '../../scripts/lib/cmake.mjs' // which sets ccache up
import { isInstalled } from '../../scripts/lib/installed.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { run } from '../../scripts/lib/run.mjs'
import { codeBlocks } from './blocks.mjs'

const blocks = (await codeBlocks()).filter(({ language }) => language === 'cpp')
const includes = ['core', 'native', 'native/messaging', 'messaging'].map((folder) => `-isystem${root}${folder}/include`)
/** Always the same, so that ccache knows it again. */
const folder = `${root}build/docs-programs`

/** A function around it: a coroutine where it awaits, and main() where it returns. @param {import('./blocks.mjs').Block} block @param {number} index */
function functionOf({ file, line, code }, index) {
  const type = /^(?:const .* = )?co_await /m.test(code) ? 'awaitable<void>' : /^return /m.test(code) ? 'int' : 'void'
  const client = file === 'docs/design.md' ? 'wsmq::Client' : 'native::Client'
  return `namespace given {
${type} block_${index}([[maybe_unused]] ${client}& client) {
{
#line ${line} "${file}"
${code}}
}
}
`
}

it('compile', async () => {
  assert.ok(blocks.length >= 5, `${blocks.length} programs`)
  await mkdir(folder, { recursive: true })
  const source = `${folder}/blocks.cpp`
  await writeFile(source, `#include "${root}tests/docs/prelude.hpp"\n${blocks.map(functionOf).join('')}`)
  // What a block shows and does not use is no mistake here.
  const warnings = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-variable', '-Wno-unused-but-set-variable']
  const compile = [
    process.env['CXX'] ?? 'g++',
    '-std=c++20',
    '-fcoroutines',
    ...warnings,
    ...includes,
    '-c',
    source,
    '-o',
    `${folder}/blocks.o`,
  ]
  const [program = '', ...args] = isInstalled('ccache') ? ['ccache', ...compile] : compile
  const { code, output } = await run(program, args)
  assert.equal(code, 0, output.slice(0, 4000))
})
