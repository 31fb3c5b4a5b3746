// What npm start puts in front of the broker and the issuer: nginx, and a server of Node's where there is no nginx.
import assert from 'node:assert/strict'
import { readdir, readFile } from 'node:fs/promises'
import { request as overHttp } from 'node:http'
import { request as overTls } from 'node:https'
import { after, before, describe, it } from 'node:test'
import { startDeployment } from '../../scripts/lib/deployment.mjs'
import { root } from '../../scripts/lib/root.mjs'
import { connectOnce } from '../support/connect-once.mjs'

for (const behindNginx of [true, false])
  describe(behindNginx ? 'behind nginx' : 'behind a server of Node', { timeout: 60_000 }, () => {
    /** @type {Awaited<ReturnType<typeof startDeployment>>} */
    let deployment
    /** @type {Buffer | undefined} */
    let ca
    /** @type {string[]} */
    const told = []
    before(async () => {
      deployment = await startDeployment({ behindNginx, tell: (part, text) => told.push(`${part} ${text}`) })
      ca = deployment.authority === undefined ? undefined : await readFile(deployment.authority)
    })
    after(() => deployment?.close())

    /**
     * @param {string} path @param {object} [body] @param {Record<string, string>} [headers]
     * @returns {Promise<{ status: number, headers: import('node:http').IncomingHttpHeaders, text: string }>}
     */
    const ask = (path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const method = body === undefined ? 'GET' : 'POST'
        /** @type {Record<string, string>} */
        const type = body === undefined ? {} : { 'Content-Type': 'application/json', Origin: deployment.url.slice(0, -1) }
        const options = { method, headers: { ...type, ...headers }, agent: false, ...(ca ? { ca } : {}) }
        const sent = (ca ? overTls : overHttp)(new URL(path, deployment.url), options, (response) => {
          let text = ''
          response.setEncoding('utf8').on('data', (part) => (text += part))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
        })
        sent.on('error', reject)
        sent.end(body && JSON.stringify(body))
      })

    it('the page, its modules and wasm are served with their types', async () => {
      const page = await ask('/')
      assert.deepEqual([page.status, page.headers['content-type']?.split(';')[0]], [200, 'text/html'])
      assert.match(String(page.headers['content-security-policy']), /connect-src 'self' ws: wss:;/)
      assert.equal(page.headers['strict-transport-security'], undefined)
      for (const script of ['app.js', 'worker.js', 'webapp-worker.js', 'timer.js'])
        assert.match((await ask(`/app/${script}`)).headers['content-type'] ?? '', /^(?:text|application)\/javascript/, script)
      assert.match((await ask('/dist/webapp.js')).headers['content-type'] ?? '', /^(?:text|application)\/javascript/)
      const wasm = (await readdir(`${root}demo/page/app`)).find((name) => name.endsWith('.wasm'))
      assert.equal((await ask(`/app/${wasm}`)).headers['content-type'], 'application/wasm')
      assert.equal(told.filter((line) => / started/.test(line)).length, 3)
    })

    it('the issuer gives a credential that opens the broker, and is told who asks', async () => {
      const { status, headers } = await ask('/issuer/login', { user: 'ann' })
      assert.equal(status, 204)
      const cookie = headers['set-cookie']?.[0] ?? ''
      assert.equal(/; Secure$/.test(cookie), behindNginx)
      const Cookie = cookie.split(';')[0] ?? ''
      const { text } = await ask('/issuer/credential', { uid: 'acme:ann:x7f3' }, { Cookie })
      const { username, password } = JSON.parse(text)
      const url = new URL('ws_mqtt', deployment.url.replace('http', 'ws')).href
      const client = await connectOnce(url, { ...(ca ? { ca } : {}), clientId: username, username, password })
      await client.endAsync()
      await assert.rejects(connectOnce(url, { ...(ca ? { ca } : {}) }), /not authorized/i)
    })

    it('what is not for pages is not there for them', async () => {
      // Of the demo, the page alone: neither its sources nor the services and devices beside it.
      for (const path of ['/src/main.tsx', '/tsconfig.json', '/backends/backends.json', '/devices/simulate.mjs'])
        for (const way of [path, `/demo${path}`, `/app/../..${path}`, `/app/%2e%2e/%2e%2e${path}`])
          assert.notEqual((await ask(way)).status, 200, way)
      for (const path of ['/issuer/revoke', '/issuer/revoke?x', '/issuer/introspect', '/issuer/jwks.json', '/issuer/nothing'])
        assert.equal((await ask(path, path.includes('revoke') ? { uid: 'acme:ann:x7f3' } : undefined)).status, 404, path)
      assert.equal((await ask('/issuer/login', { user: 'ann' }, { Origin: 'https://evil.example' })).status, 403)
    })
  })
