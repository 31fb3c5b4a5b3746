import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { root } from './root.mjs'
import { run } from './run.mjs'

/**
 * Runs the unit tests of a built preset and counts its tests in the reports that GoogleTest leaves.
 * @param {string} preset
 * @param {string} [name] only tests whose full name (Suite.Test) holds this text
 */
export async function runUnitTests(preset, name) {
  const reports = `${root}build/${preset}/reports`
  await rm(reports, { recursive: true, force: true })
  await mkdir(reports, { recursive: true })
  const { code, output } = await runCtest(preset, name === undefined ? {} : { GTEST_FILTER: `*${name}*` })
  const counts = { passed: 0, failed: 0, skipped: 0, output }
  for (const file of await readdir(reports)) count(JSON.parse(await readFile(`${reports}/${file}`, 'utf8')), counts)
  // A program that crashed wrote no report.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return counts
}

/**
 * Replays the corpus of each fuzz target.
 */
export async function replayCorpus() {
  const { code, output } = await runCtest('fuzz')
  const targets = Number(/tests failed out of (\d+)/.exec(output)?.[1] ?? 0)
  const failed = Number(/(\d+) tests failed out of/.exec(output)?.[1] ?? 0)
  return { passed: targets - failed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: 0, output }
}

/** @param {string} preset @param {Record<string, string>} [env] */
function runCtest(preset, env = {}) {
  return run('ctest', ['--preset', preset, '--parallel', String(availableParallelism())], { env })
}

/** @typedef {{ status: string, result: string, failures?: unknown[] }} TestCase */

/**
 * @param {{ testsuites: { testsuite: TestCase[] }[] }} report
 * @param {import('./report.mjs').Counts} counts
 */
function count(report, counts) {
  for (const { testsuite } of report.testsuites) {
    for (const { status, result, failures } of testsuite) {
      if (failures) counts.failed += 1
      else if (result === 'SKIPPED' || status === 'NOTRUN') counts.skipped += 1
      else counts.passed += 1
    }
  }
}

/**
 * Runs tests of node:test. On a machine of unknown load, which is what CI is, files with failures run a second time, by
 * themselves, and what passes then is told as flaky.
 * @param {readonly string[]} files
 * @param {string} [name] only tests whose name holds this text
 */
export async function runNodeTests(files, name) {
  const first = await runNodeFiles(files, name)
  if (first.failed === 0 || !process.env['CI']) return first
  const failing = filesOf(first.failures, files)
  if (failing === undefined) return first
  console.log(`${first.output}\nOnce more, by themselves: ${failing.join(' ')}`)
  const second = await runNodeFiles(failing, name)
  const still = second.failures.map(titleOf)
  const flaky = [...new Set(first.failures.map(titleOf))].filter((title) => !still.includes(title))
  return { ...first, failed: second.failed, output: second.output, flaky }
}

/** @param {string} failure as TAP tells it */
const titleOf = (failure) => /^ *not ok \d+ - (.*)$/m.exec(failure)?.[1] ?? failure

/**
 * The files that failures happened in; none where the file of one of them is not told.
 * @param {readonly string[]} failures
 * @param {readonly string[]} files
 */
function filesOf(failures, files) {
  const owners = failures.map((failure) => files.find((file) => failure.includes(`/${file}:`) || failure.includes(`/${file}\n`)))
  return failures.length === 0 || owners.includes(undefined) ? undefined : [...new Set(/** @type {string[]} */ (owners))]
}

/** @param {readonly string[]} files @param {string} [name] */
async function runNodeFiles(files, name) {
  await mkdir(`${root}build/reports`, { recursive: true })
  // Concurrency is node's own: one process per file. A test that hangs ends after ten minutes.
  const pattern = name === undefined ? [] : [`--test-name-pattern=${literal(name)}`]
  const { code, output } = await run(process.execPath, ['--test', '--test-reporter=tap', '--test-timeout=600000', ...pattern, ...files])
  await writeFile(`${root}build/reports/node.tap`, output)
  /** Of the lines that TAP ends with here. @param {string} name */
  const summary = (name) => Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(output)?.[1] ?? 0)
  const failed = summary('fail') + summary('cancelled')
  const failures = failuresIn(output)
  return {
    passed: summary('pass'),
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: summary('skipped') + summary('todo'),
    failures,
    output: failures.join('\n') || output,
  }
}

/**
 * The failures of a TAP stream with what is said about each: message and stack, or how a whole file's process ended.
 * @param {string} tap
 */
function failuresIn(tap) {
  return [...tap.matchAll(/^( *)not ok (?!.*# (?:TODO|SKIP))[^]*?\n\1 {2}\.\.\.$/gm)].map(([block]) => block)
}

/** A pattern that matches this text. @param {string} text */
const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Runs the browser tests. @param {string} [name] only tests whose name holds this text */
export async function runBrowserTests(name) {
  const file = `${root}build/reports/playwright.json`
  await rm(file, { force: true })
  const pattern = name === undefined ? [] : ['--pass-with-no-tests', '--grep', literal(name)]
  const { code, output } = await run(process.execPath, [`${root}node_modules/@playwright/test/cli.js`, 'test', ...pattern], { live: true })
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, output }
  const { stats, suites } = JSON.parse(await readFile(file, 'utf8'))
  const failed = stats.unexpected
  return { passed: stats.expected, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: stats.skipped, flaky: flakyIn(suites) }
}

/** @typedef {{ suites?: Suite[], specs?: { title: string, tests: { status: string }[] }[] }} Suite */

/** @param {Suite[]} suites @returns {string[]} */
function flakyIn(suites) {
  return suites.flatMap(({ suites: inner = [], specs = [] }) => [
    ...specs.filter(({ tests }) => tests.some(({ status }) => status === 'flaky')).map(({ title }) => title),
    ...flakyIn(inner),
  ])
}
