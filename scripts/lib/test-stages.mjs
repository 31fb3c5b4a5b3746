import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { check, checkNames } from '../check.mjs'
import { fuzz } from '../fuzz.mjs'
import { buildBackends, testBackends } from './backends.mjs'
import { runBrowserTests } from './browser-suite.mjs'
import { sourceFiles } from './files.mjs'
import { root } from './root.mjs'
import { replayCorpus, runNodeTests, runUnitTests } from './suites.mjs'

/** @typedef {import('./stages.mjs').Stage} Stage */

/** The parts of `npm test`, and what each needs of what scripts/setup.mjs installs. @type {Record<string, string[]>} */
export const needsOf = {
  debug: ['native', 'native tests', 'broker'],
  sanitize: ['native', 'native tests', 'broker'],
  tsan: ['native', 'native tests', 'broker'],
  wasm: ['native tests'],
  fuzz: ['fuzz'],
  install: ['native', 'install', 'broker'],
  command: ['native', 'native tests', 'broker', 'deployment'],
  'bench-native': ['native', 'native tests', 'native bench', 'broker'],
  js: ['native', 'broker', 'browser tests', 'interop', 'proxies', 'manifests'],
  tooling: ['broker'],
  templates: ['broker', 'browser tests'],
  site: ['docs', 'browser tests'],
  interop: ['native', 'native tests', 'broker', 'interop', 'deployment'],
  brokers: ['broker', 'interop', 'brokers'],
  clusters: ['native', 'native tests', 'broker', 'browser tests', 'interop', 'brokers'],
  backends: ['native', 'broker', 'backends'],
  browser: ['broker', 'browser tests', 'proxies'],
  firefox: ['broker', 'firefox'],
  check: ['native', 'native tests', 'lint'],
}
/** Folders whose tests are a part of their own. Those of all others are the part js. @type {Record<string, string>} */
const foldersOf = {
  install: 'tests/install',
  command: 'tests/command',
  'bench-native': 'bench/native',
  tooling: 'tests/tooling',
  templates: 'tests/templates',
  site: 'tests/site',
  interop: 'tests/interop',
  brokers: 'tests/brokers',
  clusters: 'tests/clusters',
  firefox: 'tests/firefox',
}
/** Of the part js, by what their paths begin with: what waits for time limits, and what builds and compiles more than it waits. */
const waiting = ['tests/conformance/']
const computing = ['bench/quick', 'tests/bundlers/', 'tests/docs/', 'tests/wasm/boundary']
const fuzzSeconds = 20 // for each of the targets, in CI
/** Files of tests that run side by side: they wait more than they compute. By itself node runs one on two processors. */
const filesAtOnce = 3
const quickChecks = checkNames.filter((name) => name !== 'clang-tidy')

/** Replays the corpus; searches on CI alone. @param {import('./report.mjs').Report} report */
async function testFuzzTargets(report) {
  await report.step('Fuzz corpus', replayCorpus)
  if (process.env['CI']) await fuzz(report, fuzzSeconds)
}

/** @param {string} part @param {Stage['kind']} kind @param {string} preset @param {string} title @returns {Stage} */
function unitTests(part, kind, preset, title) {
  return { part, kind, builds: [preset], run: (report, name) => report.step(title, () => runUnitTests(preset, name)) }
}

/** @param {string} part @param {Stage['kind']} kind @param {string[]} builds @param {string} title @param {readonly string[]} files @returns {Stage} */
function nodeTests(part, kind, builds, title, files) {
  // The command is built: its tests, side by side, need not look whether it is.
  /** @type {Record<string, string>} */
  const env = builds.includes('programs') ? { TESTED_COMMAND: `${root}build/debug/native/command/wsmq` } : {}
  const options = { atOnce: filesAtOnce, env }
  return { part, kind, builds, run: (report, name) => report.step(title, () => runNodeTests(files, { ...options, name })) }
}

