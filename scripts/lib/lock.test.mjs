import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { exclusively } from './lock.mjs'

/** @param {import('node:test').TestContext} t */
async function folderFor(t) {
  const folder = `${await mkdtemp(join(tmpdir(), 'wsmq-lock-'))}/`
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

test('work of one name goes one after another, also behind work that fails', async (t) => {
  const folder = await folderFor(t)
  let atOnce = 0
  let most = 0
  let waited = 0
  const work = async () => {
    most = Math.max(most, ++atOnce)
    await new Promise((resolve) => setImmediate(resolve))
    --atOnce
    throw new Error('failed')
  }
  const all = await Promise.allSettled([1, 2, 3].map(() => exclusively('one', work, { folder, onWait: () => ++waited })))
  assert.deepEqual(
    all.map((each) => each.status === 'rejected' && each.reason.message),
    ['failed', 'failed', 'failed'],
  )
  assert.equal(most, 1)
  assert.ok(waited > 0)
  assert.deepEqual(await readdir(folder), [])
})

test('what a process has left that is gone holds up nobody', async (t) => {
  const folder = await folderFor(t)
  await writeFile(`${folder}one`, '4194305') // above the highest number of a process
  assert.equal(await exclusively('one', async () => 'done', { folder }), 'done')
})

test('waiting can be given up', async (t) => {
  const folder = await folderFor(t)
  const abort = new AbortController()
  await writeFile(`${folder}one`, String(process.pid))
  const waiting = exclusively('one', async () => 'done', { folder, signal: abort.signal, onWait: () => abort.abort() })
  await assert.rejects(waiting, { name: 'AbortError' })
  assert.deepEqual(await readdir(folder), ['one'])
})
