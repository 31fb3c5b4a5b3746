// What the issuer answers, to pages and to those who mean ill; the credentials are the test's own.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { describe, it } from 'node:test'
import { Issuer } from '../../deploy/issuer/issuer.mjs'
import { RateLimit } from '../../deploy/issuer/rate-limit.mjs'
import { askedSite, DemoSessions, signedHeader } from '../../deploy/issuer/sessions.mjs'
import { administratorToken, client } from './support.mjs'

const uid = 'acme:ann:x7f3'
const expiresAt = 1_900_000_000_000
const headerSecret = 'h'.repeat(32)

/** @param {import('node:test').TestContext} t @param {Partial<import('../../deploy/issuer/issuer.mjs').IssuerOptions>} [options] */
async function start(t, options = {}) {
  const issued = /** @type {string[]} */ ([])
  const revoked = /** @type {string[]} */ ([])
  const lines = /** @type {string[]} */ ([])
  const credentials = {
    isReady: true,
    issue: async (/** @type {string} */ uid) => (issued.push(uid), { username: uid, password: 'the password', expiresAt }),
    revoke: async (/** @type {string} */ who) => ({ revoked: revoked.push(who) }),
    close: async () => {},
  }
  const demo = new DemoSessions({ org: 'acme', users: ['ann', 'bob'] })
  const log = (/** @type {string} */ line) => void lines.push(line)
  const issuer = new Issuer({ credentials, demo, findSession: demo.find, administratorToken, log, ...options })
  const port = await issuer.listen(0)
  t.after(() => issuer.close())
  return { port, issuer, issued, revoked, lines, site: `http://127.0.0.1:${port}`, ...client(port) }
}

/** @param {import('./support.mjs').Answer} answer @param {number} status @param {string} code */
function isRefused(answer, status, code) {
  assert.equal(answer.status, status, answer.text)
  assert.equal(answer.body.error.code, code)
  assert.match(answer.body.error.message, /^[A-Z].*\.$/)
  assert.equal(answer.headers['cache-control'], 'no-store')
}