/** Every file of tests by its part. */
async function testFiles() {
  const all = await sourceFiles(['js', 'demo', 'bench', 'tests', 'scripts', 'wasm'], /\.test\.m?js$/)
  /** @type {Record<string, string[]>} */
  const files = Object.fromEntries([...Object.keys(foldersOf), 'js'].map((part) => [part, []]))
  for (const file of all.filter((file) => existsSync(root + file))) {
    const part = Object.keys(foldersOf).find((part) => file.startsWith(`${foldersOf[part]}/`)) ?? 'js'
    files[part]?.push(file)
  }
  return files
}

/** All stages, in the order in which those of a kind run. @returns {Promise<Stage[]>} */
export async function stages() {
  const files = await testFiles()
  /** @param {string} part @param {Stage['kind']} kind @param {string[]} builds @param {string} title */
  const together = (part, kind, builds, title) => nodeTests(part, kind, builds, title, files[part] ?? [])
  const js = files['js'] ?? []
  /** @param {readonly string[]} beginnings */
  const those = (beginnings) => js.filter((file) => beginnings.some((path) => file.startsWith(path)))
  const others = js.filter((file) => !those([...waiting, ...computing]).includes(file))
  /** @type {Promise<import('./backends.mjs').Backend[]> | undefined} */
  let building
  /** @param {import('./report.mjs').Report} report */
  const builtBackends = (report) => (building ??= buildBackends(report))
  return [
    { part: 'backends', kind: 'compute', builds: [], unnamed: true, run: builtBackends },
    { part: 'check', kind: 'compute', builds: ['programs'], unnamed: true, run: (report) => check(report, ['clang-tidy']) },
    unitTests('sanitize', 'compute', 'sanitize', 'Unit tests under the sanitizers'),
    unitTests('tsan', 'compute', 'tsan', 'Threads under the thread sanitizer'),
    unitTests('wasm', 'compute', 'wasm-test', 'Unit tests as wasm, under Node'),
    { part: 'fuzz', kind: 'compute', builds: ['fuzz'], unnamed: true, run: testFuzzTargets },
    together('install', 'compute', [], 'Installed libraries'),
    together('site', 'compute', ['package'], 'The site of the docs'),
    together('bench-native', 'compute', [], 'Native bench'),
    together('tooling', 'compute', ['package'], 'Compilers and bundlers'),
    together('templates', 'compute', ['package'], 'Templates'),
    nodeTests('js', 'compute', ['package'], 'Tests under Node that compile', those(computing)),
    { part: 'check', kind: 'compute', builds: ['package'], unnamed: true, run: (report) => check(report, quickChecks) },

    // It needs no build, for which the others wait.
    nodeTests('js', 'wait', [], 'The conformance suite itself', those(waiting)),
    together('interop', 'wait', ['package', 'programs'], 'Other brokers'),
    // One by one: each starts a dozen programs.
    ...(files['clusters'] ?? []).map((file) =>
      nodeTests('clusters', 'wait', ['package', 'programs'], `Cluster: ${basename(file, '.test.mjs')}`, [file]),
    ),
    together('command', 'wait', ['programs'], 'The wsmq command'),
    { part: 'backends', kind: 'wait', builds: [], unnamed: true, run: async (report) => testBackends(report, await builtBackends(report)) },

    // Those of the sanitizers are the same.
    { ...unitTests('debug', 'alone', 'debug', 'Unit tests'), onDemand: true },
    // They note what a broker has delivered after a fixed time.
    together('brokers', 'alone', ['package'], 'What brokers do'),
    nodeTests('js', 'alone', ['package'], 'Tests under Node', others),
    together('firefox', 'alone', ['package'], 'Tests in Firefox'),
    {
      part: 'browser',
      kind: 'alone',
      builds: ['package'],
      run: (report, name) => report.step('Tests in the browser', () => runBrowserTests(name)),
    },
  ]
}
