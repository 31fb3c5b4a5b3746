import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { fileURLToPath } from 'node:url'
import { mutants } from './mutants.mjs'
import { checks, runSuite } from './suite.mjs'

const root = fileURLToPath(new URL('../../', import.meta.url))
const runner = `${root}tests/conformance/run.mjs`
const service = `${root}demo/backends/javascript/`

// Most of them wait until an answer counts as missing.
describe('the conformance suite', { concurrency: 8 }, () => {
  /** @type {string} */
  let directory
  /** The files of the demo service. @type {[name: string, source: string][]} */
  let sound

  before(async () => {
    const files = (await readdir(service)).filter((file) => file.endsWith('.js'))
    sound = await Promise.all(files.map(async (file) => /** @type {[string, string]} */ ([file, await readFile(service + file, 'utf8')])))
    await mkdir(`${root}build`, { recursive: true })
    // Below the work tree, so that the project's own MQTT.js is found.
    directory = await mkdtemp(`${root}build/mutants-`)
  })

  after(() => rm(directory, { recursive: true, force: true }))

  /** @param {string} name @param {[name: string, source: string][]} files @returns {Promise<string>} what starts it */
  async function write(name, files) {
    await mkdir(`${directory}/${name}`)
    for (const [file, source] of files) await writeFile(`${directory}/${name}/${file}`, source)
    return `${directory}/${name}/service.js`
  }

  /** Runs the command line as a user does. @param {string[]} args */
  async function command(...args) {
    try {
      return { code: 0, ...(await promisify(execFile)(process.execPath, [runner, ...args])) }
    } catch (error) {
      return /** @type {{ code: number, stdout: string, stderr: string }} */ (error)
    }
  }

  it('has a wrong service for every check', () => {
    assert.deepEqual([...new Set(mutants.map(({ check }) => check))].sort(), checks.map(({ name }) => name).sort())
  })

  /**
   * @param {[name: string, source: string][]} files
   * @param {import('./mutants.mjs').Edit} edit
   * @returns {[name: string, source: string][]}
   */
  function mutate(files, { from, to }) {
    const times = files.reduce((sum, [, source]) => sum + source.split(from).length - 1, 0)
    assert.equal(times, 1, `the demo service should have this once: ${from}`)
    return files.map(([file, source]) => [file, source.replace(from, () => to)])
  }

  for (const { check, wrong, also, ...edit } of mutants) {
    it(`${check} finds a service with this fault: ${wrong}`, async () => {
      const mutant = mutate(sound, edit)
      const file = await write(`${check}-${wrong.replaceAll(/\W/g, '-')}`, also ? mutate(mutant, also) : mutant)
      const results = await runSuite({ command: [process.execPath, file], only: [check] })
      assert.deepEqual(
        results.map(({ name, outcome }) => [name, outcome]),
        [[check, 'failed']],
      )
    })
  }

  it('tells each check, closes with the counts, and its exit code says whether one failed', async () => {
    const file = await write('sound', sound)
    const passing = await command('--only', 'echo,sum', process.execPath, file)
    assert.equal(passing.code, 0, passing.stdout)
    assert.match(passing.stdout, /^ok +echo: [^]*^ok +sum: [^]*\n2 passed, 0 failed\n$/m)

    const broken = await write('broken', mutate(sound, { from: 'sum + term, 0)', to: 'sum, 0)' }))
    const failing = await command('--only', 'echo,sum', process.execPath, broken)
    assert.equal(failing.code, 1)
    assert.match(failing.stdout, /^FAILED +sum: [^]*\n1 passed, 1 failed\n$/m)

    const { checks: told, ...counts } = JSON.parse((await command('--json', '--only', 'echo,sum', process.execPath, broken)).stdout)
    assert.deepEqual([counts.passed, counts.failed, counts.skipped], [1, 1, 0])
    assert.deepEqual(
      told.map((/** @type {{ outcome: string }} */ { outcome }) => outcome),
      ['passed', 'failed'],
    )
  })

  it('skips what needs MQTT 5 for a service that speaks 3.1.1', async () => {
    const old = await write('old', mutate(sound, { from: 'protocolVersion: 5', to: 'protocolVersion: 4' }))
    const results = await runSuite({ command: [process.execPath, old], only: ['echo', 'correlation'] })
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['passed', 'skipped'],
    )
  })

  it('says so when the command does not start a service', async () => {
    const { code, stderr } = await command(process.execPath, '-e', 'console.log("no service")')
    assert.equal(code, 1)
    assert.match(stderr, /ended before its discovery record came:\s+no service/)
  })

  it('refuses options and checks that there are not', async () => {
    assert.match((await command('--none')).stderr, /no option --none/)
    assert.match((await command('--only', 'none', 'x')).stderr, /no check "none"/)
  })
})
