// What an attempt says that did not become a connection, over the built package.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { WebSocketServer } from 'ws'
import { importSource } from './support/sources.mjs'

const { connect, load } = await import(new URL('../../dist/index.js', import.meta.url).href)
const { unreachable } = await importSource('unreachable')
const { WebSocket } = await import('ws')

/** @type {import('node:http').Server} */
let web
/** @type {WebSocketServer} */
let chat
/** @type {string} */
let host
before(async () => {
  await load({ WebSocket })
  web = createServer((request, response) => response.writeHead(404).end()).listen(0, '127.0.0.1')
  await once(web, 'listening')
  host = `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (web.address()).port}`
  chat = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => false })
  await once(chat, 'listening')
})
after(() => {
  web.close()
  chat.close()
})

/** A port at which nobody listens. */
async function closedPort() {
  const server = createTcpServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** @param {string} uri @param {RegExp} message @param {RegExp} detail */
const fails = (uri, message, detail) =>
  assert.rejects(connect(uri, { reconnect: false }), (/** @type {any} */ error) => {
    assert.deepEqual([error.name, error.code], ['ConnectionFailedError', 'transport_failed'])
    assert.match(error.message, message)
    assert.match(String(error.cause?.message), detail)
    assert.ok(error.message.includes(error.cause.message.trim()))
    return true
  })

describe('under Node, the socket tells why', () => {
  it('a port at which nobody listens', async () => {
    const port = await closedPort()
    await fails(`ws://127.0.0.1:${port}/mqtt`, new RegExp(`^Nothing listens at 127.0.0.1:${port}`), /ECONNREFUSED/)
  })
  it('a name that does not exist', () =>
    fails('ws://no-such-host.invalid/mqtt', /^The name no-such-host.invalid could not/, /ENOTFOUND|EAI_AGAIN/))
  it('a path that is not a WebSocket', () => fails(`ws://${host}/wrong`, /answered with HTTP status (404|426)/, /server response/))
  it('a port that does not speak TLS', () => fails(`wss://${host}/mqtt`, /^TLS with 127.0.0.1:\d+ failed/, /EPROTO|SSL/))
  it('a WebSocket that is no MQTT broker', () => {
    const { port } = /** @type {import('node:net').AddressInfo} */ (chat.address())
    return fails(`ws://127.0.0.1:${port}/`, /does not support the WebSocket subprotocol mqtt/, /subprotocol/)
  })
})

describe('in a browser, what can be told', () => {
  it('mixed content', () => {
    const thrown = Object.assign(new Error('An insecure connection may not be initiated.'), { name: 'SecurityError' })
    const error = unreachable('ws://h/mqtt', thrown)
    assert.match(error.message, /^The browser does not allow ws:\/\/h\/mqtt: .* only use wss:/)
    assert.equal(error.cause, thrown)
  })
  it('no network', () => {
    const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator')
    Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true })
    try {
      assert.match(unreachable('ws://h/mqtt', undefined).message, /^There is no network/)
    } finally {
      if (before === undefined) delete (/** @type {any} */ (globalThis).navigator)
      else Object.defineProperty(globalThis, 'navigator', before)
    }
  })
  it('nothing else', () => {
    const error = unreachable('ws://h/mqtt', undefined)
    assert.match(error.message, /console says more\.$/)
    assert.equal('cause' in error, false)
  })
})
