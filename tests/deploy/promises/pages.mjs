// How a shipped web server sends pages: types, caching, compression, HTTP/2 beside the upgrade.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { connect } from 'node:http2'
import { get } from 'node:https'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const dist = fileURLToPath(new URL('../../../dist', import.meta.url))
const immutable = 'public, max-age=31536000, immutable'
const text = 'of a page '.repeat(1000)

/**
 * @param {object} server
 * @param {string} server.name
 * @param {readonly ('br' | 'gzip')[]} server.precompressed files of these kinds are sent where they lie beside the original
 * @param {(options: { brokerPort: number }) => Promise<{ url: string, port: number, pages: string, authority: string, close: () => Promise<void> }>} server.start
 */
export const servesPages = ({ name, precompressed, start }) =>
  describe(`pages of the shipped ${name}`, { timeout: 60_000 }, () => {
    /** @type {Awaited<ReturnType<typeof start>>} */
    let site
    /** @type {Buffer} */
    let ca

    before(async () => {
      site = await start({ brokerPort: 9 }) // discard: nobody connects
      ca = await readFile(site.authority)
      await symlink(dist, join(site.pages, 'websocket-mq'))
      await mkdir(join(site.pages, 'assets'))
      for (const file of [
        'app.js',
        'app.mjs',
        'app.css',
        'data.json',
        'assets/index-DiwrgTda.js',
        'assets/logo-_a-B3c4D.svg',
        'photo-20261130.png',
      ])
        await writeFile(join(site.pages, file), text)
      await writeFile(join(site.pages, 'index.html'), `<!doctype html>${text}`)
      await writeFile(join(site.pages, 'built.js'), text)
      await writeFile(join(site.pages, 'built.js.gz'), gzipSync('built gzip'))
      await writeFile(join(site.pages, 'built.js.br'), brotliCompressSync('built br'))
    })
    after(() => site?.close())

    /** @param {string} path @param {import('node:http').OutgoingHttpHeaders} [headers] @returns {Promise<import('node:http').IncomingMessage>} */
    async function ask(path, headers = {}) {
      const [response] = await once(get(site.url + path, { ca, agent: false, headers }), 'response')
      return response.resume()
    }

    it('have the types without which browsers refuse modules and wasm', async () => {
      for (const [path, type] of /** @type {const} */ ([
        ['', /^text\/html; charset=utf-8$/],
        ['app.css', /^text\/css; charset=utf-8$/],
        ['app.js', /^(?:text|application)\/javascript; charset=utf-8$/],
        ['app.mjs', /^(?:text|application)\/javascript; charset=utf-8$/],
        ['websocket-mq/wsmq.mjs', /^(?:text|application)\/javascript; charset=utf-8$/],
        ['websocket-mq/wsmq.wasm', /^application\/wasm$/],
        ['data.json', /^application\/json$/],
      ])) {
        const { statusCode, headers } = await ask(path)
        assert.equal(statusCode, 200, path)
        assert.match(headers['content-type'] ?? '', type, path)
      }
    })

    it('may be kept where the name has a hash, and are asked for where it has none', async () => {
      const files = await readdir(dist)
      const chunks = files.filter((file) => /-[0-9a-z]{8}\.js$/.test(file))
      assert.ok(chunks.length > 20)
      const entries = files.filter((file) => /\.(?:js|mjs|cjs|wasm)$/.test(file) && !chunks.includes(file))
      assert.ok(entries.length > 15)
      const kept = [...chunks.map((file) => `websocket-mq/${file}`), 'assets/index-DiwrgTda.js', 'assets/logo-_a-B3c4D.svg']
      const asked = [...entries.map((file) => `websocket-mq/${file}`), '', 'app.js', 'photo-20261130.png']
      for (const path of kept) assert.equal((await ask(path)).headers['cache-control'], immutable, path)
      for (const path of asked) assert.equal((await ask(path)).headers['cache-control'], 'no-cache', path)
    })

    it('that are not there are not kept', async () => {
      const { statusCode, headers } = await ask('assets/index-00000000.js')
      assert.equal(statusCode, 404)
      assert.notEqual(headers['cache-control'], immutable)
    })

    it('cost an answer without a body while they have not changed', async () => {
      const first = await ask('app.js')
      const { etag = '' } = first.headers
      assert.ok(etag)
      assert.equal((await ask('app.js', { 'If-None-Match': etag })).statusCode, 304)
    })

    it('are compressed, wasm as well', async () => {
      for (const path of ['', 'app.js', 'app.mjs', 'app.css', 'data.json', 'websocket-mq/wsmq.wasm']) {
        const { headers } = await ask(path, { 'Accept-Encoding': 'gzip' })
        assert.equal(headers['content-encoding'], 'gzip', path)
        assert.match(headers.vary ?? '', /Accept-Encoding/, path)
        assert.equal((await ask(path)).headers['content-encoding'], undefined)
      }
    })

    for (const kind of precompressed)
      it(`are sent as the build has compressed them: ${kind}`, async () => {
        const { headers } = await ask('built.js', { 'Accept-Encoding': kind === 'br' ? 'gzip, br' : kind })
        const compressed = kind === 'br' ? brotliCompressSync('built br') : gzipSync('built gzip')
        assert.equal(headers['content-encoding'], kind)
        assert.equal(headers['content-length'], String(compressed.length))
        assert.match(headers['content-type'] ?? '', /javascript/)
      })

    it('come by HTTP/2, at the port that also takes upgrades', async () => {
      const session = connect(site.url, { ca })
      try {
        const stream = session.request({ ':path': '/app.js' })
        const [headers] = await once(stream, 'response')
        assert.equal(headers[':status'], 200)
        let body = ''
        for await (const piece of stream.setEncoding('utf8')) body += piece
        assert.equal(body, text)
        const refused = session.request({ ':path': '/ws_mqtt' })
        assert.equal((await once(refused, 'response'))[0][':status'], 400)
        refused.close()
      } finally {
        session.destroy()
      }
    })
  })
