import { fileURLToPath } from 'node:url'
import { buildPages, bundlers } from '../bundlers/build.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { expect, test } from './support.js'

const work = fileURLToPath(new URL('../../build/bundlers/', import.meta.url))

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
