// npm run dev: what has changed is built, and then the page reloads. On a copy of the demo and of some sources; what builds
// only says that it was called.
import { appendFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startDev } from '../../scripts/lib/dev-server.mjs'
import { expect, test } from './support.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

test('npm run dev builds what has changed and reloads the page', async ({ page, closing }) => {
  await mkdir(`${root}build`, { recursive: true })
  const copy = `${await mkdtemp(`${root}build/dev-`)}/`
  await closing(Promise.resolve({ close: () => rm(copy, { recursive: true, force: true }) }))
  for (const folder of ['demo/page/index.html', 'demo/src', 'core/codec', 'messaging/names', 'wasm', 'js/src'])
    await cp(root + folder, copy + folder, { recursive: true })
  await mkdir(`${copy}dist`)
  const built: string[] = []
  let isBroken = false
  const dev = await closing(
    startDev({
      root: copy,
      buildModule: () => (built.push('module'), isBroken ? Promise.reject(new Error('error: expected ;')) : Promise.resolve()),
      buildPage: () => Promise.resolve(void built.push('page')),
      buildPackage: () => (built.push('package'), writeFile(`${copy}dist/webapp.js`, `// built ${built.length}`)),
    }),
  )
  /** Every load of the page says hello here. */
  let loads = 0
  page.on('load', () => (loads += 1))
  const events = page.waitForResponse((response) => response.url().endsWith('/dev/events'))
  await page.goto(dev.url)
  await events

  /** Does something, and waits until the page has reloaded and listens again. */
  const reloads = async (edit: () => Promise<void>) => {
    const [before, listening] = [loads, page.waitForResponse((response) => response.url().endsWith('/dev/events'))]
    await edit()
    await listening
    await expect.poll(() => loads).toBe(before + 1)
  }

  const index = `${copy}demo/page/index.html`
  await reloads(async () => writeFile(index, (await readFile(index, 'utf8')).replace('<title>websocket-mq', '<title>edited')))
  await expect(page).toHaveTitle('edited')
  expect(built).toEqual([])

  await reloads(() => appendFile(`${copy}js/src/index.ts`, '\n'))
  expect(built.splice(0)).toEqual(['package', 'page'])

  await reloads(() => appendFile(`${copy}demo/src/ui/text.ts`, '\n'))
  expect(built.splice(0)).toEqual(['page'])

  isBroken = true
  await appendFile(`${copy}core/codec/frame.cpp`, 'int')
  await expect.poll(() => built.splice(0)).toEqual(['module'])
  isBroken = false
  await reloads(() => appendFile(`${copy}core/codec/frame.cpp`, ' fixed;'))
  expect(built).toEqual(['module', 'package', 'page'])
})
