import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Stamp } from './stamp.mjs'

test('what was made is current until the content of its sources changes, or how it is made', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'wsmq-stamp-'))
  context.after(() => rm(folder, { recursive: true, force: true }))
  await mkdir(join(folder, 'src/inner'), { recursive: true })
  await writeFile(join(folder, 'settings'), 'one')
  const inner = join(folder, 'src/inner/file')
  await writeFile(inner, 'two')
  const stamp = (how = 'compile') => new Stamp([join(folder, 'settings'), join(folder, 'src')], join(folder, 'note'), how)
  assert.equal(await stamp().isCurrent(), false)
  await stamp().note()
  await utimes(inner, new Date(), new Date(Date.now() + 60_000))
  assert.equal(await stamp().isCurrent(), true)
  assert.equal(await stamp('link').isCurrent(), false)
  await writeFile(inner, 'other')
  assert.equal(await stamp().isCurrent(), false)
  await stamp().note()
  await writeFile(join(folder, 'settings'), 'three')
  assert.equal(await stamp().isCurrent(), false)
})

test('is made once by all who need it at the same time', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'wsmq-stamp-'))
  t.after(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'settings'), 'a')
  let made = 0
  const make = async () => {
    await new Promise((resolve) => setImmediate(resolve))
    made += 1
  }
  const stamps = Array.from({ length: 3 }, () => new Stamp([join(folder, 'settings')], join(folder, 'note')))
  await Promise.all(stamps.map((stamp) => stamp.once(make)))
  assert.equal(made, 1)
  await assert.rejects(
    new Stamp([join(folder, 'settings')], join(folder, 'other')).once(() => Promise.reject(new Error('no network'))),
    /no network/,
  )
  await new Stamp([join(folder, 'settings')], join(folder, 'other')).once(make)
  assert.equal(made, 2)
})
