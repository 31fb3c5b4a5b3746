// What docs/quick-start.md shows for each way of loading the package works, in Chromium and under Node.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { chromium } from '@playwright/test'
import { transform } from 'esbuild'
import mqtt from 'mqtt'
import { root } from '../../scripts/lib/root.mjs'
import { startBroker } from '../support/broker.mjs'
import { launchOptions } from '../support/chromium.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { ServerProcess } from '../support/server-process.mjs'
import { codeBlocks } from './blocks.mjs'

const blocks = (await codeBlocks()).filter(({ file }) => file === 'docs/quick-start.md')
/** The block with this in it. @param {string} language @param {string} text */
function block(language, text) {
  const found = blocks.find((each) => each.language === language && each.code.includes(text))
  assert.ok(found, `There is no ${language} block with ${text}.`)
  return found.code
}

/** @type {string} */
let folder
/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  broker = await startBroker()
  await mkdir(`${root}build`, { recursive: true })
  folder = await mkdtemp(`${root}build/quick-start-`)
  await mkdir(`${folder}/node_modules`)
  await symlink(root, `${folder}/node_modules/websocket-mq`)
})
after(async () => {
  await broker.close()
  await rm(folder, { recursive: true, force: true })
})

describe('a page without a bundler', () => {
  /** @type {import('@playwright/test').Browser} */
  let browser
  before(async () => {
    browser = await chromium.launch(launchOptions)
  })
  after(() => browser.close())

  it('is shown in as many ways as are opened here', () => {
    assert.equal(blocks.filter(({ language }) => language === 'html').length, Object.keys(ways).length)
  })

  const ways = { 'has modules': 'index.js', 'has plain scripts': 'embedded.js', 'has a strict Content-Security-Policy': 'http-equiv' }
  for (const [way, text] of Object.entries(ways))
    it(way, async () => {
      await writeFile(`${folder}/index.html`, block('html', text))
      await writeFile(`${folder}/main.js`, block('js', '// main.js'))
      const roots = { '/': `${folder}/`, '/websocket-mq/': `${root}dist/` }
      const site = await startPageServer({ roots, brokerPort: broker.webSocketPort, contentSecurityPolicy: '' })
      const page = await browser.newPage()
      /** @type {string[]} */
      const problems = []
      page.on('pageerror', (error) => problems.push(String(error)))
      await page.goto(site.url)
      await page.getByRole('listitem').filter({ hasText: 'lab/kitchen/temperature: 21.5' }).waitFor()
      assert.deepEqual(problems, [])
      await page.close()
      await site.close()
    })
})

describe('a program', () => {
  /** @type {import('mqtt').MqttClient} */
  let peer
  /** @type {ServerProcess[]} */
  const programs = []
  before(async () => {
    peer = await mqtt.connectAsync(broker.url)
  })
  after(async () => {
    for (const program of programs) await program.stop('SIGKILL')
    await peer.endAsync(true)
  })

  /** @param {string} name @param {string} code @returns {Promise<ServerProcess>} */
  async function started(name, code) {
    await writeFile(`${folder}/${name}`, code)
    const program = new ServerProcess(process.execPath, [name], { BROKER: broker.url }, folder)
    programs.push(program)
    await program.start([])
    return program
  }

  it('with imports, as a bundler takes them', async () => {
    const code = block('ts', "from 'websocket-mq'").replace("'/ws_mqtt'", `'${broker.url}'`)
    const { code: script } = await transform(`const show = console.log\n${code}`, { loader: 'ts', format: 'esm', target: 'es2022' })
    await writeFile(`${folder}/bundled.mjs`, script)
    const program = new ServerProcess(process.execPath, ['bundled.mjs'], {}, folder)
    programs.push(program)
    await program.start([], /^kitchen 21\.5$/m)
  })

  it('under Node, to its end', async () => {
    const program = await started('node.mjs', block('js', "=== 'lab/end'"))
    const publishing = setInterval(() => peer.publish('lab/end', 'over', { qos: 1 }), 100)
    await ended(program)
    clearInterval(publishing)
    assert.match(program.output, /^lab\/end over$/m)
  })

  it('with require()', async () => {
    const heard = new Promise((resolve) => peer.once('message', (topic, payload) => resolve(`${topic} ${payload}`)))
    await peer.subscribeAsync('lab/kitchen/temperature', { qos: 1 })
    await ended(await started('required.cjs', block('js', 'require(')))
    assert.equal(await heard, 'lab/kitchen/temperature 21.5')
  })

  /** @param {ServerProcess} program */
  async function ended(program) {
    while (program.running) await new Promise((resolve) => setTimeout(resolve, 20))
  }
})
