// The counts of a run are those of the runner's own report.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { isRunning } from './leftovers.mjs'
import { root } from './root.mjs'
import { countJUnit, runNodeTests } from './suites.mjs'

describe('counts of node:test', () => {
  /** @type {string} */
  let folder
  before(async () => {
    await mkdir(`${root}build`, { recursive: true })
    folder = await mkdtemp(`${root}build/suites-`)
    // The child is a run of its own, not a part of this one; and CI's second run is not what is tested.
    delete process.env['NODE_TEST_CONTEXT']
    delete process.env['CI']
  })
  after(() => rm(folder, { recursive: true, force: true }))

  /** @param {string} script @param {import('./suites.mjs').NodeTestOptions} [options] */
  async function counts(script, options) {
    const file = `${folder}/some.test.mjs`
    await writeFile(file, `import { before, describe, it } from 'node:test'\n${script}`)
    return runNodeTests([file.slice(root.length)], options)
  }

  it('hold each test once, and no suite', async () => {
    const { passed, failed, skipped, failures } = await counts(`
      describe('a suite', () => {
        it('passes', () => {})
        it('fails', () => { throw new Error('not ok 7 - as TAP would put it') })
        it.skip('is skipped', () => {})
        it('is to be done', { todo: true }, () => { throw new Error('not yet') })
      })`)
    assert.deepEqual({ passed, failed, skipped }, { passed: 1, failed: 1, skipped: 2 })
    assert.deepEqual(
      failures.map(({ name, file }) => ({ name, file })),
      [{ name: 'a suite > fails', file: `${folder}/some.test.mjs` }],
    )
    assert.match(failures[0]?.error ?? '', /as TAP would put it/)
  })

  it('hold the hook of a suite that fails, and the tests that it cancels', async () => {
    const { failures } = await counts(`describe('s', () => { before(() => { throw new Error('no broker') }); it('runs', () => {}) })`)
    assert.deepEqual(failures.map(({ name }) => name).sort(), ['s', 's > runs'])
  })

  it('hold a file that ends without a result, with what it printed', async () => {
    const { failed, output } = await counts('syntax error')
    assert.equal(failed, 1)
    assert.match(output, /SyntaxError/)
  })

  describe('hold as a failure what a file leaves running, which is ended', () => {
    const server = `import { createServer } from 'node:http'
      it('serves', () => new Promise((resolve) => createServer().listen(0, '127.0.0.1', resolve)));`
    // Its parent has ended, and it holds the output of the file's process.
    const program = `import { spawnSync } from 'node:child_process'
      it('starts', () => void spawnSync('sh', ['-c', 'sleep 300 & echo $! > $LEFT'], { stdio: 'inherit' }));`
    const left = () => readFile(`${folder}/left`, 'utf8').then(Number)
    const soon = () => ({ env: { LEFTOVERS_GRACE: '100', LEFT: `${folder}/left` } })

    it('a server', async () => {
      const { passed, failures } = await counts(server, soon())
      assert.equal(passed, 1)
      assert.deepEqual(failures.map(({ name }) => name), ['leaves nothing running']) // prettier-ignore
      assert.match(failures[0]?.error ?? '', /the tests ended 0\.1 s ago, but these keep their process alive: .*TCPServerWrap/)
    })

    it('a server, beside a test that fails', async () => {
      const { failures } = await counts(`${server} it('fails', () => { throw new Error('no') })`, soon())
      assert.deepEqual(failures.map(({ name }) => name), ['fails', 'leaves nothing running']) // prettier-ignore
    })

    it('a program', async () => {
      const { passed, failures } = await counts(program, soon())
      assert.equal(passed, 1)
      assert.deepEqual(failures.map(({ name }) => name), ['leaves nothing running']) // prettier-ignore
      assert.match(failures[0]?.error ?? '', /^Left running: sleep 300\. Now ended/)
      assert.equal(isRunning(await left()), false)
    })

    it('but no program that ends when the process has', async () => {
      const reader = `import { spawn } from 'node:child_process'
        it('starts', () => new Promise((resolve) => { const cat = spawn('cat'); cat.unref(); cat.stdin.unref(); cat.stdout.unref(); cat.stderr.unref(); setTimeout(resolve, 1) }))`
      const { passed, failed } = await counts(reader, soon())
      assert.deepEqual({ passed, failed }, { passed: 1, failed: 0 })
    })

    it('a program of a file that takes too long', async () => {
      const { failures } = await counts(`${program} it('hangs', () => new Promise(() => setInterval(() => {}, 1000)))`, {
        ...soon(),
        limit: 2,
      })
      const text = failures.map(({ name, error }) => `${name}: ${error}`).join('\n')
      assert.match(text, /hangs[^]*timed out after 2000ms[^]*leaves nothing running: Left running: sleep 300/)
      assert.equal(isRunning(await left()), false)
    })
  })
})

it('counts of CTest are those of its report', () => {
  const report = `<?xml version="1.0"?><testsuite name="(empty)" tests="4" failures="1" disabled="1" skipped="1">
    <testcase name="replay.codec" classname="replay.codec" time="0.1" status="run"><system-out>status="fail"</system-out></testcase>
    <testcase name="replay.client" classname="replay.client" time="0.1" status="fail"><failure message=""/></testcase>
    <testcase name="replay.other" classname="replay.other" time="0" status="notrun"><skipped/></testcase>
    <testcase name="replay.more" classname="replay.more" time="0" status="disabled"/></testsuite>`
  assert.deepEqual(countJUnit(report), { passed: 1, failed: 1, skipped: 2 })
})
