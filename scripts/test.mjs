// npm test [-- PART...]: builds and runs every test. Parts: check, debug, sanitize, tsan, wasm, fuzz, install,
// command, bench-native, js, interop, backends, browser.
import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { buildPreset } from './lib/cmake.mjs'
import { sourceFiles } from './lib/files.mjs'
import { testBackends } from './lib/backends.mjs'
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
    files: ['command', 'request', 'serve', 'watch'].map((name) => `tests/command/${name}.test.mjs`),
  },
  'bench-native': { title: 'Native bench', files: ['bench/native/quick.test.mjs'] },
}
const parts = ['debug', 'sanitize', 'tsan', 'wasm', 'fuzz', ...Object.keys(compiling), 'js', 'interop', 'backends', 'browser', 'check']
const fuzzSeconds = 30 // for each of the targets, in CI

/**
 * @param {Report} report
 * @param {string} preset
 * @param {string} title
 */
async function unitTests(report, preset, title) {
  const built = await report.attempt(`Build of ${preset}`, () => buildPreset(preset))
  if (built) await report.step(title, () => runUnitTests(preset))
}

await runMain(async () => {
  const named = process.argv.slice(2)
  const unknown = named.find((part) => !parts.includes(part))
  if (unknown) throw new Failure(`There is no part "${unknown}". There are: ${parts.join(', ')}.`)
  /** @param {...string} some */
  const wants = (...some) => named.length === 0 || some.some((part) => named.includes(part))

  await setup()
  const report = new Report()
  if (wants('debug', 'check')) await unitTests(report, 'debug', 'Unit tests')
  if (wants('sanitize')) await unitTests(report, 'sanitize', 'Unit tests under the sanitizers')
  if (wants('tsan')) await unitTests(report, 'tsan', 'Threads under the thread sanitizer')
  if (wants('wasm')) await unitTests(report, 'wasm-test', 'Unit tests as wasm, under Node')
  if (wants('fuzz') && (await report.attempt('Build of fuzz', () => buildPreset('fuzz')))) {
    await report.step('Fuzz corpus', replayCorpus)
    if (process.env['CI']) await fuzz(report, fuzzSeconds)
  }
  for (const [part, { title, files }] of Object.entries(compiling)) {
    // One by one: each of them compiles.
    for (const file of wants(part) ? files : []) await report.step(`${title}: ${basename(file, '.test.mjs')}`, () => runNodeTests([file]))
  }
  const packed = !wants('js', 'interop', 'browser', 'check') || (await report.attempt('Build of the package', build))
  const interop = await sourceFiles(['tests/interop'], /\.test\.mjs$/)
  if (wants('interop') && packed) await report.step('Other brokers', () => runNodeTests(interop))
  if (wants('js')) {
    const files = await sourceFiles(['js', 'demo', 'bench', 'tests', 'scripts', 'wasm'], /\.test\.m?js$/)
    const others = [...Object.values(compiling).flatMap(({ files }) => files), ...interop]
    const here = files.filter((file) => existsSync(root + file) && !others.includes(file))
    await report.step('Tests under Node', () => runNodeTests(here))
  }
  if (wants('backends')) await testBackends(report)
  // Without a package every one of them would wait for its page in vain.
  if (wants('browser') && packed) await report.step('Tests in the browser', runBrowserTests)
  if (wants('check')) await check(report)
  report.close()
})
