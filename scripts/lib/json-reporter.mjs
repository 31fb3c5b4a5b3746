// A reporter for node:test: one JSON document at the end, with each test's outcome. scripts/lib/suites.mjs counts them.
import { inspect } from 'node:util'

/**
 * @typedef {object} TestResult
 * @property {string} name with the names of the suites around it
 * @property {string} [file] where the test is defined
 * @property {'passed' | 'failed' | 'skipped'} outcome
 * @property {string} [error] the failure and its stack
 */

/**
 * What node:test reports about a test, or about a line that a file's process has printed.
 * @typedef {object} EventData
 * @property {string} name
 * @property {number} nesting
 * @property {string} [file]
 * @property {string} message
 * @property {unknown} [skip]
 * @property {unknown} [todo]
 * @property {{ type?: string, error?: Error & { failureType?: string } }} details
 */

/** A suite repeats the outcomes of its tests, unless a hook of its own failed. @param {EventData} data */
const isRepetition = ({ details }) => details.type === 'suite' && details.error?.failureType !== 'hookFailed'

/**
 * @param {EventData} data
 * @param {boolean} passed
 * @param {readonly string[]} suites the names around it
 * @param {string} printed by the file's process on stderr
 * @returns {TestResult}
 */
function resultOf({ name, file, skip, todo, details: { error } }, passed, suites, printed) {
  const isSkipped = skip !== undefined || todo !== undefined
  const outcome = isSkipped ? 'skipped' : passed ? 'passed' : 'failed'
  const where = file === undefined ? {} : { file }
  if (!error || isSkipped) return { name: [...suites, name].join(' > '), ...where, outcome }
  const text = typeof error.cause === 'string' ? error.cause : inspect(error.cause ?? error, { depth: 5 })
  // A process that ends without a result says why on stderr only.
  return { name: [...suites, name].join(' > '), ...where, outcome, error: name === file ? `${printed}${text}` : text }
}

/** @param {AsyncIterable<{ type: string, data: EventData }>} events */
export default async function* report(events) {
  /** @type {TestResult[]} */
  const results = []
  /** Of the suites and tests that have started, by nesting. @type {string[]} */
  const names = []
  /** @type {Record<string, string>} */
  const printed = {}
  for await (const { type, data } of events) {
    if (type === 'test:start') names[data.nesting] = data.name
    if (type === 'test:stderr') printed[data.file ?? ''] = (printed[data.file ?? ''] ?? '') + data.message
    if ((type === 'test:pass' || type === 'test:fail') && !isRepetition(data))
      results.push(resultOf(data, type === 'test:pass', names.slice(0, data.nesting), printed[data.file ?? ''] ?? ''))
  }
  yield JSON.stringify(results)
}
