// What a shipped proxy keeps from the broker. The broker here agrees to everything, so that a refusal is the proxy's own.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { get, request } from 'node:https'
import { after, before, describe, it } from 'node:test'
import { strictContentSecurityPolicy } from '../../support/page-server.mjs'
import { agreement } from './agreement.mjs'
import { upgradeHeaders as upgrade } from '../../support/upgrade-headers.mjs'

/**
 * @typedef {object} Site what a proxy with the shipped files offers
 * @property {number} port
 * @property {string} url
 * @property {string} httpUrl
 * @property {string} authority
 * @property {() => Promise<void>} close
 *
 * @typedef {object} Proxy
 * @property {string} name
 * @property {string | undefined} server the header of its answers
 * @property {(options: { brokerPort: number, changes?: any }) => Promise<Site>} start
 * @property {unknown} otherOrigin changes that also let pages of https://app.example.org in
 * @property {{ changes: unknown, burst: number }} [slow] changes that give nothing back of its burst while a test runs
 * @property {unknown} [few] changes that let three connections in
 */

/** @param {Proxy} proxy */
export const keepsItsPromises = ({ name, server, start, otherOrigin, slow, few }) =>
  describe(`the shipped ${name}`, { timeout: 60_000 }, () => {
    /** @type {import('node:http').Server} */
    let broker
    /** What has reached the broker. @type {import('node:http').IncomingMessage[]} */
    const reached = []
    /** @type {Set<import('node:stream').Duplex>} */
    const open = new Set()
    /** @type {number} */
    let brokerPort
    /** @type {Site} */
    let site
    /** @type {Buffer} */
    let ca

    before(async () => {
      broker = createServer((asked, response) => response.end(String(reached.push(asked))))
      broker.on('upgrade', (asked, socket) => {
        reached.push(asked)
        socket.on('error', () => socket.destroy())
        socket.write(agreement(asked.headers))
      })
      broker.listen(0, '127.0.0.1')
      await once(broker, 'listening')
      brokerPort = /** @type {import('node:net').AddressInfo} */ (broker.address()).port
      site = await start({ brokerPort, changes: otherOrigin })
      ca = await readFile(site.authority)
    })
    after(async () => {
      for (const socket of open) socket.destroy()
      await site?.close()
      broker?.closeAllConnections()
      broker?.close()
    })

    /**
     * The status of a request to /ws_mqtt. An accepted connection stays open.
     * @param {import('node:http').OutgoingHttpHeaders} headers
     * @param {{ method?: string, to?: Site, path?: string }} [options]
     * @returns {Promise<number | undefined>}
     */
    async function ask(headers, { method = 'GET', to = site, path = '/ws_mqtt' } = {}) {
      const trust = await readFile(to.authority)
      return new Promise((resolve, reject) => {
        const asking = request({
          host: 'localhost',
          servername: 'localhost',
          port: to.port,
          path,
          method,
          ca: trust,
          agent: false,
          headers,
        })
        asking.once('upgrade', (response, socket) => {
          open.add(socket.on('error', () => socket.destroy()))
          resolve(response.statusCode)
        })
        asking.once('response', (response) => {
          response.resume()
          resolve(response.statusCode)
        })
        asking.once('error', reject)
        asking.end()
      })
    }

    it('passes WebSocket on, however it is spelt', async () => {
      assert.equal(await ask(upgrade), 101)
      assert.equal(await ask({ ...upgrade, Upgrade: 'WebSocket' }), 101)
      assert.equal(reached.at(-1)?.headers.upgrade, 'websocket')
      assert.equal(reached.at(-1)?.url, '/mqtt')
    })

    for (const other of ['h2c', 'websocket, h2c', 'h2c, websocket', 'websocket/13', 'TLS/1.2', ''])
      it(`refuses an upgrade to "${other}"`, async () => {
        const before = reached.length
        assert.equal(await ask({ ...upgrade, Upgrade: other }), 400)
        assert.equal(reached.length, before)
      })

    it('refuses a request that is not an upgrade, and methods other than GET', async () => {
      const before = reached.length
      assert.equal(await ask({}), 400)
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE']) assert.equal(await ask(upgrade, { method }), 405, method)
      assert.equal(reached.length, before)
    })

    it('accepts pages of its own site, of the sites that the operator named, and clients that are not pages', async () => {
      assert.equal(await ask({ ...upgrade, Origin: `https://localhost:${site.port}` }), 101)
      assert.equal(await ask({ ...upgrade, Host: 'example.org', Origin: 'https://example.org' }), 101)
      assert.equal(await ask({ ...upgrade, Origin: 'https://app.example.org' }), 101)
      assert.equal(await ask(upgrade), 101)
    })

    it('refuses pages of any other origin', async () => {
      const before = reached.length
      const others = [
        'https://evil.example',
        'null',
        `http://localhost:${site.port}`,
        'https://localhost',
        `https://localhost:${site.port}.evil.example`,
        `https://evil.example/https://localhost:${site.port}`,
        `https://evil.example https://localhost:${site.port}`,
        'https://app.example.org.evil.example',
        'http://app.example.org',
        'https://xapp.example.org',
      ]
      for (const origin of others) assert.equal(await ask({ ...upgrade, Origin: origin }), 403, origin)
      assert.equal(await ask({ ...upgrade, Host: 'example.org', Origin: 'https://exampleXorg' }), 403)
      assert.equal(reached.length, before)
    })

    if (slow)
      it('takes no more than its burst of connections at once from one address', async () => {
        const one = await start({ brokerPort, changes: slow.changes })
        try {
          const answers = []
          for (let i = 0; i < slow.burst + 9; ++i) answers.push(await ask(upgrade, { to: one }))
          assert.deepEqual(answers, [...Array(slow.burst).fill(101), ...Array(9).fill(429)])
        } finally {
          await one.close()
        }
      })

    if (few)
      it('holds no more connections of one address than configured', async () => {
        const one = await start({ brokerPort, changes: few })
        try {
          for (const answer of [101, 101, 101, 429]) assert.equal(await ask(upgrade, { to: one }), answer)
          assert.equal(await ask({}, { to: one, path: '/' }), 200)
        } finally {
          await one.close()
        }
      })

    it('sends a policy with each page, and does not reveal its version', async () => {
      for (const [path, status] of /** @type {const} */ ([
        ['', 200],
        ['nowhere', 404],
        ['ws_mqtt', 400],
      ])) {
        const [response] = await once(get(site.url + path, { ca, agent: false }), 'response')
        response.resume()
        assert.equal(response.statusCode, status)
        assert.equal(response.headers.server, server)
        assert.equal(response.headers['x-content-type-options'], 'nosniff')
        assert.equal(response.headers['referrer-policy'], 'same-origin')
        assert.equal(response.headers['cross-origin-opener-policy'], 'same-origin-allow-popups')
        assert.match(response.headers['strict-transport-security'] ?? '', /^max-age=\d{8}$/)
        assert.equal(response.headers['content-security-policy'], strictContentSecurityPolicy)
      }
      const redirect = await fetch(site.httpUrl, { redirect: 'manual' })
      assert.ok([301, 308].includes(redirect.status))
      assert.match(redirect.headers.get('location') ?? '', /^https:/)
      assert.equal(redirect.headers.get('server') ?? undefined, server)
    })
  })
