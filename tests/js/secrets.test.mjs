// What an address keeps secret is in no text of an error, in no trace, and on no console, of the built package.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBroker } from '../support/broker.mjs'
import { freePort } from '../support/free-port.mjs'

const program = fileURLToPath(new URL('support/tell-errors.mjs', import.meta.url))
const secret = 'SeCrEt'
const anySecret = new RegExp(secret, 'i')

/** @type {import('../support/broker.mjs').Broker} */
let broker
/** Answers everything with 404. @type {import('node:http').Server} */
let server
/** @type {number} */
let serverPort
/** @type {number} */
let nobody
before(async () => {
  broker = await startBroker({ users: { ann: 'right' } })
  server = createServer((_, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  serverPort = /** @type {import('node:net').AddressInfo} */ (server.address()).port
  nobody = await freePort()
})
after(async () => {
  server.close()
  await broker.close()
})

/** Makes one call in a process of its own: what is told of the failure, in every form, and what is printed. @param {...string} args */
async function made(...args) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (printed += text))
  /** @type {string[]} */
  let told = []
  child.on('message', (message) => (told = /** @type {string[]} */ (message)))
  const [code] = await once(child, 'close')
  assert.equal(code, 0, printed)
  return { told, printed }
}

/** @type {Record<string, () => string>} */
const addresses = {
  'nobody there, a token': () => `ws://127.0.0.1:${nobody}/ws_mqtt?token=${secret}`,
  'nobody there, any parameter': () => `ws://127.0.0.1:${nobody}/?a=b&${secret}&c=${secret}`,
  'no WebSocket there': () => `ws://127.0.0.1:${serverPort}/ws_mqtt?token=${secret}`,
  'a broker that refuses': () => `${broker.url}?token=${secret}`,
  'no such host': () => `ws://nobody.invalid/?token=${secret}`,
  'a user name and a password': () => `ws://${secret}:${secret}@127.0.0.1:${nobody}/ws_mqtt`,
  'a user name': () => `ws://${secret}@127.0.0.1:${nobody}/ws_mqtt`,
  'a fragment': () => `ws://127.0.0.1:${nobody}/ws_mqtt#${secret}`,
  'a fragment and a token': () => `ws://127.0.0.1:${nobody}/ws_mqtt?token=${secret}#`,
  'another scheme': () => `mqtt://ann:${secret}@127.0.0.1:${nobody}/?token=${secret}`,
  'no scheme': () => `${secret}:${secret}@127.0.0.1`,
  'a path alone': () => `/ws_mqtt?token=${secret}`,
  'a port that is none': () => `ws://127.0.0.1:${secret}/`,
  'a password and no host': () => `ws://ann:${secret}`,
  'a slash in the password': () => `ws://ann:12/${secret}@127.0.0.1/`,
  'a host that is none': () => `ws://a b?token=${secret}`,
  'a bracket that is not closed': () => `ws://[::1?token=${secret}`,
}

for (const api of ['connect', 'separate', 'webapp', 'paho', 'module'])
  describe(`${api}: an address with secrets`, { timeout: 120_000 }, () => {
    for (const [name, address] of Object.entries(addresses))
      it(name, async () => {
        const { told, printed } = await made(api, address())
        assert.ok(told.length > 0, 'nothing went wrong')
        assert.doesNotMatch(told.join('\n'), anySecret)
        assert.equal(printed, '')
      })
  })

describe('a module that is not there', { timeout: 60_000 }, () => {
  /** @type {Record<string, () => string>} */
  const urls = {
    'nobody there': () => `http://127.0.0.1:${nobody}/wsmq.wasm?token=${secret}`,
    'no such file': () => `http://127.0.0.1:${serverPort}/wsmq.wasm?token=${secret}`,
    'a user name and a password': () => `http://${secret}:${secret}@127.0.0.1:${serverPort}/wsmq.wasm`,
    'no address': () => `http://ann:${secret}`,
    'no file': () => `file:///nonexistent/wsmq.wasm?token=${secret}`,
  }
  for (const [name, url] of Object.entries(urls))
    it(name, async () => {
      const { told, printed } = await made('load', url())
      assert.ok(told.length > 0, 'nothing went wrong')
      assert.doesNotMatch(`${told.join('\n')}\n${printed}`, anySecret)
    })
})
