import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildPages, bundlers, scriptsIn } from '../bundlers/build.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { expect, test } from './support.js'

const work = fileURLToPath(new URL('../../build/bundlers/', import.meta.url))

test('Vite takes the worker for hidden pages along', async () => {
  const scripts = await scriptsIn(await buildPages('vite', `${work}worker`))
  const [worker = ''] = scripts.filter((script) => /\/timer-[^/]+\.js$/.test(script))
  expect(await readFile(worker, 'utf8')).toContain('postMessage')
  const users = await Promise.all(scripts.map((script) => readFile(script, 'utf8')))
  expect(users.filter((text) => text.includes(basename(worker)) && text.includes('new Worker')).length).toBeGreaterThan(0)
})

for (const [index, [name, { names }]] of Object.entries(bundlers).entries()) {
  test(`pages built by ${name} work under a strict Content-Security-Policy`, async ({ page, broker }) => {
    const out = await buildPages(name, `${work}${index}`)
    const server = await startPageServer({ roots: { '/': out }, brokerPort: broker.webSocketPort })
    for (const each of names) {
      await page.goto(`${server.url}${each}.html`)
      expect(await page.evaluate(() => (globalThis as unknown as { result: Promise<string> }).result)).toBe('page works')
    }
    await server.close()
  })
}
