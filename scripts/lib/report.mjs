import { digestOf } from './failures.mjs'
import { lastLines, run, seconds } from './run.mjs'

/**
 * `flaky`: what passed at its second run only, and is not among `passed`; `failures`: what failed, where that has names.
 * @typedef {{ passed: number, failed: number, skipped: number, flaky?: readonly string[], failures?: readonly import('./failures.mjs').FailedTest[] }} Counts
 */

/** What a whole run has found. Prints it step by step. */
export class Report {
  /** @type {Counts} */
  #all = { passed: 0, failed: 0, skipped: 0 }
  /** @type {string[]} */
  #failedSteps = []
  /** @type {string[]} */
  #flaky = []
  /** @type {import('./failures.mjs').FailedTest[]} */
  #failures = []
  /** Of each stage, in the order in which they ended. @type {{ title: string, took: number }[]} */
  #times = []
  #start = performance.now()

  /**
   * Does a step and prints its result; an exception counts as one failure.
   * @param {string} title
   * @param {() => Promise<Counts & { output?: string }>} work
   */
  async step(title, work) {
    const start = performance.now()
    console.log(`${title} ...`)
    const {
      output = '',
      flaky = [],
      failures = [],
      ...counts
    } = await work().catch((error) => ({
      ...{ passed: 0, failed: 1, skipped: 0, flaky: [], failures: [] },
      output: error instanceof Error ? error.message : String(error),
    }))
    this.#all.passed += counts.passed
    this.#all.failed += counts.failed
    this.#all.skipped += counts.skipped
    this.#flaky.push(...flaky.map((name) => `${title}: ${name}`))
    if (counts.failed > 0) {
      this.#failedSteps.push(title)
      const named = failures.map(({ name, error }) => ({ name: `${title}: ${name}`, error }))
      this.#failures.push(...(named.length > 0 ? named : [{ name: title, error: output }]))
      console.log(lastLines(output, 150))
    }
    const took = performance.now() - start
    this.#times.push({ title, took })
    console.log(`${title}: ${sentence(counts)}, ${seconds(took)}`)
  }

  /**
   * Does what tests need before they can run. Success counts for nothing; a failure counts as a failed test, and the other
   * steps still run.
   * @param {string} title
   * @param {() => Promise<void>} work
   * @returns {Promise<boolean>}
   */
  async attempt(title, work) {
    const start = performance.now()
    try {
      await work()
      this.#times.push({ title, took: performance.now() - start })
      return true
    } catch (error) {
      await this.step(title, () => Promise.reject(error))
      return false
    }
  }

  /**
   * A program whose success is one check.
   * @param {string} title
   * @param {string} program
   * @param {readonly string[]} args
   * @param {import('./run.mjs').RunOptions} [options]
   */
  check(title, program, args, options) {
    return this.step(title, async () => {
      const { code, output } = await run(program, args, options)
      return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, output }
    })
  }

  /** Prints the closing line and sets the exit code. That no test has run is a failure: a misspelt name, say. */
  close() {
    const { passed, failed } = this.#all
    if (passed + failed === 0) {
      console.log('\nNo test has run.')
      this.#all.failed = 1
    }
    if (this.#failedSteps.length > 0) console.log(`\nFailed: ${this.#failedSteps.join('; ')}`)
    if (this.#flaky.length > 0) console.log(`\nFlaky, passed at the second run only: ${this.#flaky.length}\n  ${this.#flaky.join('\n  ')}`)
    if (this.#times.length > 1) console.log(`\n${this.#timeTable()}`)
    if (this.#failures.length > 0) console.log(`\n${digestOf(this.#failures)}`)
    console.log(`\n${sentence(this.#all)}`)
    process.exitCode = this.#all.failed > 0 ? 1 : 0
  }

  /** The stages, the slowest first. Some run side by side, so that they add up to more than the whole. */
  #timeTable() {
    const rows = [...this.#times].sort((a, b) => b.took - a.took)
    rows.push({ title: 'From the first to the last', took: performance.now() - this.#start })
    return rows.map(({ title, took }) => `${seconds(took).padStart(9)}  ${title}`).join('\n')
  }
}

/** @param {Counts} counts */
function sentence({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed` + (skipped > 0 ? `, ${skipped} skipped` : '')
}
