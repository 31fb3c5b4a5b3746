// Connections in a worker, and shared ones, from the packed tarball: what each tool does with the file of the worker, in
// Chromium against a real Mosquitto.
import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { chromium } from '@playwright/test'
import { createServer } from 'vite'
import { startBroker } from '../support/broker.mjs'
import { launchOptions } from '../support/chromium.mjs'
import { freePort } from '../support/free-port.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { installTools, project, run, tool } from './support.mjs'

/** @type {Awaited<ReturnType<typeof project>>} */
let place
/** @type {import('../support/broker.mjs').Broker} */
let broker
/** @type {import('@playwright/test').Browser} */
let browser
before(async () => {
  await installTools()
  place = await project()
  broker = await startBroker()
  browser = await chromium.launch(launchOptions)
})
after(async () => {
  await browser.close()
  await broker.close()
  await place.remove()
})

/** @param {string} options of connect() @param {string} [before] */
const page = (options, before = '') => `${before}
import { connect } from 'websocket-mq'

globalThis.exchange = async (broker) => {
  const mq = await connect(broker, ${options})
  const subscription = mq.subscribe('tools/' + mq.clientId, { qos: 1 })
  await subscription.ready
  await mq.publish('tools/' + mq.clientId, 'there and back', { qos: 1 })
  const { value } = await subscription.next()
  return value.text()
}
`

/** @param {string} name @param {Record<string, string>} files @returns {Promise<string>} a folder beside the package */
async function folderOf(name, files) {
  const folder = `${place.folder}/${name}`
  await mkdir(folder, { recursive: true })
  const html = '<!doctype html><title>page</title><script type="module" src="./main.js"></script>'
  for (const [file, text] of Object.entries({ 'package.json': '{ "name": "app" }', 'index.html': html, ...files }))
    await writeFile(`${folder}/${file}`, text)
  return folder
}

/** @param {string} url of a page @param {string} option that it uses */
async function exchanges(url, option) {
  const tab = await browser.newPage()
  /** @type {string[]} */
  const said = []
  tab.on('console', (message) => said.push(message.text()))
  try {
    await tab.goto(url)
    await tab.waitForFunction(() => 'exchange' in globalThis)
    const call = (/** @type {string} */ to) => /** @type {any} */ (globalThis).exchange(to)
    const text = await tab.evaluate(call, broker.url).catch((error) => {
      throw new Error(`${error.message}\n${said.join('\n')}`)
    })
    assert.equal(text, 'there and back')
    const devtools = await browser.newBrowserCDPSession()
    const { targetInfos } = await devtools.send('Target.getTargets')
    const sharedWorkers = targetInfos.filter(
      (target) => target.type === 'shared_worker' && new URL(target.url).origin === new URL(url).origin,
    )
    assert.deepEqual([tab.workers().length, sharedWorkers.length], option === 'worker' ? [1, 0] : [0, 1])
  } finally {
    await tab.close()
  }
}

describe("Vite's development server", () => {
  /** @param {string} folder @param {string} option @param {import('vite').UserConfig} [config] */
  async function serves(folder, option, config = {}) {
    const port = await freePort()
    const server = await createServer({
      ...{ root: folder, configFile: false, logLevel: 'error', cacheDir: `${folder}/cache` },
      // The package is in a folder above: a project has its own.
      server: { host: '127.0.0.1', port, strictPort: true, fs: { allow: [place.folder] } },
      ...config,
    })
    try {
      await server.listen()
      await exchanges(`http://127.0.0.1:${port}/`, option)
    } finally {
      await server.close()
    }
  }

  for (const option of ['worker', 'shared']) {
    it(`with the package excluded from pre-bundling: ${option}`, async () => {
      const folder = await folderOf(`vite-excluded-${option}`, { 'main.js': page(`{ ${option}: true }`) })
      await serves(folder, option, { optimizeDeps: { exclude: ['websocket-mq'] } })
    })

    it(`with the package pre-bundled, and the address passed: ${option}`, async () => {
      const main = page(`{ ${option}: { url } }`, "import url from 'websocket-mq/worker?worker&url'")
      await serves(await folderOf(`vite-bundled-${option}`, { 'main.js': main }), option)
    })
  }
})

describe('webpack', () => {
  for (const option of ['worker', 'shared'])
    it(`takes the worker along without any configuration: ${option}`, async () => {
      const folder = await folderOf(`webpack-${option}`, { 'main.js': page(`{ ${option}: true }`) })
      const build = `
const webpack = require(${JSON.stringify(tool('webpack'))})
webpack({ mode: 'production', context: ${JSON.stringify(folder)}, entry: './main.js', output: { path: ${JSON.stringify(`${folder}/out`)}, filename: 'main.js' } }, (error, stats) => {
  if (error || stats.hasErrors()) throw error ?? new Error(stats.toString({ all: false, errors: true }))
})
`
      await run(process.execPath, ['--input-type=commonjs', '--eval', build], folder)
      await writeFile(`${folder}/out/index.html`, '<!doctype html><title>page</title><script src="./main.js"></script>')
      const server = await startPageServer({ roots: { '/': `${folder}/out/` }, contentSecurityPolicy: '' })
      try {
        await exchanges(`${server.url}index.html`, option)
      } finally {
        await server.close()
      }
    })
})

describe('a plain page', () => {
  for (const option of ['worker', 'shared'])
    it(`finds the worker beside the script: ${option}`, async () => {
      const main = page(`{ ${option}: true }`).replace("'websocket-mq'", "'./package/dist/index.js'")
      const folder = await folderOf(`plain-${option}`, { 'main.js': main })
      const roots = { '/': `${folder}/`, '/package/': `${place.folder}/node_modules/websocket-mq/` }
      const server = await startPageServer({ roots, contentSecurityPolicy: '' })
      try {
        await exchanges(`${server.url}index.html`, option)
      } finally {
        await server.close()
      }
    })
})
