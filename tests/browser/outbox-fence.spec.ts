// The fence of an outbox: what a page that hung still does with it, once another was given it, comes to nothing.
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { build } from 'esbuild'
import type { IndexedDbStorage } from '../../js/src/outbox/indexed-db.js'
import type { Mirror } from '../../js/src/outbox/mirror.js'
import type { Slots } from '../../js/src/outbox/slots.js'
import type { Row, Slot } from '../../js/src/outbox/storage.js'
import { expect, test as base } from './support.js'

interface Parts {
  IndexedDbStorage: typeof IndexedDbStorage
  Mirror: typeof Mirror
  Slots: typeof Slots
  row: (number: number) => Row
  /** What it rejects with, or nothing. */
  outcome: (promise: Promise<unknown>) => Promise<string>
  storage: IndexedDbStorage
  mirror: Mirror
  /** What the mirror did besides. */
  noted: string[]
}
declare const self: Parts & typeof window

/** As globals of a page. */
const parts = build({
  stdin: {
    contents: `
      import { IndexedDbStorage } from './js/src/outbox/indexed-db.ts'
      import { Mirror } from './js/src/outbox/mirror.ts'
      import { Slots } from './js/src/outbox/slots.ts'
      const row = (number) => ({ kind: 1, number, record: Uint8Array.of(number), publishedAt: 1 })
      const outcome = (promise) => promise.then(() => 'done', (error) => error.constructor.name)
      Object.assign(globalThis, { IndexedDbStorage, Mirror, Slots, row, outcome, storage: new IndexedDbStorage(), noted: [] })`,
    resolveDir: fileURLToPath(new URL('../..', import.meta.url)),
  },
  bundle: true,
  write: false,
  format: 'iife',
  target: 'es2022',
  keepNames: true,
}).then(({ outputFiles: [file] }) => file?.text ?? '')

const slot: Slot = { id: 'slot', scope: 'scope', clientId: 'client', used: 1, group: 'group' }

const test = base.extend<{ openParts: () => Promise<Page> }>({
  openParts: async ({ context, site }, use) => {
    await use(async () => {
      const page = await context.newPage()
      await page.goto(`${site.url}icon.svg`)
      await page.evaluate(await parts)
      return page
    })
  },
})

/** The page has the slot, with the row 1 in it. */
const begin = (page: Page, given = slot) =>
  page.evaluate(async (slot) => {
    await self.storage.lock(slot.id, 0)
    await self.storage.save(slot)
    await self.storage.write(slot.id, [self.row(1)], [])
  }, given)

const depose = (page: Page, group = 'group') => page.evaluate((name) => self.storage.depose(name, async () => true), group)

/** The slots that are there, each with the numbers of its rows. */
const slots = (page: Page) =>
  page.evaluate(async () => {
    const storage = new self.IndexedDbStorage()
    const all = await storage.slots('scope')
    return Promise.all(all.map(async ({ id, clientId }) => ({ id, clientId, rows: (await storage.read(id)).map(({ number }) => number) })))
  })

const journals = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('websocket-mq outbox')).length)

const records = (page: Page) =>
  page.evaluate(async () => {
    const opening = indexedDB.open('websocket-mq')
    await new Promise((resolve) => (opening.onsuccess = resolve))
    const keys = opening.result.transaction('records').objectStore('records').getAllKeys()
    await new Promise((resolve) => (keys.onsuccess = resolve))
    opening.result.close()
    return keys.result.length
  })

test('what the former owner wrote is there, and nothing that it writes later', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  await begin(former)
  await depose(next)
  const outcomes = await former.evaluate(
    (given) =>
      Promise.all(
        [
          self.storage.write(given.id, [self.row(2)], []),
          self.storage.write(given.id, [], [self.row(1)]),
          self.storage.write(given.id, [self.row(3)], [self.row(1)]),
          self.storage.save({ ...given, clientId: 'another' }),
        ].map((promise) => self.outcome(promise)),
      ),
    slot,
  )
  expect(outcomes).toEqual(Array(4).fill('Fenced'))
  const [found, ...others] = await slots(next)
  expect([found?.clientId, found?.rows, others]).toEqual(['client', [1], []])
  expect(found?.id).not.toBe(slot.id)
  // Nothing is left where nobody looks.
  expect(await records(next)).toBe(1)
})

test('what was begun before others were given the slot is there, and what was begun later is not', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  let mixed = 0
  for (let round = 0; round < 20; round++) {
    const given = { ...slot, id: `slot ${round}`, clientId: `client ${round}`, group: `group ${round}` }
    await begin(former, given)
    const writing = former.evaluate(async (id) => {
      const all = Array.from({ length: 100 }, async (_, index) => {
        await new Promise((resolve) => setTimeout(resolve, index / 2))
        const rows = [self.row(10 + 2 * index), self.row(11 + 2 * index)]
        return self.outcome(self.storage.write(id, rows, []))
      })
      return Promise.all(all)
    }, given.id)
    await depose(next, given.group)
    const outcomes = await writing
    const done = outcomes.flatMap((outcome, index) => (outcome === 'done' ? [10 + 2 * index, 11 + 2 * index] : []))
    if (done.length > 0 && done.length < 200) mixed++
    expect(new Set(outcomes.slice(done.length / 2))).toEqual(new Set(done.length < 200 ? ['Fenced'] : []))
    const found = (await slots(next)).find(({ clientId }) => clientId === given.clientId)
    expect(found?.rows).toEqual([1, ...done])
  }
  expect(mixed).toBeGreaterThan(0)
})

