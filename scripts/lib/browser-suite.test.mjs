// The counts and failures of the browser tests are those of Playwright's own report.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { countBrowserTests } from './browser-suite.mjs'

/** @param {string} status @param {string} [message] */
const run = (status, message) => ({ projectName: 'chromium', status, results: message === undefined ? [] : [{ error: { message } }] })
/** @param {string} title @param {ReturnType<typeof run>} test */
const spec = (title, test) => ({ title, tests: [test] })

it('names what failed with its project, file and suites, and what was flaky', () => {
  const report = {
    stats: { expected: 2, unexpected: 1, skipped: 1 },
    errors: [],
    suites: [
      {
        title: 'will.spec.ts',
        specs: [spec('passes', run('expected'))],
        suites: [{ title: 'MQTT 5.0', specs: [spec('fails', run('unexpected', 'no will')), spec('wavers', run('flaky', 'late'))] }],
      },
    ],
  }
  assert.deepEqual(countBrowserTests(report, 1, ''), {
    ...{ passed: 2, failed: 1, skipped: 1, output: '' },
    flaky: ['[chromium] will.spec.ts > MQTT 5.0 > wavers'],
    failures: [{ name: '[chromium] will.spec.ts > MQTT 5.0 > fails', error: 'no will' }],
  })
})

it('a run that fails without a test that does is a failure, with its reason', () => {
  const report = { stats: { expected: 0, unexpected: 0, skipped: 0 }, errors: [{ message: 'cannot install' }], suites: [] }
  const { failed, failures } = countBrowserTests(report, 1, '')
  assert.equal(failed, 1)
  assert.deepEqual(failures, [{ name: 'Playwright', error: 'cannot install' }])
})
