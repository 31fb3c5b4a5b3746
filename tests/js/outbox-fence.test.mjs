// An outbox in files whose lock was taken from a process of another machine that was only stopped for a while.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, it } from 'node:test'
import { importSource } from './support/sources.mjs'

const { FileStorage } = await importSource('outbox/file')

const id = '01234567-89ab-cdef-0123-456789abcdef'
const slot = { id, scope: 'scope', clientId: 'client', used: 1 }
const row = (/** @type {number} */ number, size = 1) => ({ kind: 1, number, record: new Uint8Array(size).fill(number), publishedAt: 1 })

/** @type {string} */
let folder
/** @type {(() => void)[]} */
let releases = []
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'wsmq-fence-'))))
afterEach(() => {
  for (const release of releases) release()
  releases = []
  rmSync(folder, { recursive: true, force: true })
})

const lockFile = () => join(folder, `${id}.lock`)

async function locked() {
  const storage = new FileStorage(folder)
  const release = await storage.lock(id, 0)
  assert.ok(release)
  releases.push(release)
  return { storage, release }
}

/** A process elsewhere, with the row 1 in the slot: it has not touched its lock for long. */
async function stopped() {
  const { storage, release } = await locked()
  await storage.save(slot)
  await storage.write(id, [row(1)], [])
  writeFileSync(lockFile(), JSON.stringify({ ...JSON.parse(readFileSync(lockFile(), 'utf8')), host: 'elsewhere' }))
  const longAgo = new Date(Date.now() - 31_000)
  utimesSync(lockFile(), longAgo, longAgo)
  return { storage, release }
}

/** @param {any} storage @returns {Promise<number[]>} */
const rows = async (storage) => (await storage.read(id)).map((/** @type {any} */ { number }) => number)

/** What whoever looks into the file finds. */
const inFile = () => rows(new FileStorage(folder))

it('nothing that it does later is seen, and its lock is not touched', async () => {
  const { storage: former, release } = await stopped()
  const { storage: next } = await locked()
  assert.deepEqual(await rows(next), [1])
  await next.write(id, [row(2)], [])
  const lock = readFileSync(lockFile(), 'utf8')
  for (const change of [
    () => former.write(id, [row(3)], []),
    () => former.write(id, [], [{ kind: 1, number: 1 }]),
    // One that rewrites the log.
    () => former.write(id, [row(4, 3_000_000)], []),
    () => former.save({ ...slot, clientId: 'another' }),
    () => former.remove(id),
  ])
    await assert.rejects(change(), { message: /taken the outbox over/ })
  release()
  assert.equal(readFileSync(lockFile(), 'utf8'), lock)
  assert.deepEqual(await inFile(), [1, 2])
  await next.write(id, [row(5)], [{ kind: 1, number: 1 }])
  assert.deepEqual(await inFile(), [2, 5])
  assert.equal((await next.slots('scope'))[0].clientId, 'client')
})

it('what it wrote before it was deposed is there', async () => {
  const { storage: former } = await stopped()
  const { storage: next } = await locked()
  // The lock is taken, and the log not read yet.
  await former.write(id, [row(2)], [])
  assert.deepEqual(await rows(next), [1, 2])
  await assert.rejects(former.write(id, [row(3)], []))
  assert.deepEqual(await inFile(), [1, 2])
})

it('a lock that another has in the meantime is not given back', async () => {
  const { release } = await locked()
  writeFileSync(lockFile(), JSON.stringify({ pid: process.pid, start: '', host: 'elsewhere', token: 'another' }))
  release()
  assert.ok(existsSync(lockFile()))
})

it("a log that somebody has deleted is nobody else's", async () => {
  const { storage } = await locked()
  await storage.save(slot)
  rmSync(join(folder, `${id}.outbox`))
  await storage.write(id, [row(1)], [])
  assert.deepEqual(readdirSync(folder), [`${id}.lock`])
})