describe('a credential', () => {
  it('is answered to a session, for a uid of its own, and kept by nobody', async (t) => {
    const { post, logIn, issued } = await start(t)
    const answer = await post('/issuer/credential', { uid }, { Cookie: await logIn('ann') })
    assert.deepEqual([answer.status, answer.body], [200, { username: uid, password: 'the password', expiresAt }])
    assert.equal(answer.headers['cache-control'], 'no-store')
    assert.deepEqual(issued, [uid])
  })

  it('is refused without a session, or with one that somebody made', async (t) => {
    const { post, logIn, issued } = await start(t)
    const cookie = await logIn('ann')
    const [name = '', token = ''] = cookie.split('=')
    const [head = '', , signature = ''] = token.split('.')
    const forged = Buffer.from(JSON.stringify({ org: 'acme', user: 'bob', exp: 2e9 })).toString('base64url')
    const unsigned = Buffer.from('{"alg":"none"}').toString('base64url')
    for (const value of [
      '',
      'x',
      'a.b.c',
      token.slice(0, -2),
      `${head}.${forged}.${signature}`,
      `${unsigned}.${forged}.`,
      '='.repeat(4000),
    ])
      isRefused(await post('/issuer/credential', { uid }, { Cookie: `${name}=${value}` }), 401, 'unauthenticated')
    isRefused(await post('/issuer/credential', { uid }), 401, 'unauthenticated')
    assert.deepEqual(issued, [])
  })

  it('is refused for the uid of another, however it is spelt', async (t) => {
    const { post, logIn, issued } = await start(t)
    const Cookie = await logIn('ann')
    for (const other of ['acme:bob:x7f3', 'acme:anna:x7f3', 'other:ann:x7f3', 'ACME:ann:x7f3'])
      isRefused(await post('/issuer/credential', { uid: other }, { Cookie }), 403, 'not_yours')
    const unsound = [
      '',
      'acme:ann',
      'acme:ann:',
      'acme:ann:x7f',
      'acme:ann:X7F3',
      'acme:ann:x7f3:0',
      'acme:ann:x7f3\n',
      'acme:ann:#',
      '+:+:aaaa',
    ]
    for (const each of [...unsound, 'service:orders:aaaa', 'acme:ann/../bob:aaaa', `acme:${'a'.repeat(65)}:aaaa`])
      isRefused(await post('/issuer/credential', { uid: each }, { Cookie }), 400, 'malformed')
    assert.deepEqual(issued, [])
  })

  it('is refused to what is no JSON object with a uid', async (t) => {
    const { post, logIn, issued } = await start(t)
    const Cookie = await logIn('ann')
    const texts = ['', '{', '[]', 'null', '"x"', '{}', '{"uid":1}', '{"uid":["acme:ann:x7f3"]}', '{"__proto__":{"uid":"acme:ann:x7f3"}}']
    for (const text of texts) isRefused(await post('/issuer/credential', text, { Cookie }), 400, 'malformed')
    isRefused(await post('/issuer/credential', /** @type {any} */ (Buffer.from([0x22, 0xff, 0x22])), { Cookie }), 400, 'malformed')
    isRefused(await post('/issuer/credential', { uid }, { Cookie, 'Content-Type': 'text/plain' }), 415, 'malformed')
    isRefused(await post('/issuer/credential', JSON.stringify({ uid, more: 'x'.repeat(5000) }), { Cookie }), 413, 'too_large')
    assert.deepEqual(issued, [])
  })

  it('is refused to pages of other sites, also where the session is there', async (t) => {
    const { post, logIn, site } = await start(t, { origins: ['https://app.example.org'] })
    const Cookie = await logIn('ann')
    /** @type {Record<string, string>[]} */
    const foreign = [
      { Origin: 'https://evil.example' },
      { Origin: 'null' },
      { Origin: site.replace('http:', 'https:') },
      { Origin: `${site}0` },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ]
    for (const headers of foreign) {
      const sent = { Cookie, ...headers }
      isRefused(await post('/issuer/credential', { uid }, sent), 403, 'foreign_origin')
      isRefused(await post('/issuer/login', { user: 'ann' }, sent), 403, 'foreign_origin')
    }
    for (const Origin of [site, 'https://app.example.org'])
      assert.equal((await post('/issuer/credential', { uid }, { Cookie, Origin })).status, 200)
    const behindProxy = { Cookie, Origin: 'https://example.org', Host: 'example.org', 'X-Forwarded-Proto': 'https' }
    // Another host, and so another cookie.
    isRefused(await post('/issuer/credential', { uid }, behindProxy), 401, 'unauthenticated')
  })

  it('is there for each user and each address so often, and the answer says when again', async (t) => {
    const rates = { addressRate: { burst: 5, perSecond: 0.001 }, userRate: { burst: 2, perSecond: 0.001 } }
    const { post, logIn } = await start(t, rates)
    const elsewhere = (/** @type {string} */ address, more = {}) => ({ 'X-Real-IP': address, ...more })
    const Cookie = await logIn('ann', elsewhere('192.0.2.1'))
    const ask = (/** @type {string} */ address) => post('/issuer/credential', { uid }, elsewhere(address, { Cookie }))
    assert.equal((await ask('192.0.2.2')).status, 200)
    assert.equal((await ask('192.0.2.3')).status, 200)
    const limited = await ask('192.0.2.4')
    isRefused(limited, 429, 'rate_limited')
    assert.ok(Number(limited.headers['retry-after']) >= 1)
    const others = Array.from({ length: 5 }, (_, i) => `2001:db8:1:2::${i}`)
    for (const address of others) isRefused(await post('/issuer/credential', { uid }, elsewhere(address)), 401, 'unauthenticated')
    isRefused(await post('/issuer/credential', { uid }, elsewhere('2001:db8:1:2:3::4')), 429, 'rate_limited')
    isRefused(await post('/issuer/credential', { uid }, elsewhere('2001:db8:1:3::4')), 401, 'unauthenticated')
  })

  it('is answered before the issuer ends', async (t) => {
    /** @type {() => void} */
    let tell = () => {}
    const isAsked = new Promise((resolve) => (tell = () => resolve(undefined)))
    /** @type {(value: { username: string, password: string, expiresAt: number }) => void} */
    let answer = () => {}
    const issue = () => (tell(), new Promise((resolve) => (answer = resolve)))
    const credentials = { isReady: true, issue, revoke: async () => 0, close: async () => {} }
    const { post, issuer } = await start(t, {
      credentials: /** @type {any} */ (credentials),
      findSession: () => ({ org: 'acme', user: 'ann' }),
    })
    const answered = post('/issuer/credential', { uid })
    await isAsked
    const closed = issuer.close()
    answer({ username: uid, password: 'late', expiresAt })
    assert.equal((await answered).body.password, 'late')
    await closed
    await assert.rejects(post('/issuer/credential', { uid }), /ECONNREFUSED/)
  })
})

