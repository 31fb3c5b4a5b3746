import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { root } from './root.mjs'
import { run } from './run.mjs'
import { literal } from './suites.mjs'

/** Runs the browser tests. @param {string} [name] only tests whose name holds this text */
export async function runBrowserTests(name) {
  const file = `${root}build/reports/playwright.json`
  await rm(file, { force: true })
  const pattern = name === undefined ? [] : ['--pass-with-no-tests', '--grep', literal(name)]
  const { code, output } = await run(process.execPath, [`${root}node_modules/@playwright/test/cli.js`, 'test', ...pattern], { live: true })
  return existsSync(file)
    ? countBrowserTests(JSON.parse(await readFile(file, 'utf8')), code, output)
    : { passed: 0, failed: 1, skipped: 0, output }
}

/**
 * @typedef {{ projectName: string, status: string, results: { error?: { message?: string } }[] }} Run of one project
 * @typedef {{ title: string, suites?: Suite[], specs?: { title: string, tests: Run[] }[] }} Suite
 * @typedef {{ stats: { expected: number, unexpected: number, skipped: number }, suites: Suite[], errors: { message?: string }[] }} PlaywrightReport
 */

/**
 * @param {PlaywrightReport} report what Playwright's reporter "json" writes
 * @param {number} code of Playwright's process
 * @param {string} output
 */
export function countBrowserTests({ stats, suites, errors }, code, output) {
  const runs = suites.flatMap((suite) => runsIn(suite))
  const failures = [
    ...runs.filter(({ status }) => status === 'unexpected').map(({ name, results }) => ({ name, error: results.at(-1)?.error?.message })),
    // Of no test: a setup, a file that cannot be read, too many failures, all the time used up.
    ...errors.map(({ message = '' }) => ({ name: 'Playwright', error: message })),
  ]
  return {
    passed: stats.expected,
    failed: Math.max(stats.unexpected, Number(code !== 0)),
    skipped: stats.skipped,
    flaky: runs.filter(({ status }) => status === 'flaky').map(({ name }) => name),
    failures,
    output,
  }
}

/** @param {Suite} suite @param {readonly string[]} around the titles of suites, the file's first @returns {(Run & { name: string })[]} */
function runsIn({ title, suites = [], specs = [] }, around = []) {
  const names = [...around, title]
  return [
    ...specs.flatMap(
      ({ title, tests }) =>
      tests.map((run) => ({ ...run, name: `[${run.projectName}] ${[...names, title].join(' > ')}` })), // prettier-ignore
    ),
    ...suites.flatMap((inner) => runsIn(inner, names)),
  ]
}
