// What the server of the demo page refuses: it is on a developer's machine, where any site can send it requests.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { startFiles } from '../../bench/servers.mjs'
import { startPageServer, strictContentSecurityPolicy } from './page-server.mjs'
import { upgradeHeaders as upgrade } from './upgrade-headers.mjs'

/** @typedef {{ status: number | undefined, headers: import('node:http').IncomingHttpHeaders, text: string }} Answer */

/** @param {number} port @param {string} path @param {import('node:http').RequestOptions} [options] @returns {Promise<Answer>} */
async function ask(port, path, options = {}) {
  const asking = request({ host: '127.0.0.1', port, path, agent: false, ...options })
  asking.end()
  const answered = once(asking, 'response')
  const upgraded = once(asking, 'upgrade').then(([response, socket]) => [response, socket.destroy()])
  const [response] = await Promise.race([answered, upgraded])
  let text = ''
  if (response.statusCode !== 101) for await (const chunk of response.setEncoding('utf8')) text += chunk
  return { status: response.statusCode, headers: response.headers, text }
}

describe('the page server', { timeout: 60_000 }, () => {
  /** @type {string} */
  let directory
  /** Agrees to everything, so that a refusal is the page server's. @type {import('node:http').Server} */
  let broker
  let reached = 0
  /** @type {Awaited<ReturnType<typeof startPageServer>>} */
  let pages

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wsmq-pages-'))
    await mkdir(join(directory, 'root', 'inner'), { recursive: true })
    await mkdir(join(directory, 'root-beside'))
    for (const file of ['secret.txt', 'root-beside/secret.txt', 'root/index.html', 'root/inner/page.html'])
      await writeFile(join(directory, file), `content of ${file}`)
    await symlink(directory, join(directory, 'root', 'up'))
    await symlink(join(directory, 'secret.txt'), join(directory, 'root', 'link.txt'))
    await symlink(join(directory, 'root-beside'), join(directory, 'root', 'beside'))
    await symlink(join(directory, 'root', 'inner', 'page.html'), join(directory, 'root', 'within.html'))
    broker = createServer()
    broker.on('upgrade', (_, socket) => {
      reached += 1
      socket.on('error', () => socket.destroy())
      socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
    })
    broker.listen(0, '127.0.0.1')
    await once(broker, 'listening')
    const { port } = /** @type {import('node:net').AddressInfo} */ (broker.address())
    pages = await startPageServer({ roots: { '/': join(directory, 'root') }, brokerPort: port })
  })
  after(async () => {
    await pages?.close()
    broker?.close()
    await rm(directory, { recursive: true, force: true })
  })

  it('gives files of its folder, through links inside of it too', async () => {
    assert.equal((await ask(pages.port, '/')).text, 'content of root/index.html')
    assert.equal((await ask(pages.port, '/within.html')).text, 'content of root/inner/page.html')
    const { status, text } = await ask(pages.port, '/', { method: 'HEAD' })
    assert.deepEqual([status, text], [200, ''])
  })

  for (const path of [
    '/link.txt',
    '/up/secret.txt',
    '/up/root-beside/secret.txt',
    '/beside/secret.txt',
    '/beside',
    '/../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/inner/..%2f..%2fsecret.txt',
    '/..%2froot-beside/secret.txt',
    '/inner%00.html',
    '/%zz',
  ])
    it(`gives nothing outside of it: ${path}`, async () => {
      const { status, text } = await ask(pages.port, path)
      assert.equal(status, 404)
      assert.doesNotMatch(text, /content/)
    })

  for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])
    it(`does not do ${method}`, async () => {
      const { status, headers, text } = await ask(pages.port, '/', { method, headers: { 'X-Mine': 'mirrored' } })
      assert.equal(status, 405)
      assert.equal(headers.allow, 'GET, HEAD')
      assert.doesNotMatch(text, /mirrored/)
    })

  it('goes by loopback names with its own port, and by no other', async () => {
    for (const name of ['127.0.0.1', 'localhost', 'LOCALHOST']) {
      const headers = { Host: `${name}:${pages.port}` }
      assert.equal((await ask(pages.port, '/', { headers })).status, 200, name)
      assert.equal((await ask(pages.port, '/ws_mqtt', { headers: { ...headers, ...upgrade } })).status, 101, name)
    }
    const before = reached
    const strangers = [
      'evil.example',
      `evil.example:${pages.port}`,
      '127.0.0.1',
      `127.0.0.1:${pages.port + 1}`,
      `localhost.evil.example:${pages.port}`,
    ]
    for (const host of strangers) {
      const { status, text } = await ask(pages.port, '/', { headers: { Host: host } })
      assert.equal(status, 421, host)
      assert.doesNotMatch(text, /content/)
      assert.equal((await ask(pages.port, '/ws_mqtt', { headers: { Host: host, ...upgrade } })).status, 421, host)
    }
    assert.equal(reached, before)
  })

  it('asks for a Host', async () => {
    const socket = connect(pages.port, '127.0.0.1')
    socket.end('GET / HTTP/1.0\r\n\r\n')
    const [answer] = await once(socket.setEncoding('utf8'), 'data')
    assert.match(answer, /^HTTP\/1\.1 4/)
    socket.destroy()
  })

  it('serves its own pages and clients that are not pages, and passes both on to the broker', async () => {
    for (const origin of [undefined, `http://127.0.0.1:${pages.port}`, `http://localhost:${pages.port}`]) {
      const headers = origin === undefined ? {} : { Origin: origin }
      assert.equal((await ask(pages.port, '/', { headers })).status, 200)
      assert.equal((await ask(pages.port, '/ws_mqtt', { headers: { ...headers, ...upgrade } })).status, 101)
    }
  })

  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1:1', ''])
    it(`neither answers pages of "${origin}" nor passes them on`, async () => {
      const before = reached
      const { status, text } = await ask(pages.port, '/', { headers: { Origin: origin } })
      assert.equal(status, 403)
      assert.doesNotMatch(text, /content/)
      assert.equal((await ask(pages.port, '/ws_mqtt', { headers: { Origin: origin, ...upgrade } })).status, 403)
      assert.equal(reached, before)
    })

  it('passes on only upgrades to WebSocket, at one path, by GET', async () => {
    const before = reached
    assert.equal((await ask(pages.port, '/ws_mqtt', { headers: { ...upgrade, Upgrade: 'h2c' } })).status, 400)
    assert.equal((await ask(pages.port, '/other', { headers: upgrade })).status, 404)
    assert.equal((await ask(pages.port, '/ws_mqtt', { method: 'POST', headers: upgrade })).status, 405)
    assert.equal(reached, before)
  })

  it('sends its policy with each answer, refusals included', async () => {
    for (const options of [{}, { method: 'TRACE' }, { headers: { Host: 'evil.example' } }]) {
      const { headers } = await ask(pages.port, '/', options)
      assert.equal(headers['content-security-policy'], strictContentSecurityPolicy)
      assert.equal(headers['x-content-type-options'], 'nosniff')
    }
    for (const rule of ["frame-ancestors 'none'", "base-uri 'none'", "object-src 'none'"])
      assert.ok(strictContentSecurityPolicy.split('; ').includes(rule), rule)
  })

  it('is the same for the pages of the bench', async () => {
    const bench = await startFiles()
    try {
      const port = Number(new URL(bench.url).port)
      assert.equal((await ask(port, '/bench/page/index.html')).status, 200)
      assert.equal((await ask(port, '/bench/page/index.html', { headers: { Host: 'evil.example' } })).status, 421)
      assert.equal((await ask(port, '/bench/page/index.html', { headers: { Origin: 'https://evil.example' } })).status, 403)
      assert.equal((await ask(port, '/bench/page/index.html', { method: 'TRACE' })).status, 405)
    } finally {
      bench.close()
    }
  })
})
