// npm run docs: the site is built, and its pages are opened in Chromium.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { chromium, devices } from '@playwright/test'
import { buildSite } from '../../scripts/lib/docs-site.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { pages } from '../docs/blocks.mjs'
import { launchOptions } from '../support/chromium.mjs'
import { startPageServer } from '../support/page-server.mjs'

/** @type {string} */
let folder
/** @type {Awaited<ReturnType<typeof startPageServer>>} */
let server
/** @type {import('@playwright/test').Browser} */
let browser
before(async () => {
  folder = await buildSite()
  server = await startPageServer({ roots: { '/': folder }, contentSecurityPolicy: '' })
  browser = await chromium.launch(launchOptions)
})
after(async () => {
  await browser?.close()
  await server?.close()
})

/** Opens a page, and notes what it should not do. @param {string} path @param {import('@playwright/test').BrowserContextOptions} [options] */
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options })
  const page = await context.newPage()
  /** @type {string[]} */
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && problems.push(message.text()))
  page.on('response', (response) => response.ok() || problems.push(`${response.status()} ${response.url()}`))
  page.on(
    'request',
    (request) => /^(data|blob):/.test(request.url()) || request.url().startsWith(server.url) || problems.push(request.url()),
  )
  await page.goto(server.url + path)
  await page.locator('.VPContent').waitFor()
  return { page, problems, close: () => context.close() }
}

it('has every page of docs/, in the sidebar as well', async () => {
  const { page, problems, close } = await open('quick-start.html')
  const links = await page.locator('.VPSidebar a').evaluateAll((anchors) => anchors.map((anchor) => anchor.getAttribute('href')))
  const names = (await pages())
    .filter((file) => file.startsWith('docs/') && !file.startsWith('docs/site/'))
    .map((file) => file.slice('docs'.length, -'.md'.length))
  assert.ok(names.length >= 17, names.join(' '))
  for (const name of names) assert.ok(links.includes(`${name}.html`), `${name} is not in the sidebar`)
  for (const audience of ['Front end', 'Recipes', 'Backends', 'Operators', 'Contributors', 'JavaScript reference', 'C++ reference'])
    assert.equal(await page.locator('.VPSidebar').getByText(audience, { exact: true }).count(), 1, audience)
  for (const link of links) assert.ok(existsSync(`${folder}${link}`), `${link}`)
  assert.deepEqual(problems, [])
  await close()
})

it('leads from the first page to others', async () => {
  const { page, problems, close } = await open('')
  await page.getByRole('link', { name: 'Quick start' }).first().click()
  await page.getByRole('heading', { name: 'Quick start', level: 1 }).waitFor()
  await page.locator('.VPSidebar').getByRole('link', { name: 'Deployment', exact: false }).first().click()
  await page.waitForURL(/deployment\.html$/)
  assert.deepEqual(problems, [])
  await close()
})

it('finds what is searched for', async () => {
  const { page, problems, close } = await open('api.html')
  await page.locator('#local-search button').click()
  await page.getByRole('searchbox').fill('takeover refusalPatience')
  const result = page.locator('#localsearch-list a').first()
  await result.waitFor()
  await page.getByRole('searchbox').fill('refusalPatience')
  await page.locator('#localsearch-list a').filter({ hasText: 'The JavaScript API' }).first().click()
  await page.waitForURL(/api\.html/)
  assert.deepEqual(problems, [])
  await close()
})

it('draws diagrams, in the dark as well', async () => {
  const { page, problems, close } = await open('design.html', { colorScheme: 'dark' })
  await page.locator('.diagram svg').first().waitFor()
  assert.equal(await page.locator('html.dark').count(), 1)
  assert.equal(await page.locator('pre', { hasText: 'stateDiagram' }).count(), 0)
  assert.deepEqual(problems, [])
  await close()
})

it('fits a phone', async () => {
  const { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch } = /** @type {import('@playwright/test').BrowserContextOptions} */ (
    devices['Pixel 7']
  )
  for (const path of ['', 'api.html', 'performance.html', 'reference/javascript/websocket-mq.html']) {
    const { page, problems, close } = await open(path, { viewport, userAgent, deviceScaleFactor, isMobile, hasTouch })
    const width = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
    assert.ok(Number(width[0]) <= Number(width[1]), `${path} is ${width[0]} px wide`)
    assert.deepEqual(problems, [])
    await close()
  }
})

