// npm test [-- PART...] [--name TEXT]: builds and runs every test, or those of some parts, or those whose name holds a
// text. Parts: debug, sanitize, tsan, wasm, fuzz, install, command, bench-native, js, tooling, interop, brokers, clusters,
// backends, browser, check.
import { parseArgs } from 'node:util'
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { buildPreset } from './lib/cmake.mjs'
import { sourceFiles } from './lib/files.mjs'
import { testBackends } from './lib/backends.mjs'
import { ExposureWatch } from './lib/exposure-watch.mjs'
import { Report } from './lib/report.mjs'
import { root } from './lib/root.mjs'
import { Failure, runMain } from './lib/run.mjs'
import { replayCorpus, runBrowserTests, runNodeTests, runUnitTests } from './lib/suites.mjs'
import { build } from './build.mjs'
import { check } from './check.mjs'
import { fuzz } from './fuzz.mjs'
import { setup } from './setup.mjs'

/** Tests that compile first, each a part by itself. @type {Record<string, { title: string, files: string[] }>} */
const compiling = {
  install: { title: 'Installed libraries', files: ['tests/install/install.test.mjs'] },
  command: {
    title: 'The wsmq command',
    files: [
      'arguments',
      'command',
      'credentials',
      'losses',
      'nesting',
      'output',
      'repeated-options',
      'request',
      'secrets',
      'serve',
      'terminal',
      'waits',
      'watch',
    ].map((name) => `tests/command/${name}.test.mjs`),
  },
  'bench-native': { title: 'Native bench', files: ['bench/native/quick.test.mjs'] },
}
/** What each part needs of what scripts/setup.mjs installs, in the order in which parts run. @type {Record<string, string[]>} */
const parts = {
  debug: ['native', 'native tests', 'broker'],
  sanitize: ['native', 'native tests', 'broker'],
  tsan: ['native', 'native tests', 'broker'],
  wasm: ['native tests'],
  fuzz: ['fuzz'],
  install: ['native', 'install', 'broker'],
  command: ['native', 'native tests', 'broker'],
  'bench-native': ['native', 'native tests', 'native bench', 'broker'],
  js: ['native', 'broker', 'browser tests', 'interop'],
  tooling: ['broker'],
  interop: ['native', 'native tests', 'broker', 'interop'],
  brokers: ['broker', 'interop', 'brokers'],
  clusters: ['native', 'native tests', 'broker', 'browser tests', 'interop', 'brokers'],
  backends: ['native', 'broker', 'backends'],
  browser: ['broker', 'browser tests'],
  check: ['native', 'native tests', 'lint'],
}
const fuzzSeconds = 30 // for each of the targets, in CI

function parse() {
  try {
    return parseArgs({ options: { name: { type: 'string' } }, allowPositionals: true })
  } catch (error) {
    throw new Failure(`${/** @type {Error} */ (error).message}\nnpm test [-- PART...] [--name TEXT]`)
  }
}

/** @returns {{ named: string[], name: string | undefined }} the parts, all when none is named; what the names of tests must hold */
function readArguments() {
  const { values, positionals } = parse()
  const unknown = positionals.find((part) => !Object.hasOwn(parts, part))
  if (unknown) throw new Failure(`There is no part "${unknown}". There are: ${Object.keys(parts).join(', ')}.`)
  if (values.name === '') throw new Failure('--name takes a text that the names of the wanted tests hold.')
  return { named: positionals.length > 0 ? positionals : Object.keys(parts), name: values.name }
}

/**
 * @param {Report} report
 * @param {string} preset
 * @param {string} title
 * @param {string} [name]
 */
async function unitTests(report, preset, title, name) {
  const built = await report.attempt(`Build of ${preset}`, () => buildPreset(preset))
  if (built) await report.step(title, () => runUnitTests(preset, name))
}

await runMain(async () => {
  const { named, name } = readArguments()
  /** @param {...string} some */
  const wants = (...some) => some.some((part) => named.includes(part))

  await setup(['build', ...new Set(named.flatMap((part) => parts[part] ?? []))])
  const report = new Report()
  const exposure = new ExposureWatch()
  exposure.start()
  if (wants('debug', 'check')) await unitTests(report, 'debug', 'Unit tests', name)
  if (wants('sanitize')) await unitTests(report, 'sanitize', 'Unit tests under the sanitizers', name)
  if (wants('tsan')) await unitTests(report, 'tsan', 'Threads under the thread sanitizer', name)
  if (wants('wasm')) await unitTests(report, 'wasm-test', 'Unit tests as wasm, under Node', name)
  if (name === undefined && wants('fuzz') && (await report.attempt('Build of fuzz', () => buildPreset('fuzz')))) {
    await report.step('Fuzz corpus', replayCorpus)
    if (process.env['CI']) await fuzz(report, fuzzSeconds)
  }
  for (const [part, { title, files }] of Object.entries(compiling)) {
    // One by one: each of them compiles.
    for (const file of wants(part) ? files : [])
      await report.step(`${title}: ${basename(file, '.test.mjs')}`, () => runNodeTests([file], { name }))
  }
  const packed =
    !wants('js', 'tooling', 'interop', 'brokers', 'clusters', 'browser', 'check') || (await report.attempt('Build of the package', build))
  const interop = await sourceFiles(['tests/interop'], /\.test\.mjs$/)
  if (wants('interop') && packed) await report.step('Other brokers', () => runNodeTests(interop, { name }))
  const brokers = await sourceFiles(['tests/brokers'], /\.test\.mjs$/)
  if (wants('brokers') && packed) await report.step('What brokers do', () => runNodeTests(brokers, { name }))
  const clusters = await sourceFiles(['tests/clusters'], /\.test\.mjs$/)
  // One by one: each of them fills the machine.
  for (const file of wants('clusters') && packed ? clusters : [])
    await report.step(`Cluster: ${basename(file, '.test.mjs')}`, () => runNodeTests([file], { name }))
  const tooling = await sourceFiles(['tests/tooling'], /\.test\.mjs$/)
  if (wants('tooling') && packed) await report.step('Compilers and bundlers', () => runNodeTests(tooling, { name }))
  if (wants('js')) {
    const files = await sourceFiles(['js', 'demo', 'bench', 'tests', 'scripts', 'wasm'], /\.test\.m?js$/)
    const others = [...Object.values(compiling).flatMap(({ files }) => files), ...interop, ...brokers, ...clusters, ...tooling]
    const here = files.filter((file) => existsSync(root + file) && !others.includes(file))
    await report.step('Tests under Node', () => runNodeTests(here, { name }))
  }
  if (name === undefined && wants('backends')) await testBackends(report)
  // Without a package every one of them would wait for its page in vain.
  if (wants('browser') && packed) await report.step('Tests in the browser', () => runBrowserTests(name))
  if (name === undefined && wants('check')) await check(report)
  const open = await exposure.stop()
  if (name === undefined)
    await report.step('Nothing listens but on loopback', async () => {
      return { passed: open.length > 0 ? 0 : 1, failed: open.length, skipped: 0, output: open.join('\n') }
    })
  report.close()
})
