import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import './cmake.mjs' // which sets ccache up
import { isInstalled } from './installed.mjs'
import { root } from './root.mjs'
import { Failure, forEach, lastLines, run } from './run.mjs'
import { Stamp } from './stamp.mjs'

/**
 * One line of demo/backends/backends.json. Commands run in the backend's own folder.
 * @typedef {object} Backend
 * @property {string} name its folder under demo/backends
 * @property {string} language
 * @property {string} library
 * @property {{ program?: string, file?: string, package?: string }[]} needs what must be installed, and the Debian package that contains it
 * @property {string[][]} build commands, one after another
 * @property {string[]} start
 * @property {Record<string, string>} [lacks] checks that fail because of the library, and why
 */

const atOnce = 4 // conformance runs, which mostly wait
/** @type {Record<string, string>} */
const environment = {
  CMAKE_BUILD_PARALLEL_LEVEL: String(availableParallelism()), // or else make starts everything at once
  ...(isInstalled('ccache') ? { CMAKE_CXX_COMPILER_LAUNCHER: 'ccache' } : {}),
}

/** Every language of the table, or why it is absent. @returns {(Backend | { language: string, absent: string })[]} */
function languages() {
  return JSON.parse(readFileSync(`${root}demo/backends/backends.json`, 'utf8'))
}

/** @returns {Backend[]} */
export function backends() {
  return languages().flatMap((each) => ('absent' in each ? [] : [each]))
}

/** What `npm run setup` installs for them, as far as Debian has it. @returns {{ package: string, program?: string, file?: string }[]} */
export function needsOfBackends() {
  return backends().flatMap(({ needs }) =>
    needs.flatMap((need) => (need.package === undefined ? [] : [{ ...need, package: need.package }])),
  )
}

/** @param {Backend} backend @returns {string | undefined} what is missing here to build and start it */
export function missing({ needs }) {
  const need = needs.find(({ program, file }) => !isInstalled(program ?? file ?? ''))
  return need && (need.program ?? need.file)
}

/**
 * Tools that take seconds to find that they have nothing to do: what each works from, and the folder where it puts the result.
 * What is made already stays, also because another instance may be running with it.
 * @type {Record<string, { sources: string[], result: string }>}
 */
const tools = {
  npm: { sources: ['package-lock.json'], result: 'node_modules' },
  mvn: { sources: ['pom.xml', 'src'], result: 'target' },
  python3: { sources: ['requirements.txt'], result: '.venv' },
}

/** @param {Backend} backend @param {string} cwd its folder @returns {Stamp | undefined} what it is built from; none where its tool is asked each time */
function stampOf({ build }, cwd) {
  const tool = tools[build[0]?.[0] ?? '']
  return (
    tool &&
    new Stamp(
      tool.sources.map((source) => `${cwd}/${source}`),
      `${cwd}/${tool.result}/.built`,
      JSON.stringify(build),
    )
  )
}

/**
 * Installs and compiles.
 * @param {Backend} backend
 * @param {AbortSignal} [signal] ends it
 * @returns {Promise<string | undefined>} what went wrong
 */
export async function buildBackend(backend, signal) {
  const cwd = `${root}demo/backends/${backend.name}`
  const build = async () => {
    for (const [program = '', ...args] of backend.build) {
      const { code, output } = await run(program, args, { cwd, env: environment, ...(signal ? { signal } : {}) })
      if (code !== 0) throw new Failure(`${[program, ...args].join(' ')} failed:\n${lastLines(output, 60)}`)
    }
  }
  try {
    const stamp = stampOf(backend, cwd)
    await (stamp ? stamp.once(build) : build())
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error.message
    throw error
  }
}

/** These services must pass every check, also those that are skipped for others. A check in `lacks` must fail. @param {Backend} backend */
async function checkBackend({ name, start, lacks = {} }) {
  const { output } = await run(process.execPath, [`${root}tests/conformance/run.mjs`, '--json', '--', ...start], {
    cwd: `${root}demo/backends/${name}`,
  })
  try {
    /** @type {{ name: string, outcome: string, reason?: string }[]} */
    const checks = JSON.parse(output).checks
    const notable = checks.filter(({ name, outcome }) => outcome !== (lacks[name] ? 'failed' : 'passed'))
    const failures = notable.map(({ name, outcome, reason = lacks[name] }) => ({ name, error: `${outcome}: ${reason}` }))
    const text = failures.map(({ name, error }) => `${name} ${error}`).join('\n')
    return { passed: checks.length - notable.length, failed: notable.length, skipped: 0, failures, output: text }
  } catch {
    return { passed: 0, failed: 1, skipped: 0, output }
  }
}

/**
 * Builds every backend whose toolchain is here, and reports the others as skipped.
 * @param {import('./report.mjs').Report} report
 * @returns {Promise<Backend[]>} those that are built
 */
export async function buildBackends(report) {
  for (const each of languages()) if ('absent' in each) console.log(`No backend in ${each.language}: ${each.absent}`)
  /** @param {(backend: Backend) => boolean} which */
  const inTurn = async (which) => {
    const built = []
    for (const backend of backends().filter(which)) if (await isBuilt(backend, report)) built.push(backend)
    return built
  }
  // What is fetched for one is fetched while another compiles. Maven's folder of what it has fetched takes one Maven at a time.
  /** @param {Backend} backend */
  const isMavens = ({ build }) => build[0]?.[0] === 'mvn'
  const built = await Promise.all([inTurn(isMavens), inTurn((backend) => !isMavens(backend))])
  return built.flat()
}

/** @param {Backend} backend @param {import('./report.mjs').Report} report @returns {Promise<boolean>} */
async function isBuilt(backend, report) {
  const title = `Backend in ${backend.language} (${backend.library})`
  const lacking = missing(backend)
  if (lacking) {
    await report.step(title, async () => ({ passed: 0, failed: 0, skipped: 1 }))
    console.log(`  left out: ${lacking} is not installed`)
    return false
  }
  return report.attempt(title, async () => {
    const wrong = await buildBackend(backend)
    if (wrong) throw new Error(wrong)
  })
}

/**
 * Runs the conformance suite against backends that are built.
 * @param {import('./report.mjs').Report} report
 * @param {readonly Backend[]} built
 */
export async function testBackends(report, built) {
  await forEach(built, atOnce, (backend) => report.step(`Conformance of the service in ${backend.language}`, () => checkBackend(backend)))
}