test('the journal of a page that was left counts, and one that is written later does not', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  const leave = (page: Page, id: string, number: number) =>
    page.evaluate(([to, left]) => self.storage.leave(to, [self.row(left), self.row(1)]), [{ ...slot, id }, number] as const)
  await begin(former)
  await leave(former, slot.id, 2)
  await depose(next)
  const [{ id, rows } = { id: '', rows: [] }] = await slots(next)
  expect(rows).toEqual([1, 2])
  await leave(next, id, 3)
  await leave(former, slot.id, 4)
  expect((await slots(next))[0]?.rows).toEqual([1, 2, 3])
})

test('a journal that is seen only when another page has had the slot is of no account', async ({ openParts }) => {
  const [former, next, last] = [await openParts(), await openParts(), await openParts()]
  /** Takes the slot, and gives it up. */
  const take = (page: Page, put: number[], erased: number[]) =>
    page.evaluate(
      async ([rows, over]) => {
        const { slot, rows: found, release } = await new self.Slots(self.storage, 'scope', () => 'client').claim('client')
        const keys = over.map((number) => ({ kind: 1, number }))
        await self.storage.write(slot.id, rows.map(self.row), keys)
        release()
        return { slot, found: found.map(({ number }) => number) }
      },
      [put, erased] as const,
    )
  /** Of a page that had the slot. */
  const leave = (page: Page, left: Slot, number: number) =>
    page.evaluate(([to, row]) => self.storage.leave(to, [self.row(row)]), [left, number] as const)

  const { slot: left } = await take(former, [1], [])
  // What the former could not write others have repeated, and it has arrived.
  expect((await take(next, [2], [1])).found).toEqual([1])
  await leave(former, left, 7)
  const third = await take(last, [], [])
  expect([third.found, await journals(last)]).toEqual([[2], 0])
  // That of the last one counts.
  await leave(last, third.slot, 3)
  expect((await take(next, [], [])).found).toEqual([2, 3])
})

test('a slot is taken from the page that holds it for the group, and no other is', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  await begin(former)
  await begin(former, { id: 'alone', scope: 'scope', clientId: 'client', used: 1 })
  await begin(former, { ...slot, id: 'of another group', group: 'another group' })
  const asked = await next.evaluate(async () => {
    const names: string[] = []
    await self.storage.depose('group', async (lock) => {
      names.push(lock)
      return false
    })
    return names
  })
  expect(asked).toEqual(['websocket-mq outbox slot'])
  expect((await slots(next)).map(({ id }) => id).sort()).toEqual(['alone', 'of another group', 'slot'])
  await depose(next)
  expect((await slots(next)).map(({ id }) => id)).not.toContain('slot')
})

test('tabs that share a connection find its slot, with or without the client identifier', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  await begin(former)
  const claimed = (clientId: string | undefined, group: string | undefined) =>
    next.evaluate(
      async ([id, name]) => {
        const storage = new self.IndexedDbStorage()
        const claim = await new self.Slots(storage, 'scope', () => 'a new one', name).claim(id).catch((error) => ({ error }))
        if ('error' in claim) return String(claim.error.code)
        claim.release()
        if (claim.slot.clientId !== 'client') await storage.remove(claim.slot.id)
        sessionStorage.clear()
        return claim.slot.clientId
      },
      [clientId, group] as const,
    )
  expect([await claimed(undefined, 'group'), await claimed('client', 'group')]).toEqual(['a new one', 'outbox_in_use'])
  // Another slot with messages, which anybody may have.
  await begin(next, { ...slot, id: 'another', clientId: 'another', group: 'another group' })
  await next.evaluate(() => self.storage.lock('another', 0))
  await depose(next)
  expect([await claimed(undefined, 'group'), await claimed('client', 'group')]).toEqual(['client', 'client'])
})

test('an outbox that was taken over ends without a word', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  await begin(former)
  await former.evaluate((given) => {
    const { noted } = self
    self.mirror = new self.Mirror(self.storage, {
      slot: given,
      rows: [self.row(1)],
      release: () => noted.push('released'),
    })
    self.mirror.onFailed = (cause) => noted.push(`failed: ${String(cause)}`)
  }, slot)
  await depose(next)
  const flushed = await former.evaluate(async () => {
    self.mirror.put(self.row(2))
    const flushed = self.mirror.flush()?.then(() => 'flushed')
    await new Promise<void>((resolve) => {
      const check = () => (self.noted.length === 0 ? setTimeout(check) : resolve())
      check()
    })
    const waits = Promise.resolve('waits')
    return [await Promise.race([flushed, waits]), await Promise.race([self.mirror.flush(), waits])]
  })
  expect([flushed, await former.evaluate(() => self.noted)]).toEqual([['waits', 'waits'], ['released']])
  await former.evaluate(async () => {
    self.mirror.put(self.row(3))
    dispatchEvent(new Event('pagehide'))
    await self.mirror.close()
  })
  expect([await journals(former), (await slots(next)).map(({ rows }) => rows)]).toEqual([0, [[1]]])
})

test('closing does not wait for storage where the outbox was taken over', async ({ openParts }) => {
  const [former, next] = [await openParts(), await openParts()]
  await begin(former)
  await depose(next)
  const closed = await former.evaluate((given) => {
    const mirror = new self.Mirror(self.storage, { slot: given, rows: [], release: () => {} })
    mirror.put(self.row(2))
    // Its patience with storage never ends.
    self.setTimeout = (() => 0) as unknown as typeof setTimeout
    return mirror.close().then(() => 'closed')
  }, slot)
  expect(closed).toBe('closed')
  expect((await slots(next)).map(({ rows }) => rows)).toEqual([[1]])
})
