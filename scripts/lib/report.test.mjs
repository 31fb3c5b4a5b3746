// The last lines of a run are often all that is kept: they name each failure, the times and the counts.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { it } from 'node:test'
import { digestOf } from './failures.mjs'

/** @param {string} steps what happens to `report` @returns {Promise<string>} what is printed */
function printed(steps) {
  const script = `
    import { Report } from ${JSON.stringify(new URL('report.mjs', import.meta.url).href)}
    const report = new Report()
    ${steps}
    report.close()`
  return new Promise((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], (_, output) => resolve(output))
  })
}

it('the table lists each stage, the slowest first, before the counts', async () => {
  const output = await printed(`
    const after = (time) => async () => (await new Promise((resolve) => setTimeout(resolve, time)), { passed: 1, failed: 0, skipped: 0 })
    await report.step('quick', after(1))
    await report.step('slow', after(400))`)
  assert.match(output, /\n +[\d.]+ s {2}slow\n +[\d.]+ s {2}quick\n +[\d.]+ s {2}From the first to the last\n\n2 passed, 0 failed\n$/)
})

it('each failure is named after the table and before the counts, with its first lines', async () => {
  const output = await printed(`
    await report.step('unit', async () => ({ passed: 1, failed: 1, skipped: 0, failures: [{ name: 'Backoff.grows', error: 'Expected: 2\\n\\n  Actual: 1' }] }))
    await report.attempt('Build of debug', () => Promise.reject(new Error('no compiler')))
    await report.check('formatted', process.execPath, ['-e', 'console.log("a.cpp is not"); process.exit(1)'])`)
  const end = output.slice(output.indexOf('From the first to the last'))
  assert.equal(
    end,
    `From the first to the last

unit: Backoff.grows
    Expected: 2
      Actual: 1
Build of debug
    no compiler
formatted
    a.cpp is not

1 passed, 3 failed
`,
  )
})

it('a failure has at most 15 lines, from the first that tells of an error', () => {
  const long = [
    ...Array.from({ length: 50 }, (_, n) => `[${n}/99] Building`),
    '\x1b[31ma.cpp:3: error: no such name',
    ...Array(50).fill('note: more'),
  ]
  const lines = digestOf([{ name: 'Build of debug', error: long.join('\n') }]).split('\n')
  assert.deepEqual(lines.slice(0, 3), ['Build of debug', '    a.cpp:3: error: no such name', '    note: more'])
  assert.equal(lines.length, 16)
})

it('many failures have about a hundred lines; those that have no room are counted', () => {
  const failures = Array.from({ length: 500 }, (_, n) => ({ name: `test ${n}`, error: 'a\nb\nc' }))
  const lines = digestOf(failures).split('\n')
  assert.ok(lines.length > 100 && lines.length < 210, `${lines.length}`)
  assert.match(lines.at(-1) ?? '', /^and \d+ more$/)
  const named = lines.filter((line) => /^test \d+$/.test(line)).length
  assert.equal(lines.at(-1), `and ${500 - named} more`)
})
