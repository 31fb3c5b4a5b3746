// The example that asks the site, before each upgrade, whether its user is signed in.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { describe, it } from 'node:test'
import mqtt from 'mqtt'
import { WebSocket } from 'ws'
import { startBroker } from '../support/broker.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'

/** A site with sessions. @param {import('node:test').TestContext} t */
async function startSite(t) {
  /** @type {import('node:http').IncomingMessage[]} */
  const asked = []
  const server = createServer((request, response) => {
    asked.push(request)
    const session = /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
    response.writeHead(session === undefined ? 401 : session === 'ann' ? 204 : 403).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => (server.close(), server.closeAllConnections())
  t.after(close)
  return { asked, close, port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }
}

describe('nginx with a session of the site', { timeout: 60_000 }, () => {
  it('lets those through who are signed in, and nobody else', async (t) => {
    const broker = await startBroker()
    t.after(() => broker.close())
    const own = await startSite(t)
    const site = await startDeployedSite({
      brokerPort: broker.webSocketPort,
      changes: {
        'site.conf': [['include /etc/nginx/mime.types;', 'include websocket-mq-auth.conf;\n    include /etc/nginx/mime.types;']],
        'websocket-mq.conf': [['# auth_request ', 'auth_request ']],
        'websocket-mq-auth.conf': [['127.0.0.1:8080', `127.0.0.1:${own.port}`]],
      },
    })
    t.after(() => site.close())
    const ca = await readFile(site.authority)
    /** @param {Record<string, string>} headers @returns {Promise<number | undefined>} */
    const ask = (headers) =>
      new Promise((resolve, reject) => {
        const socket = new WebSocket(site.webSocketUrl, 'mqtt', { ca, headers })
        socket.on('error', reject)
        socket.on('unexpected-response', (_, response) => resolve(response.resume().statusCode))
        socket.on('open', () => (socket.close(), resolve(101)))
      })
    const cookie = { Cookie: 'session=ann' }
    assert.equal(await ask({}), 401)
    assert.equal(await ask({ Cookie: 'session=eve' }), 403)
    assert.equal(await ask(cookie), 101)
    const [request] = own.asked
    assert.deepEqual([request?.method, request?.url], ['GET', '/session'])
    assert.equal(request?.headers.upgrade, undefined)
    assert.equal(request?.headers['x-original-uri'], '/ws_mqtt')

    const count = own.asked.length
    assert.equal(await ask({ ...cookie, Origin: 'https://evil.example' }), 403)
    assert.equal(own.asked.length, count) // a foreign page does not even make it ask

    const client = await mqtt.connectAsync(site.webSocketUrl, { ca, wsOptions: { ca, headers: cookie }, reconnectPeriod: 0 })
    await client.publishAsync('t', 'x', { qos: 1 })
    own.close()
    assert.equal(await ask(cookie), 500)
    await client.publishAsync('t', 'who is in stays', { qos: 1 })
    await client.endAsync()
  })
})
