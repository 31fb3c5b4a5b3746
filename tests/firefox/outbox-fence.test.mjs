// In Firefox: what a page does with its outbox that others were given comes to nothing.
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { after, it } from 'node:test'
import { build } from 'esbuild'
import { root } from '../../scripts/lib/root.mjs'
import { Firefox } from './firefox.mjs'

const source = { contents: `export * from './js/src/outbox/indexed-db.ts'`, resolveDir: root }
const { outputFiles } = await build({ stdin: source, bundle: true, write: false, format: 'esm', target: 'es2022', keepNames: true })
const server = createServer(({ url }, response) => {
  response.setHeader('Content-Type', url === '/storage.js' ? 'text/javascript' : 'text/html')
  response.end(url === '/storage.js' ? outputFiles[0]?.text : '<!doctype html><title>Storage</title>')
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
const firefox = await Firefox.launch()
after(async () => {
  await firefox.close()
  server.close()
})

it('what a page does with an outbox that others were given comes to nothing', async () => {
  const tab = await firefox.open(`http://127.0.0.1:${port}/`)
  const found = await tab.run(async () => {
    // @ts-expect-error -- served above
    const { IndexedDbStorage } = await import('/storage.js')
    const slot = { id: 'slot', scope: 'scope', clientId: 'client', used: 1, group: 'group' }
    const row = (/** @type {number} */ number) => ({ kind: 1, number, record: Uint8Array.of(number), publishedAt: 1 })
    const [former, next] = [new IndexedDbStorage('group'), new IndexedDbStorage('group')]
    await former.lock(slot.id, 0)
    await former.save(slot)
    await former.write(slot.id, [row(1)], [])
    await next.depose('group', async () => true)
    const late = [
      former.write(slot.id, [row(2)], [{ kind: 1, number: 1 }]),
      former.write(slot.id, [], [{ kind: 1, number: 1 }]),
      former.save({ ...slot, clientId: 'another' }),
    ].map((promise) =>
      promise.then(
        () => 'done',
        (/** @type {Error} */ error) => error.constructor.name,
      ),
    )
    const outcomes = await Promise.all(late)
    const [{ id, clientId }] = await next.slots('scope')
    return { outcomes, clientId, rows: (await next.read(id)).map((/** @type {any} */ { number }) => number) }
  })
  assert.deepEqual(found, { outcomes: Array(3).fill('Fenced'), clientId: 'client', rows: [1] })
})
