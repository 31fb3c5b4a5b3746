// The built package under Node, as its users import it, against a real Mosquitto.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { startBroker } from '../support/broker.mjs'

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  broker = await startBroker()
})
after(() => broker.close())

const dist = new URL('../../dist/', import.meta.url)

for (const entry of ['index.js', 'wasm.js'])
  describe(`websocket-mq from ${entry}`, async () => {
    const { connect, ConnectionFailedError } = await import(new URL(entry, dist).href)

    for (const protocolVersion of [3, 4, 5])
      it(`speaks MQTT, version ${protocolVersion}`, async () => {
        const mq = await connect(broker.url, { protocolVersion })
        assert.equal(mq.state, 'connected')
        assert.match(mq.clientId, /^wsmq-/)
        const topic = `${entry}/${protocolVersion}`
        const subscription = mq.subscribe(`${entry}/+version`, { qos: 2 })
        assert.deepEqual(await subscription.ready, [{ filter: `${entry}/+`, qos: 2 }])
        for (const qos of [0, 1, 2]) await mq.publish(topic, `grün ${qos}`, { qos })
        const seen = []
        for await (const message of subscription) {
          seen.push([message.params.version, message.text(), message.qos])
          if (seen.length === 3) break
        }
        assert.deepEqual(seen, [
          [String(protocolVersion), 'grün 0', 0],
          [String(protocolVersion), 'grün 1', 1],
          [String(protocolVersion), 'grün 2', 2],
        ])
        assert.deepEqual(await mq.disconnect(), { error: undefined, unfinished: 0 })
      })

    it('asks a function for the address', async () => {
      const { port } = new URL(broker.url)
      const mq = await connect(['ws://127.0.0.1:9/', async () => new URL(`ws://127.0.0.1:${port}/ws_mqtt?ticket=1`)])
      assert.equal(new URL(mq.uri).search, '?ticket=1')
      await mq.disconnect()
      const cause = new Error('no ticket')
      await assert.rejects(
        connect(() => Promise.reject(cause)),
        (/** @type {any} */ error) => error instanceof ConnectionFailedError && error.cause === cause,
      )
    })

    it('reports that nobody is there', async () => {
      await assert.rejects(connect('ws://127.0.0.1:9/'), ConnectionFailedError)
    })

    it('delivers what waited for a broker that was away', async () => {
      const own = await startBroker({ persistence: true })
      try {
        const mq = await connect(own.url, { reconnect: { minDelay: 10, maxDelay: 50 } })
        const subscription = mq.subscribe('a', { qos: 1 })
        await subscription.ready
        /** @param {string} wanted */
        const reached = (wanted) =>
          new Promise((resolve) => {
            const off = mq.on('state', (/** @type {any} */ { state }) => {
              if (state !== wanted) return
              off()
              resolve(undefined)
            })
          })
        const lost = reached('reconnecting')
        await own.stop()
        await lost
        const published = mq.publish('a', 'patient', { qos: 1 })
        const back = reached('connected')
        await own.start()
        await back
        assert.equal((await published).reasonCode, 0)
        assert.equal((await subscription.next()).value.text(), 'patient')
        await mq.disconnect()
      } finally {
        await own.close()
      }
    })
  })

/** An instance of the entry of its own: its files once more, but for this script. */
async function anotherInstance({ without = '' } = {}) {
  await mkdir(new URL('../../build/', import.meta.url), { recursive: true })
  const folder = await mkdtemp(fileURLToPath(new URL('../../build/instance-', import.meta.url)))
  after(() => rm(folder, { recursive: true }))
  for (const name of await readdir(dist))
    if (/^wasm(\..*)?\.js$|^wsmq\.wasm$/.test(name) && !name.startsWith(`wasm.${without}-`))
      await copyFile(new URL(name, dist), join(folder, name))
  return import(pathToFileURL(join(folder, 'wasm.js')).href)
}

describe('the separate wasm', () => {
  for (const [given, options] of [
    ['as bytes', async () => ({ wasmBinary: await readFile(new URL('wsmq.wasm', dist)) })],
    ['compiled', async () => ({ wasmModule: await WebAssembly.compile(await readFile(new URL('wsmq.wasm', dist))) })],
    ['by its address', async () => ({ wasmUrl: new URL('wsmq.wasm', dist) })],
  ])
    it(`can be given ${given}`, async () => {
      const { load, connect } = await anotherInstance()
      await load(await /** @type {() => Promise<object>} */ (options)())
      await assert.rejects(load({ wasmUrl: 'elsewhere' }), { name: 'InvalidArgumentError' })
      const mq = await connect(broker.url)
      await mq.disconnect()
    })

  it('that cannot be loaded is an error that says so, and can be tried again', async () => {
    const { load } = await anotherInstance()
    await assert.rejects(load({ wasmBinary: new Uint8Array(8) }), { name: 'MqttError', code: 'load_failed' })
    await load()
  })
})

