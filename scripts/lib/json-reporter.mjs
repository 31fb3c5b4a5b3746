// A reporter for node:test: one JSON document at the end, with each test's outcome. scripts/lib/suites.mjs counts them.
import { inspect } from 'node:util'
import { LeftoverWatch, prefix } from './leftovers.mjs'

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

/**
 * What files have left running, as failures of their own.
 * @param {readonly TestResult[]} results
 * @param {Record<string, string>} printed by each file's process on stderr
 * @param {readonly { file: string, error: string }[]} outlived programs that have outlived it
 * @returns {TestResult[]} all results
 */
function withLeftovers(results, printed, outlived) {
  const said = Object.entries(printed).flatMap(([file, text]) => {
    const error = text.split('\n').filter((line) => line.startsWith(prefix)).join('\n') // prettier-ignore
    return error ? [{ file, error }] : []
  })
  // A process that has said so ends with a failure for that reason.
  const others = results.filter(({ name, file }) => name !== file || !said.some((each) => each.file === file))
  return [
    ...others,
    ...[...said, ...outlived].map((each) => ({ name: 'leaves nothing running', outcome: /** @type {const} */ ('failed'), ...each })),
  ]
}

/** @param {AsyncIterable<{ type: string, data: EventData }>} events */
export default async function* report(events) {
  /** @type {TestResult[]} */
  const results = []
  /** Of the suites and tests that have started, by nesting. @type {string[]} */
  const names = []
  /** @type {Record<string, string>} */
  const printed = {}
  /** The tests that run, by their files. @type {Map<string, Set<string>>} */
  const running = new Map()
  const leftovers = new LeftoverWatch()
  for await (const { type, data } of events) {
    const { name, file = '' } = data
    if (type === 'test:start') names[data.nesting] = name
    if (type === 'test:stderr') printed[file] = (printed[file] ?? '') + data.message
    if (type === 'test:dequeue' && name !== file) running.set(file, (running.get(file) ?? new Set()).add(name))
    if (type === 'test:complete') running.get(file)?.delete(name)
    if ((type === 'test:pass' || type === 'test:fail') && !isRepetition(data)) {
      const unfinished = [...(running.get(file) ?? [])].map((name) => `Has not ended: ${name}\n`).join('')
      results.push(resultOf(data, type === 'test:pass', names.slice(0, data.nesting), (printed[file] ?? '') + unfinished))
    }
  }
  yield JSON.stringify(withLeftovers(results, printed, await leftovers.stop()))
}
