import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { run } from './run.mjs'

test('a signal ends a program, and what that has started', { timeout: 30_000 }, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'wsmq-run-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const abort = new AbortController()
  const ended = run('sh', ['-c', 'sleep 1000 & echo $! > child; wait'], { cwd: folder, signal: abort.signal })
  let child = 0
  while (!child) {
    child = Number(await readFile(join(folder, 'child'), 'utf8').catch(() => ''))
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  abort.abort()
  assert.equal((await ended).code, 128) // which both would keep open otherwise: they share its output
  assert.equal(await isRunning(child), false)
  assert.equal((await run('sh', ['-c', 'true'], { signal: abort.signal })).code, 128)
})

/** @param {number} pid */
async function isRunning(pid) {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  return status !== '' && !/\) Z /.test(status)
}
