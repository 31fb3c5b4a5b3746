// The example that asks the site, before each upgrade, whether its user is signed in.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { sign } from '../../deploy/access/jwt.mjs'
import { forMosquitto, startBrokerForIssuer, startIssuer } from '../issuer/support.mjs'
import { startBroker } from '../support/broker.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'

const secret = 'of the site and the issuer '.repeat(2)

/** A site with sessions; ann's is signed for the issuer. @param {import('node:test').TestContext} t */
async function startSite(t) {
  /** @type {import('node:http').IncomingMessage[]} */
  const asked = []
  const server = createServer((request, response) => {
    asked.push(request)
    const session = /session=(\w+)/.exec(request.headers.cookie ?? '')?.[1]
    if (session === 'ann') response.setHeader('X-Issuer-Session', signedFor('ann'))
    response.writeHead(session === undefined ? 401 : session === 'ann' ? 204 : 403).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = () => (server.close(), server.closeAllConnections())
  t.after(close)
  return { asked, close, port: /** @type {import('node:net').AddressInfo} */ (server.address()).port }
}

/** @param {string} user */
const signedFor = (user) => sign({ org: 'acme', user, exp: Math.floor(Date.now() / 1000) + 60 }, { alg: 'HS256', secret })

/** What an operator changes, and where the site is. @param {number} port @returns {Record<string, [from: string, to: string][]>} */
const withSession = (port) => ({
  'site.conf': [['include /etc/nginx/mime.types;', 'include websocket-mq-auth.conf;\n    include /etc/nginx/mime.types;']],
  'websocket-mq.conf': [['# auth_request ', 'auth_request ']],
  'websocket-mq-auth.conf': [['127.0.0.1:8080', `127.0.0.1:${port}`]],
})

describe('nginx with a session of the site', { timeout: 60_000 }, () => {
  it('lets those through who are signed in, and nobody else', async (t) => {
    const broker = await startBroker()
    t.after(() => broker.close())
    const own = await startSite(t)
    const site = await startDeployedSite({ brokerPort: broker.webSocketPort, changes: withSession(own.port) })
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

    const client = await connectOnce(site.webSocketUrl, { ca, wsOptions: { ca, headers: cookie } })
    await client.publishAsync('t', 'x', { qos: 1 })
    own.close()
    assert.equal(await ask(cookie), 500)
    await client.publishAsync('t', 'who is in stays', { qos: 1 })
    await client.endAsync()
  })

  it('has a credential issued for them, by the same question', async (t) => {
    const broker = await startBrokerForIssuer()
    t.after(() => broker.close())
    const issuer = await startIssuer({ ...forMosquitto(broker.tcpUrl), ISSUER_SESSIONS: 'header', ISSUER_HEADER_SECRET: secret })
    t.after(() => issuer.close())
    const own = await startSite(t)
    const example = await readFile(new URL('../../deploy/nginx/websocket-mq-auth.conf', import.meta.url), 'utf8')
    const lines = [...example.matchAll(/^# {5}(\w.*;)$/gm)].map(([, line]) => line).join('\n')
    const changes = withSession(own.port)
    changes['site.conf']?.push(['# include ', 'include '])
    changes['issuer.conf'] = [
      ['127.0.0.1:9003;', `127.0.0.1:${issuer.port};`],
      ['proxy_set_header X-Issuer-Session "";', lines],
    ]
    const site = await startDeployedSite({ brokerPort: broker.webSocketPort, changes })
    t.after(() => site.close())
    const ca = await readFile(site.authority)

    /** @param {string} uid @param {Record<string, string>} headers @returns {Promise<{ status: number | undefined, text: string }>} */
    const issue = async (uid, headers) => {
      const all = { 'Content-Type': 'application/json', Origin: new URL(site.url).origin, ...headers }
      const asking = request(`${site.url}issuer/credential`, { ca, method: 'POST', headers: all, agent: false })
      asking.end(JSON.stringify({ uid }))
      const [response] = await once(asking, 'response')
      let text = ''
      for await (const part of response.setEncoding('utf8')) text += part
      return { status: response.statusCode, text }
    }
    const cookie = { Cookie: 'session=ann' }
    const forged = { 'X-Issuer-Session': signedFor('bob') }
    assert.equal((await issue('acme:ann:aaaa', {})).status, 401)
    assert.equal((await issue('acme:bob:bbbb', forged)).status, 401)
    assert.equal((await issue('acme:bob:bbbb', { ...cookie, ...forged })).status, 403)
    const { status, text } = await issue('acme:ann:aaaa', cookie)
    assert.equal(status, 200, text)
    const { username, password } = JSON.parse(text)
    const client = await connectOnce(site.webSocketUrl, {
      ...{ ca, username, password, clientId: username },
      wsOptions: { ca, headers: cookie },
    })
    await client.subscribeAsync('app/webapp/res/acme:ann:aaaa', { qos: 1 })
    await client.endAsync()
  })
})
