// Recipes of docs/recipes/ that are more than calls: they do in Chromium what their pages say.
/* global caches, navigator -- of the page */
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { after, before, it } from 'node:test'
import { chromium, expect } from '@playwright/test'
import { build, transform } from 'esbuild'
import mqtt from 'mqtt'
import { installNodeModules } from '../../scripts/lib/node-modules.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { svelte } from '../frameworks/build.mjs'
import { startBroker } from '../support/broker.mjs'
import { launchOptions } from '../support/chromium.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { codeBlocks, nameOf } from './blocks.mjs'
import { compileVue } from './vue.mjs'

const blocks = await codeBlocks()

/** The block of a recipe with this in it, as a script of a page without a bundler. @param {string} recipe @param {string} text */
async function script(recipe, text) {
  const found = blocks.find(({ file, code }) => file === `docs/recipes/${recipe}.md` && code.includes(text))
  assert.ok(found, `There is no block with ${text} in ${recipe}.`)
  const { code } = await transform(found.code, { loader: 'ts', format: 'esm', target: 'es2022' })
  return code.replace(
    /from "websocket-mq(\/\w+)?"/,
    (_, entry) => `from '/websocket-mq/${entry === undefined ? 'index' : entry.slice(1)}.js'`,
  )
}

/** `show` of the pages. */
const show =
  "globalThis.show = (...what) => document.body.append(Object.assign(document.createElement('p'), { textContent: what.join(' ') }))\n"

/** @type {string} */
let folder
/** @type {import('../support/broker.mjs').Broker} */
let broker
/** @type {import('@playwright/test').Browser} */
let browser
before(async () => {
  broker = await startBroker()
  browser = await chromium.launch(launchOptions)
  await mkdir(`${root}build`, { recursive: true })
  folder = await mkdtemp(`${root}build/recipes-`)
  await writeFile(`${folder}/index.html`, '<!doctype html><meta charset="utf-8"><body><script type="module" src="/main.js"></script>')
})
after(async () => {
  await browser.close()
  await broker.close()
  await rm(folder, { recursive: true, force: true })
})

/** @param {number} [port] */
const serve = (port = 0) =>
  startPageServer({ port, roots: { '/': `${folder}/`, '/websocket-mq/': `${root}dist/` }, brokerPort: broker.webSocketPort })

it('a page with a service worker starts without a network, and connects when there is one', async () => {
  await writeFile(`${folder}/main.js`, show + (await script('service-workers', '// main.ts')))
  await writeFile(`${folder}/service-worker.js`, await script('service-workers', '// service-worker.ts'))
  const site = await serve()
  const page = await browser.newPage()
  await page.goto(site.url)
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(() => page.evaluate(async () => (await caches.match('/')) !== undefined)).toBe(true)
  const names = await page.evaluate(async () => (await (await caches.open('app-1')).keys()).map(({ url }) => new URL(url).pathname))
  assert.ok(names.includes('/websocket-mq/wsmq.wasm'), names.join(' '))
  await site.close()

  await page.reload()
  assert.equal(await page.evaluate(() => navigator.serviceWorker.controller !== null), true)
  const again = await serve(site.port)
  await page.getByText('connected', { exact: true }).waitFor()
  await page.close()
  await again.close()
})

it('a page shows what it stored, and then what is live', async () => {
  await writeFile(`${folder}/main.js`, show + (await script('offline-first', 'localStorage.setItem')))
  const site = await serve()
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(site.url)
  await page.getByText('connected', { exact: true }).waitFor()
  const peer = await mqtt.connectAsync(broker.url)
  await peer.publishAsync('lab/kitchen', '21.5', { qos: 1, retain: true })
  await page.getByText('lab/kitchen 21.5 live').waitFor()
  await page.goto('about:blank')
  await broker.stop()
  await page.goto(site.url)
  await page.getByText('lab/kitchen 21.5 stored').waitFor()
  await broker.start()
  await peer.endAsync(true)
  await page.getByText('connected', { exact: true }).waitFor()
  await context.close()
  await site.close()
})

