import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { prefix } from './leftovers.mjs'
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
  /** @type {FailedTest[]} */
  const failures = []
  const counts = { passed: 0, failed: 0, skipped: 0, output, failures }
  for (const file of await readdir(reports)) count(JSON.parse(await readFile(`${reports}/${file}`, 'utf8')), counts)
  // A program that crashed has written no report.
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return counts
}

/** Replays the corpus of each fuzz target. These are not GoogleTest programs, so they are counted in CTest's report. */
export async function replayCorpus() {
  const report = `${root}build/fuzz/replay.xml`
  await rm(report, { force: true })
  const { code, output } = await runCtest('fuzz', {}, ['--output-junit', report])
  const counts = existsSync(report) ? countJUnit(await readFile(report, 'utf8')) : { passed: 0, failed: 0, skipped: 0 }
  if (code !== 0 && counts.failed === 0) counts.failed = 1
  return { ...counts, output }
}

/** @param {string} report what `ctest --output-junit` writes: one <testcase> for each test @returns {import('./report.mjs').Counts} */
export function countJUnit(report) {
  const states = [...report.matchAll(/<testcase [^>]*\bstatus="(\w+)"/g)].map(([, state]) => state)
  const passed = states.filter((state) => state === 'run').length
  const failed = states.filter((state) => state === 'fail').length
  return { passed, failed, skipped: states.length - passed - failed }
}

/** @param {string} preset @param {Record<string, string>} [env] @param {readonly string[]} [options] */
function runCtest(preset, env = {}, options = []) {
  return run('ctest', ['--preset', preset, '--parallel', String(availableParallelism()), ...options], { env })
}

/** @typedef {import('./failures.mjs').FailedTest} FailedTest */
/** @typedef {{ classname: string, name: string, status: string, result: string, failures?: { failure: string }[] }} TestCase */

/**
 * @param {{ testsuites: { testsuite: TestCase[] }[] }} report
 * @param {import('./report.mjs').Counts & { failures: FailedTest[] }} counts
 */
function count(report, counts) {
  for (const { testsuite } of report.testsuites) {
    for (const { classname, name, status, result, failures } of testsuite) {
      if (failures) {
        counts.failed += 1
        counts.failures.push({ name: `${classname}.${name}`, error: failures.map(({ failure }) => failure).join('\n') })
      } else if (result === 'SKIPPED' || status === 'NOTRUN') counts.skipped += 1
      else counts.passed += 1
    }
  }
}

/** @typedef {import('./json-reporter.mjs').TestResult} TestResult */

/**
 * `name`: only tests whose name holds this text; `atOnce`: files that run side by side, node's own choice by default; `env`:
 * added to the environment of the tests; `limit`: seconds for a test and for a file, after which its process is ended.
 * @typedef {{ name?: string | undefined, atOnce?: number, limit?: number, env?: Record<string, string> }} NodeTestOptions
 */

/**
 * Runs tests of node:test. On CI, whose load is unknown, files with failures run a second time, by themselves; what passes
 * then is reported as flaky.
 * @param {readonly string[]} files
 * @param {NodeTestOptions} [options]
 */
export async function runNodeTests(files, options = {}) {
  const first = await runNodeFiles(files, options)
  // What hangs takes its time again, and what is left running is no matter of load.
  if (first.failed === 0 || !process.env['CI'] || first.failures.some(hasHung(options))) return first
  const failing = filesOf(first.failures, files)
  if (failing === undefined) return first
  console.log(`${first.output}\nOnce more, by themselves: ${failing.join(' ')}`)
  const second = await runNodeFiles(failing, { ...options, atOnce: 1 })
  const still = second.failures.map(({ name }) => name)
  const flaky = [...new Set(first.failures.map(({ name }) => name))].filter((name) => !still.includes(name))
  return { ...first, failed: second.failed, failures: second.failures, output: second.output, flaky }
}

/** @param {NodeTestOptions} options @returns {(failure: TestResult) => boolean} */
const hasHung = ({ limit = defaultLimit }) => ({ error = '' }) => error.startsWith(prefix) || error.includes(`timed out after ${limit * 1000}ms`) // prettier-ignore

/**
 * The files that failures happened in; none where that of one of them is unknown. A test that is defined in a shared file
 * has the file that ran it in its stack.
 * @param {readonly TestResult[]} failures
 * @param {readonly string[]} files
 */
function filesOf(failures, files) {
  const owners = failures.map(
    (failure) => files.find((file) => failure.file === root + file) ?? files.find((file) => failure.error?.includes(`/${file}:`)),
  )
  return failures.length === 0 || owners.includes(undefined) ? undefined : [...new Set(/** @type {string[]} */ (owners))]
}

const defaultLimit = 600
let runs = 0

/** @param {readonly string[]} files @param {NodeTestOptions} options */
async function runNodeFiles(files, { name, atOnce, limit = defaultLimit, env = {} }) {
  await mkdir(`${root}build/reports`, { recursive: true })
  // Of its own for each run: they overlap, and a test may call this as well.
  const report = `${root}build/reports/node-${process.pid}-${(runs += 1)}.json`
  const args = [
    ...['--test', `--test-timeout=${limit * 1000}`, `--import=${pathToFileURL(`${root}scripts/lib/watch-leftovers.mjs`)}`],
    ...[`--test-reporter=${root}scripts/lib/json-reporter.mjs`, `--test-reporter-destination=${report}`],
    ...(atOnce === undefined ? [] : [`--test-concurrency=${atOnce}`]),
    ...(name === undefined ? [] : [`--test-name-pattern=${literal(name)}`]),
    ...files,
  ]
  const { code, output } = await run(process.execPath, args, { env })
  /** @type {TestResult[]} */
  const results = existsSync(report) ? JSON.parse((await readFile(report, 'utf8')) || '[]') : []
  await rm(report, { force: true })
  const failures = results.filter(({ outcome }) => outcome === 'failed')
  const passed = results.filter(({ outcome }) => outcome === 'passed').length
  return {
    passed,
    failed: code !== 0 && failures.length === 0 ? 1 : failures.length,
    skipped: results.length - passed - failures.length,
    failures,
    output: failures.map(({ name, error }) => `${name}\n${error}\n`).join('\n') || output,
  }
}

/** A pattern that matches this text. @param {string} text */
export const literal = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
