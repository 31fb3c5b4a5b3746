// What C++ and JavaScript share is described once, in wasm/boundary: a change that one of them does not follow ends the build.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
/** A copy of wasm/, below the clone so that what it imports is found. */
let folder = ''
let compiler = ''

before(async () => {
  folder = await mkdtemp(`${root}build/boundary-`)
  compiler = `${(await readFile(`${root}build/wasm/linked/emscripten-root`, 'utf8')).trim()}/em++`
})
after(() => rm(folder, { recursive: true, force: true }))

async function copy() {
  await rm(`${folder}/wasm`, { recursive: true, force: true })
  await cp(`${root}wasm`, `${folder}/wasm`, { recursive: true })
}

/** A copy with one change. @param {string} module @param {[from: RegExp, to: string]} edit */
async function change(module, [from, to]) {
  await copy()
  const file = `${folder}/wasm/boundary/${module}.ts`
  const text = await readFile(file, 'utf8')
  const changed = text.replace(from, to)
  assert.notEqual(changed, text, 'the test changes something')
  await writeFile(file, changed)
}

/** Compiles one file with the headers of the copy. @param {string} file */
async function compile(file) {
  for (const [header, part] of [
    ['boundary.hpp', 'engine'],
    ['layer_boundary.hpp', 'layer'],
  ])
    await run(process.execPath, [`${folder}/wasm/boundary/generate.mjs`, `${folder}/generated/${header}`, String(part)])
  const includes = [`${folder}/generated`, `${folder}/wasm`, `${root}core/include`, `${root}core`, `${root}messaging/include`]
  const options = ['-std=c++20', '-fsyntax-only', '-fno-exceptions', ...includes.map((path) => `-I${path}`)]
  await run(compiler, [...options, `${folder}/wasm/${file}`])
}

/** The compiler's message. @param {Promise<unknown>} build */
const failure = (build) =>
  build.then(
    () => '',
    (/** @type {{ stderr: string, stdout: string }} */ error) => error.stderr + error.stdout,
  )

/** @type {[what: string, file: string, module: string, change: [RegExp, string], message: RegExp][]} */
const changes = [
  ['a cell with another name', 'event_batch.cpp', 'events', [/reasonCodes,/, 'codes,'], /reason_codes/],
  ['a kind of event less', 'event_batch.cpp', 'events', [/ {2}queueDrained,\n/, ''], /queue_drained/],
  ['an option more', 'connect_arguments.cpp', 'options', [/ {2}refusalPatience,\n/, '  refusalPatience,\n  another,\n'], /another/],
  ['an option less', 'connect_arguments.cpp', 'options', [/ {2}stableAfter,\n/, ''], /stable_after/],
  ['an error less', 'event_batch.cpp', 'engine', [/ 'taken_over',/, ''], /taken_over/],
  [
    'an error in another place',
    'event_batch.cpp',
    'engine',
    [/'cancelled', 'stopped'/, "'stopped', 'cancelled'"],
    /wasm.boundary: stopped/,
  ],
  ['a reason code of another number', 'event_batch.cpp', 'engine', [/0x18,/, '0x17,'], /continue_authentication/],
  ['a property less', 'event_batch.cpp', 'engine', [/ {2}topicAlias:.*\n/, ''], /wasm.boundary: properties/],
  [
    'a property of another type',
    'event_batch.cpp',
    'engine',
    [/\[0x23, PropertyType.twoByteInteger/, '[0x23, PropertyType.byte'],
    /topicAlias/,
  ],
  ['an error of the layer less', 'webapp/webapp_layer.cpp', 'layer', [/ 'session_lost',/, ''], /session_lost/],
  ['a row that is too long', 'event_batch.cpp', 'events', [/rowCells = 8/, 'rowCells = 7'], /more cells than rowCells/],
  ['a text of a layer event less', 'webapp/webapp_layer.cpp', 'layer', [/ {2}traceparent,\n/, ''], /traceparent/],
]

test('C++ compiles with the description as it is', async () => {
  await copy()
  for (const file of ['event_batch.cpp', 'connect_arguments.cpp', 'webapp/webapp_layer.cpp']) await compile(file)
})

for (const [what, file, module, edit, message] of changes)
  test(`C++ does not compile with ${what}`, async () => {
    await change(module, edit)
    assert.match(await failure(compile(file)), message)
  })

for (const [what, module, edit, message] of /** @type {[string, string, [RegExp, string], RegExp][]} */ ([
  ['a cell with another name', 'events', [/reasonCodes,/, 'codes,'], /reasonCodes/],
  ['an event more', 'events', [/ {2}queueDrained,\n/, '  queueDrained,\n  another,\n'], /events\.ts/],
  ['an option that the public type lacks', 'options', [/ {2}reconnect: /, '  reconnects: '], /reconnects/],
  ['a property that the public type lacks', 'engine', [/ {2}topicAlias: /, '  alias: '], /topicAlias/],
  ['an error of the layer that the public type lacks', 'layer', [/'session_lost'/, "'session_gone'"], /session_gone/],
]))
  test(`TypeScript does not compile with ${what}`, async () => {
    await change(module, edit)
    const project = `${folder}/wasm/tsconfig.json`
    const settings = await readFile(project, 'utf8')
    await writeFile(project, settings.replace('../tsconfig.json', '../../../tsconfig.json'))
    assert.match(await failure(run(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '--project', project])), message)
  })