/** @type {import('esbuild').Plugin} */
const vue = {
  name: 'vue',
  setup(bundler) {
    bundler.onLoad({ filter: /\.vue$/ }, async ({ path }) => ({ contents: compileVue(await readFile(path, 'utf8')), loader: 'ts' }))
  },
}

/**
 * Builds the application of a recipe: those of its blocks that are files.
 * @param {string} recipe
 * @param {{ modules?: string, before?: string }} [options] `modules`: where it has what is not installed for the project;
 * `before`: a script that runs before main
 */
async function buildApplication(recipe, { modules, before = '' } = {}) {
  const source = `${folder}/${recipe}`
  await mkdir(`${source}/node_modules`, { recursive: true })
  await symlink(root, `${source}/node_modules/websocket-mq`)
  await writeFile(`${source}/package.json`, '{}') // else that of the project, which says what has side effects
  for (const { file, code } of blocks) {
    const name = nameOf(code)
    if (file === `docs/recipes/${recipe}.md` && name !== undefined) await writeFile(`${source}/${name}`, code)
  }
  await writeFile(`${source}/entry.ts`, `${before}\nimport './main'\n`)
  await build({
    entryPoints: [`${source}/entry.ts`],
    outfile: `${folder}/main.js`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    conditions: ['svelte', 'browser'],
    plugins: [svelte('client'), vue],
    define: { 'process.env.NODE_ENV': '"production"' },
    tsconfigRaw: { compilerOptions: { experimentalDecorators: true } },
    logLevel: 'error',
    ...(modules ? { nodePaths: [modules] } : {}),
  })
}

/** Opens what was built, connected. @param {string} body @param {string} [contentSecurityPolicy] */
async function openApplication(body, contentSecurityPolicy) {
  const html = `<!doctype html><meta charset="utf-8"><body>${body}<script type="module" src="/main.js"></script>`
  await writeFile(`${folder}/index.html`, html)
  const policy = contentSecurityPolicy === undefined ? {} : { contentSecurityPolicy }
  const site = await startPageServer({ roots: { '/': `${folder}/` }, brokerPort: broker.webSocketPort, ...policy })
  const page = await browser.newPage()
  /** @type {string[]} */
  const problems = []
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.goto(site.url)
  await page
    .getByRole('status')
    .filter({ hasText: /^connected$/ })
    .waitFor()
  const peer = await mqtt.connectAsync(broker.url)
  const close = async () => {
    await peer.endAsync(true)
    await page.close()
    await site.close()
    assert.deepEqual(problems, [])
  }
  return { page, peer, close }
}

for (const recipe of ['react', 'vue', 'svelte'])
  it(`the application of ${recipe} lists what arrives`, async () => {
    await buildApplication(recipe, { before: "globalThis.freshToken = async () => 'token'" })
    const { page, peer, close } = await openApplication('<div id="app"></div>')
    for (const state of ['open', 'shut']) await peer.publishAsync(`alarms/${recipe}`, state, { qos: 1, retain: true })
    await page.getByText(`alarms/${recipe}: shut`).waitFor()
    await close()
  })

it('the application of angular shows the latest value of a filter that changes', async () => {
  const modules = `${root}tests/docs/angular/`
  await installNodeModules(modules)
  // Angular's own tools compile templates ahead of time; in the page it takes eval().
  await buildApplication('angular', { modules: `${modules}node_modules`, before: "import '@angular/compiler'" })
  const { page, peer, close } = await openApplication('<app-temperature></app-temperature>', '')
  await peer.publishAsync('lab/kitchen/temperature', '21.5', { qos: 1, retain: true })
  await page.getByText('kitchen: 21.5').waitFor()
  await peer.publishAsync('lab/cellar/temperature', '12', { qos: 1, retain: true })
  await page.getByRole('button', { name: 'Cellar' }).click()
  await page.getByText('cellar: 12').waitFor()
  await close()
})
