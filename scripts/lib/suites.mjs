import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { root } from './root.mjs'
import { run } from './run.mjs'

/**
 * Runs the unit tests of a built preset and counts its tests in the reports that GoogleTest leaves.
 * @param {string} preset
 */
export async function runUnitTests(preset) {
  const reports = `${root}build/${preset}/reports`
  await rm(reports, { recursive: true, force: true })
  await mkdir(reports, { recursive: true })
  const { code, output } = await runCtest(preset)
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

/** @param {string} preset */
function runCtest(preset) {
  return run('ctest', ['--preset', preset, '--parallel', String(availableParallelism())])
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
 * themselves, and what passes then is told.
 * @param {readonly string[]} files
 */
export async function runNodeTests(files) {
  const first = await runNodeFiles(files)
  if (first.failed === 0 || !process.env['CI']) return first
  const failing = filesOf(first.failures, files)
  if (failing === undefined) return first
  console.log(`${first.output}\nOnce more, by themselves: ${failing.join(' ')}`)
  const second = await runNodeFiles(failing)
  return { ...first, passed: first.passed + first.failed - second.failed, failed: second.failed, output: second.output }
}

/**
 * The files that failures happened in; none where the file of one of them is not told.
 * @param {readonly string[]} failures
 * @param {readonly string[]} files
 */
function filesOf(failures, files) {
  const owners = failures.map((failure) => files.find((file) => failure.includes(`/${file}:`) || failure.includes(`/${file}\n`)))
  return failures.length === 0 || owners.includes(undefined) ? undefined : [...new Set(/** @type {string[]} */ (owners))]
}

/** @param {readonly string[]} files */
async function runNodeFiles(files) {
  await mkdir(`${root}build/reports`, { recursive: true })
  // Concurrency is node's own: one process per file. A test that hangs ends after ten minutes.
  const { code, output } = await run(process.execPath, ['--test', '--test-reporter=tap', '--test-timeout=600000', ...files])
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

/** Runs the browser tests. */
export async function runBrowserTests() {
  const file = `${root}build/reports/playwright.json`
  await rm(file, { force: true })
  const { code, output } = await run(process.execPath, [`${root}node_modules/@playwright/test/cli.js`, 'test'], { live: true })
  if (!existsSync(file)) return { passed: 0, failed: 1, skipped: 0, output }
  const { stats } = JSON.parse(await readFile(file, 'utf8'))
  if (stats.flaky > 0) console.log(`Passed at the second run only, see above: ${stats.flaky}`)
  const failed = stats.unexpected
  return { passed: stats.expected + stats.flaky, failed: code !== 0 && failed === 0 ? 1 : failed, skipped: stats.skipped }
}