it('is accessible, as far as axe finds out, by day and by night', async () => {
  const axe = await readFile(`${root}docs/site/node_modules/axe-core/axe.min.js`, 'utf8')
  for (const colorScheme of /** @type {const} */ (['light', 'dark']))
    for (const path of ['', 'quick-start.html', 'api.html', 'comparison.html', 'reference/cpp/core/client.html']) {
      const { page, close } = await open(path, { colorScheme })
      await page.evaluate(axe)
      const found = await page.evaluate(async () => {
        const { violations } = await /** @type {any} */ (globalThis).axe.run({
          runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa'],
          // VitePress has a button within that of a group that can be opened.
          rules: { 'nested-interactive': { enabled: false } },
        })
        return violations.map(
          (/** @type {any} */ { id, nodes }) => `${id}: ${nodes.map((/** @type {any} */ { html }) => html.slice(0, 200)).join(' ')}`,
        )
      })
      assert.deepEqual(found, [], `${path}, ${colorScheme}`)
      await close()
    }
})

describe('the reference', () => {
  it('describes every entry of the package', async () => {
    const { exports } = JSON.parse(await readFile(`${root}package.json`, 'utf8'))
    const entries = Object.keys(exports).filter((path) => !/\.(js|json|wasm)$|^\.\/(?:(?:webapp\/)?worker|timer)$/.test(path))
    assert.ok(entries.length >= 12, entries.join(' '))
    for (const entry of entries) {
      const file = `docs/reference/javascript/${entry.replace('.', 'websocket-mq').replaceAll('/', '.')}.md`
      const text = await readFile(root + file, 'utf8')
      assert.match(text, /^#{2,4} \w/m, file)
    }
    const main = await readFile(`${root}docs/reference/javascript/websocket-mq.md`, 'utf8')
    for (const text of ['### Connection', 'Connects to an MQTT broker over WebSocket.', 'keepAlive']) assert.ok(main.includes(text), text)
  })

  it('describes every public header', async () => {
    for (const library of ['core', 'messaging', 'native', 'native/messaging']) {
      const headers = (await readdir(`${root}${library}/include`, { recursive: true })).filter((file) => file.endsWith('.hpp'))
      const described = await readdir(`${root}docs/reference/cpp/${library.replace('/', '-')}`, { recursive: true })
      // One has macros alone.
      const wanted = headers
        .map((file) => file.replace(/^wsmq\/(?:native\/|messaging\/)?/, '').replace('.hpp', '.md'))
        .filter((file) => file !== 'export.md')
      assert.deepEqual(
        wanted.filter((file) => !described.includes(file)),
        [],
        library,
      )
    }
    const client = await readFile(`${root}docs/reference/cpp/core/client.md`, 'utf8')
    for (const text of ['void transport_opened(TimePoint now);', 'Any part of the byte stream.']) assert.ok(client.includes(text), text)
    assert.doesNotMatch(client, new RegExp(root))
    const log = await readFile(`${root}docs/reference/cpp/core/packet_log.md`, 'utf8')
    assert.match(log, /^## PacketLog$/m)
    assert.doesNotMatch(log, /PacketLog::Stream/) // which is private
  })
})

it('has no page with an error, or with a link or an anchor that leads nowhere', async () => {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.html') && file !== '404.html')
  assert.ok(files.length > 60, `${files.length} pages`)
  const anchors = new Map(
    await Promise.all(files.map(async (file) => /** @type {const} */ ([file, idsIn(await readFile(folder + file, 'utf8'))]))),
  )
  /** @type {string[]} */
  const broken = []
  for (const file of files) {
    const html = await readFile(folder + file, 'utf8')
    for (const [, href = ''] of html.matchAll(/<a [^>]*href="([^"]+)"/g)) {
      const target = new URL(href.replaceAll('&amp;', '&'), `https://site/${file}`)
      if (target.host !== 'site') continue
      const path = decodeURIComponent(target.pathname.slice(1)).replace(/(^|\/)$/, '$1index.html')
      const anchor = decodeURIComponent(target.hash.slice(1))
      const ids = anchors.get(path)
      if (ids === undefined ? !existsSync(folder + path) : anchor !== '' && !ids.has(anchor)) broken.push(`${file}: ${href}`)
    }
  }
  assert.deepEqual([...new Set(broken)], [])
})

/** @param {string} html */
const idsIn = (html) => new Set([...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id))