describe('the issuer', () => {
  it('knows its addresses and their methods', async (t) => {
    const { get, post } = await start(t)
    isRefused(await get('/issuer/credential'), 405, 'method_not_allowed')
    for (const path of ['/', '/issuer/', '/issuer/Credential', '/issuer/credential/', '/issuer/../issuer/credential', '//'])
      isRefused(await post(path, { uid }), 404, 'not_found')
    assert.deepEqual((await get('/issuer/health')).body, { status: 'ok' })
    isRefused(await get('/issuer/jwks.json'), 404, 'not_found')
  })

  it('lets in users of a demonstration alone, and without one nobody', async (t) => {
    const withDemo = await start(t)
    isRefused(await withDemo.post('/issuer/login', { user: 'eve' }), 403, 'unknown_user')
    const { headers } = await withDemo.post('/issuer/login', { user: 'ann' }, { 'X-Forwarded-Proto': 'https' })
    assert.match(
      headers['set-cookie']?.[0] ?? '',
      /^issuer_session_\d+=[^;]+; Path=\/issuer\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
    )
    const without = await start(t, { demo: undefined })
    isRefused(await without.post('/issuer/login', { user: 'ann' }), 404, 'not_found')
  })

  it('revokes for the administrator alone', async (t) => {
    const { post, revoke, revoked } = await start(t)
    for (const token of ['', 'x', administratorToken.slice(1), `${administratorToken}x`])
      isRefused(await revoke({ uid }, token), 401, 'unauthenticated')
    isRefused(await post('/issuer/revoke', { uid }, { Authorization: administratorToken }), 401, 'unauthenticated')
    isRefused(await revoke({ uid: 'acme' }), 400, 'malformed')
    isRefused(await revoke({ user: 'acme' }), 400, 'malformed')
    isRefused(await revoke({}), 400, 'malformed')
    assert.equal((await revoke({ uid })).status, 200)
    assert.equal((await revoke({ user: 'acme:ann' })).status, 200)
    assert.deepEqual(revoked, [uid, 'acme:ann'])
    const closed = await start(t, { administratorToken: '' })
    isRefused(await closed.revoke({ uid }, ''), 401, 'unauthenticated')
  })

  it('writes no secrets into its log, and no lines that others made up', async (t) => {
    const { post, logIn, revoke, lines } = await start(t)
    const Cookie = await logIn('ann')
    await post('/issuer/credential', { uid }, { Cookie })
    await post('/issuer/credential', { uid: 'acme:ann:x\nIssued: acme:eve:0000' }, { Cookie })
    await revoke({ uid })
    assert.ok(lines.length >= 2)
    for (const secret of ['the password', Cookie, Cookie.split('=')[1] ?? '', administratorToken, '\n'])
      assert.ok(!lines.some((line) => line.includes(secret)), secret)
  })

  it('answers a request that never ends, and one that breaks off, without an end of its own', async (t) => {
    const { port, get } = await start(t)
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write('POST /issuer/credential HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"uid"')
    socket.destroySoon()
    const broken = connect(port, '127.0.0.1')
    /** @type {string} */
    let text = ''
    broken.setEncoding('utf8').on('data', (part) => (text += part))
    broken.write('nonsense\r\n\r\n')
    await new Promise((resolve) => broken.once('close', resolve))
    assert.match(text, /^HTTP\/1\.1 400/)
    assert.equal((await get('/issuer/health')).status, 200)
  })
})

