// Stages that wait run beside those that compute; those that are sensitive to load run after both.
import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Report } from './report.mjs'
import { inBackground, run } from './run.mjs'
import { runStages } from './stages.mjs'

it('runs kinds side by side, in order within a kind, and the rest alone', async () => {
  /** @type {string[]} */
  const log = []
  /** Resolved by the stage that computes: the one that waits ends only if the other runs beside it. @type {() => void} */
  let wake = () => {}
  const woken = new Promise((resolve) => (wake = () => resolve(undefined)))
  /** @param {import('./stages.mjs').Stage['kind']} kind @param {string} part @param {() => unknown} [work] @returns {import('./stages.mjs').Stage} */
  const stage = (kind, part, work) => ({
    ...{ part, kind, builds: [] },
    run: async () => {
      log.push(`${part} starts`)
      await work?.()
      log.push(`${part} ends`)
    },
  })
  const stages = [
    stage('alone', 'last'),
    stage('wait', 'waits', () => woken),
    stage('compute', 'computes', () => wake()),
    stage('wait', 'next'),
  ]
  await runStages(new Report(), stages)
  assert.deepEqual(log.slice(0, 2).sort(), ['computes starts', 'waits starts'])
  assert.ok(log.indexOf('waits ends') < log.indexOf('next starts'))
  assert.deepEqual(log.slice(-2), ['last starts', 'last ends'])
})

it('computes by twos once nothing waits any more, each stage once', async () => {
  /** @type {string[]} */
  const log = []
  /** @type {() => void} */
  let wake = () => {}
  const woken = new Promise((resolve) => (wake = () => resolve(undefined)))
  /** @param {string} part @param {() => unknown} work @returns {import('./stages.mjs').Stage} */
  const computing = (part, work) => ({
    ...{ part, kind: 'compute', builds: [] },
    run: async () => {
      await work()
      log.push(part)
    },
  })
  // The first one ends only if the second runs beside it.
  await runStages(new Report(), [computing('first', () => woken), computing('second', () => wake()), computing('third', () => {})])
  assert.deepEqual(log.toSorted(), ['first', 'second', 'third'])
})

it('leaves out stages without names where a name is wanted', async () => {
  let runs = 0
  const count = async () => (runs += 1)
  await runStages(new Report(), [{ part: 'a', kind: 'alone', builds: [], unnamed: true, run: count }], 'some name')
  assert.equal(runs, 0)
})

it('programs in the background run at a lower priority', async () => {
  const print = ['-e', 'console.log(require("os").getPriority())']
  const usual = Number((await run(process.execPath, print)).output)
  const lower = Number((await inBackground(() => run(process.execPath, print))).output)
  assert.ok(lower > usual || usual === 19, `${lower} and ${usual}`)
})

it('a program that leaves something running with its output fails, and is not waited for', async () => {
  const { code, output } = await run('sh', ['-c', 'sleep 300 & echo $!'], { patience: 100 })
  process.kill(parseInt(output))
  assert.equal(code, 1)
  assert.match(output, /sh has ended, but something that it started still runs and holds its output/)
})
