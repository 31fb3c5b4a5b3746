// docs/comparison.md says what was measured, and what is in the source of the others.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { describe, it } from 'node:test'
import { root } from '../../scripts/lib/root.mjs'

/** @param {string} path */
const read = (path) => readFile(root + path, 'utf8')

/** Its tables, as rows of cells. @param {string} text */
const rowsOf = (text) => [...text.matchAll(/^\|(.+)\|$/gm)].map(([, cells = '']) => cells.split('|').map((cell) => cell.trim()))

const remedy = 'put the figures of docs/performance.md into docs/comparison.md.'
const page = await read('docs/comparison.md')
const rows = rowsOf(page)

it('has the figures of docs/performance.md', async () => {
  const performance = await read('docs/performance.md')
  /** @param {string} name between the comments of the bench */
  const table = (name) => rowsOf(performance.slice(performance.indexOf(`<!-- ${name} -->`), performance.indexOf(`<!-- /${name} -->`)))
  const measured = table('comparison')
  const shipped = Object.fromEntries(table('shipped').map(([library = '', , , , brotli = '']) => [library, brotli]))
  const figures = rows.filter(([, unit = '']) => /^(busy|ms|kB)/.test(unit))
  assert.ok(figures.length >= 8, `${figures.length} rows`)
  for (const [name = '', unit = '', ...values] of figures) {
    if (unit.startsWith('kB')) {
      assert.deepEqual(values, [shipped['ours'], shipped['Paho'], shipped['MQTT.js']], `${name}: ${remedy}`)
      continue
    }
    const row = measured.find((cells) => cells[0] === name && cells[1] === unit)
    assert.deepEqual(values, row?.slice(2, 5), `${name}, ${unit}: ${remedy}`)
  }
})

it('names tests that are there', () => {
  const names = [...page.slice(page.indexOf('## Where ours is tested')).matchAll(/`(tests\/[^`]+)`/g)].map(([, name = '']) => name)
  assert.ok(names.length >= 15, names.join(' '))
  for (const name of names) assert.ok(existsSync(root + name), name)
})

describe('the others', async () => {
  const paho = await read('node_modules/paho-mqtt/paho-mqtt.js')
  const mqttjs = await read('node_modules/mqtt/build/lib/client.js')
  const connect = await read('node_modules/mqtt/build/lib/connect/index.js')
  const store = await read('node_modules/mqtt/build/lib/store.js')
  const readme = await read('node_modules/mqtt/README.md')
  const inPage = await read('node_modules/mqtt/dist/mqtt.min.js')

  it('are the versions that are named', async () => {
    for (const name of ['paho-mqtt', 'mqtt']) {
      const { version } = JSON.parse(await read(`node_modules/${name}/package.json`))
      assert.ok(page.includes(`\`${name}\` ${version}`), `${name} ${version}`)
    }
  })

  it('Paho: MQTT 3.1 and 3.1.1', () => assert.match(paho, /mqttVersion > 4 \|\| connectOptions\.mqttVersion < 3/))
  it('Paho: delays from 1 s, doubled up to 128 s, without chance', () => {
    assert.match(paho, /_reconnectInterval = 1;/)
    assert.match(paho, /if \(this\._reconnectInterval < 128\)\s+this\._reconnectInterval = this\._reconnectInterval \* 2;/)
    assert.doesNotMatch(paho, /Math\.random/)
  })
  it('Paho: reconnects to the first address, where it is asked to', () => {
    assert.match(paho, /prototype\._reconnect = function \(\) \{[^]{0,400}_doConnect\(this\.connectOptions\.uris\[0\]\)/)
    assert.match(paho, /this\.connectOptions\.reconnect\) \{/)
  })
  it('Paho: nothing subscribes anew', () => assert.doesNotMatch(paho, /resubscribe/i))
  it('Paho: one handler, callbacks, localStorage, no worker', () => {
    assert.match(paho, /onMessageArrived/)
    assert.match(paho, /localStorage\.setItem\(prefix/)
    assert.doesNotMatch(paho, /\bPromise\b|new Worker|AbortSignal/)
  })
  it('Paho: no types', () =>
    assert.ok(!existsSync(`${root}node_modules/paho-mqtt/index.d.ts`) && existsSync(`${root}node_modules/@types/paho-mqtt`)))

  it('MQTT.js: one delay for all attempts, 1,000 ms by default', () => {
    assert.match(mqttjs, /reconnectPeriod: 1000/)
    assert.match(mqttjs, /}, this\.options\.reconnectPeriod\);/)
  })
  it('MQTT.js: several servers in turn, subscriptions renewed', () => {
    assert.match(connect, /opts\.servers\[client\._reconnectCount\]/)
    assert.match(mqttjs, /resubscribe: true/)
  })
  it('MQTT.js: transformWsUrl is synchronous', () => assert.match(readme, /this hook does _not_ support promises/))
  it("MQTT.js: looks at no Receive Maximum of the broker's", () => {
    assert.doesNotMatch(mqttjs, /erverProperties\??\.receiveMaximum/)
    assert.doesNotMatch(mqttjs, /packet\.properties\??\.receiveMaximum/)
  })
  it('MQTT.js: one event for messages, promises by other names, no signals', () => {
    assert.match(readme, /Event `'message'`/)
    assert.match(mqttjs, /publishAsync\(/)
    assert.doesNotMatch(mqttjs, /AbortSignal|asyncIterator/)
  })
  it('MQTT.js: keeps what is not acknowledged in memory', () => assert.match(store, /this\._inflights = new Map\(\)/))
  it("MQTT.js: a worker of a blob's address, unless it is told otherwise", async () => {
    assert.match(inPage, /new Blob\(\[/)
    assert.match(await read('node_modules/mqtt/build/lib/get-timer.js'), /case 'auto':[^]*workerTimer\s+: nativeTimer/)
  })
  it('neither has anything for frameworks, for tests or for presence', async () => {
    for (const name of ['paho-mqtt', 'mqtt']) {
      const { exports, files, dependencies, peerDependencies } = JSON.parse(await read(`node_modules/${name}/package.json`))
      assert.doesNotMatch(
        JSON.stringify({ exports, files, dependencies, peerDependencies }),
        /react(?!-native)|vue|svelte|testing|aedes|presence/,
      )
    }
  })
})
