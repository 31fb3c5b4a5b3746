// What an address keeps secret is in nothing that the command prints.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { after, afterEach, before, describe, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { freePort } from '../support/free-port.mjs'
import { buildCommand, endAll, wsmq } from './support.mjs'

const secret = 'SeCrEt'
const anySecret = new RegExp(secret, 'i')

/** @type {import('../support/broker.mjs').Broker} */
let broker
/** Sends whoever asks elsewhere, with all that it was asked for. @type {import('node:http').Server} */
let redirecting
/** Accepts, and says nothing. @type {import('node:net').Server} */
let mute
/** @type {number} */
let nobody
before(async () => {
  await buildCommand()
  broker = await startBroker({ users: { ann: 'right' } })
  const redirect = (/** @type {import('node:http').IncomingMessage} */ { url }, /** @type {import('node:stream').Duplex} */ socket) =>
    void socket.end(`HTTP/1.1 302 Found\r\nLocation: https://login.example${url}\r\nContent-Length: 0\r\n\r\n`)
  redirecting = createServer().on('upgrade', redirect).on('connect', redirect).listen(0, '127.0.0.1')
  mute = createTcpServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await Promise.all([once(redirecting, 'listening'), once(mute, 'listening')])
  nobody = await freePort()
})
afterEach(endAll)
after(async () => {
  redirecting.close()
  mute.close()
  await broker.close()
})

const portOf = (/** @type {import('node:net').Server} */ server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port

/** Where the broker is said to be. @type {Record<string, () => string[]>} */
const places = {
  'a password that is wrong': () => ['-L', `mqtt://ann:${secret}@127.0.0.1:${broker.tcpPort}`],
  'a token that is wrong': () => ['-L', `ws://127.0.0.1:${broker.webSocketPort}/ws_mqtt?token=${secret}&${secret}`],
  'a server that sends elsewhere': () => ['-L', `ws://127.0.0.1:${portOf(redirecting)}/ws_mqtt?token=${secret}`],
  'nobody there': () => ['-L', `wss://${secret}:${secret}@127.0.0.1:${nobody}/?token=${secret}`],
  'no such host': () => ['-L', `mqtt://${secret}:${secret}@nobody.invalid`],
  'a query of MQTT': () => ['-L', `mqtt://127.0.0.1:${nobody}/a?token=${secret}`],
  'a query without a topic': () => ['-L', `mqtts://127.0.0.1:${nobody}?token=${secret}`],
  'a fragment': () => ['-L', `ws://127.0.0.1:${nobody}/#${secret}`],
  'a scheme that is none': () => ['-L', `gopher://${secret}:${secret}@127.0.0.1/?token=${secret}`],
  'no scheme': () => ['-L', `${secret}:${secret}@127.0.0.1`],
  'a character that is none': () => ['-L', `ws://ann:${secret} ${secret}^@127.0.0.1/?token=${secret}`],
  'a host that is none': () => ['-L', `ws://ann:${secret}@?token=${secret}`],
  'a port that is none': () => ['-L', `mqtt://127.0.0.1:${secret}`],
  'a question mark in the password': () => ['-L', `mqtt://ann:a?${secret}@127.0.0.1`],
  'a slash in the password': () => ['-L', `mqtt://ann:a/${secret}@127.0.0.1`],
  'a slash and a # in the password': () => ['-L', `mqtt://ann:1/#${secret}@127.0.0.1`],
  'a slash and a level in the password': () => ['-L', `mqtt://127.0.0.1:${nobody}/+/${secret}@127.0.0.1`],
  'the second of two': () => ['-L', `mqtt://127.0.0.1:${nobody}`, '-L', `mqtt://ann:${secret}^@127.0.0.1`],
  'an address for a host': () => ['-h', `mqtt://ann:${secret}@127.0.0.1`],
  'an address for a port': () => ['-p', `mqtt://ann:${secret}@127.0.0.1`],
  'an address without -L': () => ['--nonsense', `mqtt://ann:${secret} ${secret}@127.0.0.1`],
  'an address without -L and scheme': () => ['--nonsense', `ann:${secret}@127.0.0.1`],
  'a proxy that is none': () => ['--proxy', `http://ann:${secret}^@127.0.0.1:${nobody}`],
  'a proxy of another scheme': () => ['--proxy', `https://ann:${secret}@127.0.0.1:${nobody}`],
  'a proxy that nobody is': () => ['--proxy', `http://${secret}:${secret}@127.0.0.1:${nobody}/?${secret}`],
  'a proxy that refuses': () => ['--proxy', `http://${secret}:${secret}@127.0.0.1:${portOf(redirecting)}`],
  'a proxy that is mute': () => [
    ...['--proxy', `http://${secret}:${secret}@127.0.0.1:${portOf(mute)}/?${secret}`],
    ...['--connect-timeout', '0.3'],
  ],
  'a header that is none': () => ['-L', `ws://127.0.0.1:${nobody}`, '--header', `Authorization ${secret}`],
}

/** @type {Record<string, string[]>} */
const commands = {
  pub: ['pub', '-t', 'a', '-m', 'x'],
  'pub to the topic of the address': ['pub', '-m', 'x'],
  sub: ['sub', '-t', 'a', '-W', '20'],
  request: ['request', 'svc', 'm', '-W', '20'],
  doctor: ['doctor', '-W', '20'],
  presence: ['presence', '--once', '-W', '20'],
}

for (const [command, words] of Object.entries(commands))
  describe(command, { timeout: 180_000 }, () => {
    for (const [name, place] of Object.entries(places))
      it(name, async () => {
        for (const form of [['-d'], ['-d', '--json']]) {
          const { code, out, err } = await wsmq([...words, ...place(), ...form])
          assert.ok(code !== 0 && out + err !== '', `${code} ${out} ${err}`)
          assert.doesNotMatch(out + err, anySecret)
        }
      })
  })

describe('what is said instead', { timeout: 180_000 }, () => {
  it('is which address it was', async () => {
    const { err } = await wsmq(['sub', '-t', 'a', '-L', 'mqtt://localhost', '-L', `mqtt://ann:${secret}@`])
    assert.equal(err, "wsmq: Address 2 cannot be used: The URL's host is neither a name nor an address.\n")
  })

  it('is where a server sends to', async () => {
    const { err } = await wsmq(['sub', '-t', 'a', '-L', `ws://127.0.0.1:${portOf(redirecting)}/ws_mqtt?token=${secret}`])
    assert.match(err, /HTTP 302 Found, to https:\/\/login\.example\/ws_mqtt\?\*\*\*/)
  })

  it('is why a service could not join', async () => {
    const address = `ws://${secret}:${secret}@127.0.0.1:${broker.webSocketPort}/?token=${secret}`
    const { code, err } = await wsmq(['serve', 'svc', '--echo', '-d', '-L', address])
    assert.equal(code, 4, err)
    assert.doesNotMatch(err, anySecret)
  })
})
