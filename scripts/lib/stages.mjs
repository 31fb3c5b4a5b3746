import { buildPreset } from './cmake.mjs'
import { inBackground } from './run.mjs'
import { build } from '../build.mjs'

/**
 * One stage of `npm test`. Stages that `wait`, for brokers and for time limits, run beside those that `compute`, which leave
 * them the processor, and run by twos when no other waits; stages that are sensitive to load run `alone`, after both.
 * @typedef {object} Stage
 * @property {string} part the part of `npm test` that it belongs to
 * @property {'wait' | 'compute' | 'alone'} kind
 * @property {readonly string[]} builds what it needs: presets, "programs" or "package"
 * @property {boolean} [onDemand] that it runs only where its part is named: another stage tests the same, and more
 * @property {boolean} [unnamed] that its tests have no names, so that `--name` leaves it out
 * @property {(report: import('./report.mjs').Report, name: string | undefined) => Promise<unknown>} run
 */

/** What is built of the preset debug for tests that run programs. */
const programs = ['wsmq_command', 'wsmq_hello', 'wsmq_demo_service']

/** @param {string} name */
function make(name) {
  if (name === 'package') return build()
  return name === 'programs' ? buildPreset('debug', { targets: programs }) : buildPreset(name)
}

/** What is built, once for all stages. */
class Builds {
  /** @type {Map<string, Promise<boolean>>} */
  #started = new Map()
  #report

  /** @param {import('./report.mjs').Report} report */
  constructor(report) {
    this.#report = report
  }

  /** @param {readonly string[]} names @returns {Promise<boolean>} whether all of them could be built */
  async have(names) {
    for (const name of names) if (!(await this.#build(name))) return false
    return true
  }

  /** @param {string} name */
  #build(name) {
    const started = this.#started.get(name)
    if (started) return started
    const building = this.#report.attempt(`Build of ${name}`, () => make(name))
    this.#started.set(name, building)
    return building
  }
}

/**
 * @param {import('./report.mjs').Report} report
 * @param {readonly Stage[]} stages
 * @param {string} [name] only tests whose name holds this text
 */
export async function runStages(report, stages, name) {
  const builds = new Builds(report)
  /** @param {Stage['kind']} kind */
  const those = (kind) => stages.filter((stage) => stage.kind === kind && !(stage.unnamed && name !== undefined))
  /** @param {Stage[]} left of which others may take some, too */
  const inOrder = async (left) => {
    for (let stage = left.shift(); stage !== undefined; stage = left.shift())
      if (await builds.have(stage.builds)) await stage.run(report, name)
  }
  const computing = those('compute')
  const compute = () => inBackground(() => inOrder(computing))
  await Promise.all([inOrder(those('wait')).then(compute), compute()])
  await inOrder(those('alone'))
}