describe('a script of the package that is not there', () => {
  for (const [script, options] of Object.entries({
    'open-outbox': { outbox: { folder: 'nowhere' } },
    'open-remote': { worker: true },
    'packet-watch': { packets: true },
  }))
    it(`is an error of connect() that names it: ${script}`, async () => {
      const { connect, MqttError } = await anotherInstance({ without: script })
      await assert.rejects(connect(broker.url, options), (/** @type {any} */ error) => {
        assert.ok(error instanceof MqttError)
        assert.equal(error.code, 'load_failed')
        assert.match(error.message, new RegExp(`^The script ${script} `))
        assert.equal(error.cause.code, 'ERR_MODULE_NOT_FOUND')
        return true
      })
    })

  it('is an error event where it renews credentials, at each attempt', async () => {
    const { connect } = await anotherInstance({ without: 'renewals' })
    /** @type {any[]} */
    const errors = []
    const mq = await connect(broker.url, {
      credentials: () => ({ username: 'ann', expiresAt: Date.now() + 3_600_000 }),
      prepare: (/** @type {any} */ mq) => mq.on('error', (/** @type {any} */ error) => errors.push(`${error.code}: ${error.message}`)),
    })
    const connected = new Promise((resolve) => mq.on('state', (/** @type {any} */ { state }) => state === 'connected' && resolve(state)))
    mq.reconnect()
    await connected
    await mq.disconnect()
    assert.equal(errors.length, 2)
    for (const error of errors) assert.match(error, /^load_failed: The script renewals /)
  })
})

describe('the Paho-compatible API', () => {
  for (const [form, load] of [
    ['an ES module', async () => import(new URL('paho.js', dist).href)],
    ['CommonJS', async () => createRequire(import.meta.url)('../../dist/paho.cjs')],
  ])
    it(`works as ${form}`, async () => {
      const { Client, Message, MQTT } = await /** @type {() => Promise<any>} */ (load)()
      assert.deepEqual([MQTT.Client, MQTT.Message], [Client, Message])
      const client = new Client('127.0.0.1', broker.webSocketPort, '/ws_mqtt', `classic ${form}`)
      const delivered = new Promise((resolve) => (client.onMessageDelivered = resolve))
      const arrived = new Promise((resolve) => (client.onMessageArrived = resolve))
      await new Promise((onSuccess, onFailure) => client.connect({ onSuccess, onFailure }))
      assert.equal(client.isConnected(), true)
      const outcome = await new Promise((onSuccess, onFailure) => client.subscribe(`classic/${form}`, { qos: 1, onSuccess, onFailure }))
      assert.deepEqual(outcome.grantedQos, Uint8Array.of(1))
      const message = new Message('Hello')
      message.destinationName = `classic/${form}`
      message.qos = 1
      client.send(message)
      assert.equal(await delivered, message)
      const { payloadString, destinationName, qos } = await arrived
      assert.deepEqual([payloadString, destinationName, qos], ['Hello', `classic/${form}`, 1])
      const lost = new Promise((resolve) => (client.onConnectionLost = resolve))
      client.disconnect()
      assert.equal((await lost).errorCode, 0)
    })
})

describe('both APIs on one page', () => {
  it('share one module', async () => {
    const created = []
    const { WebAssembly: original } = globalThis
    const instantiate = original.instantiate
    original.instantiate = /** @type {any} */ (
      (/** @type {any[]} */ ...given) => {
        created.push(given)
        return /** @type {any} */ (instantiate).apply(original, given)
      }
    )
    try {
      const modern = await import(new URL('index.js', dist).href)
      const { Client } = await import(new URL('paho.js', dist).href)
      await modern.load()
      new Client('h', 80, 'id')
      await modern.load()
      assert.ok(created.length <= 1)
    } finally {
      original.instantiate = instantiate
    }
  })
})

describe('what an uncaught error prints', () => {
  for (const [where, code] of [
    ['the package', `const { connect } = await import('./dist/index.js'); await connect('ftp://h/')`],
    ['the classic face, as CommonJS', `require('./dist/paho.cjs'); new Paho.Client()`],
    ['the module inside', `const { default: create } = await import('./dist/wsmq.embedded.mjs'); new (await create()).Client()`],
    [
      'the module beside it',
      `const { load, connect } = await import('./dist/wasm.js'); await load(); await connect('ws://127.0.0.1:9/', { will: {} })`,
    ],
  ])
    it(`is a few lines, thrown by ${where}`, async () => {
      const given = code.startsWith('require')
        ? ['--input-type=commonjs', '--eval', `const Paho = ${code}`]
        : ['--input-type=module', '--eval', code]
      const { status, stderr } = spawnSync(process.execPath, given, { cwd: new URL('../../', import.meta.url), encoding: 'utf8' })
      assert.notEqual(status, 0)
      assert.match(stderr, /Error/)
      assert.ok(stderr.length < 3000, `${stderr.length} characters`)
    })
})

describe('the scripts', () => {
  it('are ASCII, so that no bundler that escapes the rest makes them larger', async () => {
    for (const file of (await readdir(dist)).filter((name) => /\.[cm]?js$/.test(name))) {
      const text = await readFile(new URL(file, dist), 'latin1')
      assert.equal(/[^\n\x20-\x7e]/.test(text), false, file)
    }
  })
})
