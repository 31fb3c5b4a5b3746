// Projects as their tools make them, with the package as npm installs it, against a real Mosquitto.
import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { pathToFileURL } from 'node:url'
import { build as esbuild } from 'esbuild'
import { withImports } from '../../js/sizes.mjs'
import { startBroker } from '../support/broker.mjs'
import { installTools, project, run, tool } from './support.mjs'

/** @type {Awaited<ReturnType<typeof project>>} */
let place
/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  await installTools()
  place = await project()
  broker = await startBroker()
})
after(async () => {
  await broker.close()
  await place.remove()
})

/** @param {string} name @param {Record<string, string>} files @returns {Promise<string>} a folder beside the package */
async function folderOf(name, files) {
  const folder = `${place.folder}/${name}`
  await mkdir(folder, { recursive: true })
  for (const [file, text] of Object.entries(files)) await writeFile(`${folder}/${file}`, text)
  return folder
}

describe("Parcel's defaults", () => {
  /** @type {string} */
  let out
  before(async () => {
    const folder = await folderOf('parcel', {
      'package.json': '{ "name": "app" }',
      'index.html': '<!doctype html><script type="module" src="main.js"></script>',
      'paho.html': '<!doctype html><script type="module" src="paho.js"></script>',
      'separate.html': '<!doctype html><script type="module" src="separate.js"></script>',
      'main.js': `import { connect } from 'websocket-mq'; connect('/ws_mqtt')`,
      'paho.js': `import { Client } from 'websocket-mq/paho'; import { Webapp } from 'websocket-mq/webapp'; console.log(Client, Webapp)`,
      'separate.js': `import { connect } from 'websocket-mq/wasm'; import { Webapp } from 'websocket-mq/webapp/wasm'; console.log(connect, Webapp)`,
    })
    out = `${folder}/out`
    const pages = ['index.html', 'paho.html', 'separate.html']
    const options = ['--no-cache', '--cache-dir', `${folder}/cache`, '--no-source-maps', '--dist-dir', out]
    await run(process.execPath, [tool('parcel/lib/bin.js'), 'build', ...pages, ...options], folder)
  })

  it('find every entry, and the wasm beside it', async () => {
    const files = (await readdir(out)).filter((file) => file.endsWith('.wasm'))
    assert.deepEqual(files.map((file) => file.split('.')[0]).sort(), ['wsmq', 'wsmq-webapp'])
  })

  it('make the script with the module inside no larger', async () => {
    const html = await readFile(`${out}/index.html`, 'utf8')
    const [, name = ''] = /src="?\/?([\w.-]+\.js)/.exec(html) ?? []
    const dist = `${place.folder}/node_modules/websocket-mq/dist/`
    const sizes = await Promise.all((await withImports(dist, 'index.js')).map(async (file) => (await stat(dist + file)).size))
    const ours = sizes.reduce((sum, size) => sum + size)
    assert.ok((await stat(`${out}/${name}`)).size < ours * 1.05)
  })
})

describe('Jest, in CommonJS', () => {
  for (const environment of ['node', 'jsdom'])
    it(`with the environment ${environment}`, async () => {
      const folder = await folderOf(`jest-${environment}`, {
        'package.json': '{ "name": "app" }',
        'talk.test.js': `
const { connect } = require('websocket-mq')
const { Webapp } = require('websocket-mq/webapp')
const { load } = require('websocket-mq/wasm')
const { Client } = require('websocket-mq/paho')

test('talks', async () => {
  const mq = await connect(process.env.BROKER)
  const subscription = mq.subscribe('jest/+room', { qos: 1 })
  await subscription.ready
  await mq.publish('jest/1', new Uint8Array([104, 105]), { qos: 1 })
  const { value } = await subscription.next()
  expect([value.params.room, value.text()]).toEqual(['1', 'hi'])
  await mq.disconnect()
})

test('takes part', async () => {
  const app = await Webapp.join(process.env.BROKER, { org: 'acme', user: 'ann' })
  expect(app.uid).toMatch(/^acme:ann:/)
  await app.leave()
})

test('loads the module beside the script', () => load())

test('has the Paho-compatible API', () => expect(new Client('h', 1, 'id').isConnected()).toBe(false))
`,
      })
      const runner = environment === 'node' ? 'node' : tool('jest-environment-jsdom/build/index.js')
      const options = ['--rootDir', folder, '--env', runner, '--no-cache', '--watchman=false', '--testTimeout=120000']
      await run(process.execPath, [tool('jest/bin/jest.js'), ...options], folder, { BROKER: broker.url })
    })
})

describe('/wasm, as docs/api.md shows it', () => {
  const main = `import wasmUrl from 'websocket-mq/wsmq.wasm'
import { connect, load } from 'websocket-mq/wasm'

await load({ wasmUrl: new URL(wasmUrl, import.meta.url) })
export { connect }
`

  /** @param {string} script what came out */
  async function talks(script) {
    const { connect } = await import(pathToFileURL(script).href)
    const mq = await connect(broker.url)
    await mq.publish('a', 'x', { qos: 1 })
    await mq.disconnect()
  }

  it('with esbuild', async () => {
    const folder = await folderOf('esbuild', { 'main.js': main })
    await esbuild({
      entryPoints: [`${folder}/main.js`],
      bundle: true,
      format: 'esm',
      loader: { '.wasm': 'file' },
      outdir: `${folder}/out`,
      logLevel: 'error',
    })
    await talks(`${folder}/out/main.js`)
  })

  it('with rollup', async () => {
    const folder = await folderOf('rollup', {
      'main.js': main,
      'rollup.config.mjs': `
import { nodeResolve } from '${pathToFileURL(tool('@rollup/plugin-node-resolve/dist/es/index.js'))}'
import url from '${pathToFileURL(tool('@rollup/plugin-url/dist/es/index.js'))}'
export default {
  input: 'main.js',
  output: { dir: 'out', format: 'es' },
  plugins: [nodeResolve({ browser: true }), url({ include: '**/*.wasm', limit: 0 })],
}
`,
    })
    await run(process.execPath, [tool('rollup/dist/bin/rollup'), '--config', 'rollup.config.mjs'], folder)
    await talks(`${folder}/out/main.js`)
  })
})

describe('jsdom', () => {
  it('runs a page with the plain script', async () => {
    const { JSDOM } = await import(pathToFileURL(tool('jsdom/lib/api.js')).href)
    const script = await readFile(`${place.folder}/node_modules/websocket-mq/dist/paho-mqtt.embedded.js`, 'utf8')
    const { window } = new JSDOM('<!doctype html>', { runScripts: 'outside-only', url: 'http://localhost/' })
    Object.assign(window, { TextEncoder, TextDecoder })
    window.eval(script)
    const arrived = new Promise((resolve, reject) => {
      const client = new window.Paho.Client('127.0.0.1', broker.webSocketPort, '/ws_mqtt', 'jsdom')
      client.onMessageArrived = (/** @type {any} */ { payloadString }) => {
        resolve(payloadString)
        client.disconnect()
      }
      client.connect({
        onFailure: (/** @type {any} */ { errorMessage }) => reject(new Error(errorMessage)),
        onSuccess: () => client.subscribe('jsdom/a', { onSuccess: () => client.send('jsdom/a', 'hello') }),
      })
    })
    assert.equal(await arrived, 'hello')
    window.close()
  })
})