describe('the session', () => {
  /** @param {import('node:test').TestContext} t @param {(cookie: string | undefined) => [status: number, body: string]} answer */
  async function startSite(t, answer) {
    const site = createServer((request, response) => {
      const [status, body] = answer(request.headers.cookie)
      response.writeHead(status, { Location: '/elsewhere' }).end(body)
    })
    await new Promise((resolve) => site.listen(0, '127.0.0.1', () => resolve(undefined)))
    t.after(() => site.close())
    return `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (site.address()).port}/session`
  }

  it('is what the site says of the cookie', async (t) => {
    const url = await startSite(t, (cookie) => (cookie === 'sid=ann' ? [200, '{"org":"acme","user":"ann"}'] : [401, '']))
    const { post, issued } = await start(t, { demo: undefined, findSession: askedSite(url) })
    assert.equal((await post('/issuer/credential', { uid }, { Cookie: 'sid=ann' })).status, 200)
    isRefused(await post('/issuer/credential', { uid: 'acme:bob:x7f3' }, { Cookie: 'sid=ann' }), 403, 'not_yours')
    isRefused(await post('/issuer/credential', { uid }, { Cookie: 'sid=eve' }), 401, 'unauthenticated')
    isRefused(await post('/issuer/credential', { uid }), 401, 'unauthenticated')
    assert.deepEqual(issued, [uid])
  })

  it('is not there where the site answers something else, or nothing', async (t) => {
    /** @type {[number, string][]} */
    const answers = [
      [500, ''],
      [302, ''],
      [200, ''],
      [200, '{}'],
      [200, '{"org":"acme"}'],
      [200, '{"org":"acme","user":"a:b"}'],
      [200, '{"org":"acme","user":"#"}'],
      [200, 'x'.repeat(100_000)],
    ]
    const url = await startSite(t, () => /** @type {[number, string]} */ (answers.shift()))
    const { post, issued } = await start(t, { findSession: askedSite(url) })
    while (answers.length > 0) isRefused(await post('/issuer/credential', { uid }, { Cookie: 'sid=ann' }), 503, 'session_check_failed')
    const nobody = await start(t, { findSession: askedSite('http://127.0.0.1:1/') })
    isRefused(await nobody.post('/issuer/credential', { uid }, { Cookie: 'sid=ann' }), 503, 'session_check_failed')
    assert.deepEqual(issued, [])
  })

  it('is what a header says that the site has signed, for as long as it says', async (t) => {
    const { post } = await start(t, { findSession: signedHeader(headerSecret) })
    const now = Math.floor(Date.now() / 1000)
    /** @param {object} claims @param {object} [header] @param {string} [secret] */
    const token = (claims, header = { alg: 'HS256' }, secret = headerSecret) => {
      const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
      return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
    }
    const ask = (/** @type {string} */ value) => post('/issuer/credential', { uid }, { 'X-Issuer-Session': value })
    const ann = { org: 'acme', user: 'ann', exp: now + 60 }
    assert.equal((await ask(token(ann))).status, 200)
    const { org, user } = ann
    for (const bad of [
      token({ ...ann, exp: now - 1 }),
      token({ org, user }),
      token({ org, exp: ann.exp }),
      token(ann, { alg: 'none' }),
      token(ann, { alg: 'RS256' }),
      token(ann, undefined, 'i'.repeat(32)),
      `${token(ann)}x`,
      '',
    ])
      isRefused(await ask(bad), 401, 'unauthenticated')
  })
})

describe('a rate limit', () => {
  it('gives back what was taken, in time, and forgets whom it has not heard of for longest', () => {
    let now = 0
    const limit = new RateLimit({ burst: 2, perSecond: 0.5 }, () => now)
    const take = (/** @type {string} */ name) => limit.take(name)
    take('ann')
    take('ann')
    assert.throws(() => take('ann'), { status: 429, headers: { 'Retry-After': '2' } })
    now += 1999
    assert.throws(() => take('ann'), { headers: { 'Retry-After': '1' } })
    now += 1
    take('ann')
    now += 1e9
    take('ann')
    take('ann')
    assert.throws(() => take('ann'))
    for (let i = 0; i < 10_000; ++i) take(String(i))
    take('ann')
  })
})
