// Revocation: what the issuer remembers, and what it asks of a broker's interface, which may answer, fail or be silent.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { EmqxConnections } from '../../deploy/issuer/emqx-connections.mjs'
import { Issuer } from '../../deploy/issuer/issuer.mjs'
import { RabbitMqConnections } from '../../deploy/issuer/rabbitmq-connections.mjs'
import { Revocations } from '../../deploy/issuer/revocations.mjs'
import { administratorToken, client, startIssuer } from './support.mjs'

const day = 86_400_000

/** @param {import('node:test').TestContext} t */
async function directoryFor(t) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-revocation-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

describe('revocations', () => {
  it('hold for a uid or all uids of a user, for the life of a credential or as long as was said, and void what was before', async () => {
    let now = 1_000_500
    const revocations = new Revocations({ lifetime: 60_000, now: () => now })
    const isRefused = (/** @type {string} */ uid) => {
      try {
        revocations.check(uid)
        return false
      } catch (error) {
        assert.deepEqual([/** @type {any} */ (error).status, /** @type {any} */ (error).code], [403, 'revoked'])
        return true
      }
    }
    assert.equal(await revocations.add('acme:ann'), 1_060_500)
    assert.equal(await revocations.add('acme:bob:bbbb', 5000), 1_005_500)
    assert.equal(await revocations.add('acme:eve', 0), 1_001_000) // to the end of this second
    const uids = ['acme:ann:aaaa', 'acme:bob:bbbb', 'acme:eve:eeee', 'acme:bob:aaaa', 'acme:anna:aaaa', 'other:ann:aaaa']
    assert.deepEqual(uids.map(isRefused), [true, true, true, false, false, false])
    assert.deepEqual(
      uids.map((uid) => revocations.isVoid(uid, 1000)),
      [true, true, true, false, false, false],
    )
    assert.ok(uids.every((uid) => !revocations.isVoid(uid, 1001)))
    now = 1_001_000
    assert.deepEqual(uids.map(isRefused), [true, true, false, false, false, false])
    now = 1_060_499
    assert.throws(() => revocations.check('acme:ann:aaaa'), { headers: { 'Retry-After': '1' } })
    now = 1_060_500
    assert.ok(!uids.some(isRefused))
    assert.ok(revocations.isVoid('acme:ann:aaaa', 1000))
    // No token lives for more than a day.
    now += day
    await revocations.add('acme:bob')
    assert.ok(!revocations.isVoid('acme:ann:aaaa', 1000))
  })

  it('are in a file, and those of a day are bounded', async (t) => {
    const file = join(await directoryFor(t), 'of-the-issuer', 'revocations.json')
    const first = await new Revocations({ file, lifetime: 60_000 }).open()
    await Promise.all(['acme:ann', 'acme:bob', 'acme:eve:aaaa'].map((who) => first.add(who)))
    const next = await new Revocations({ file, lifetime: 60_000 }).open()
    for (const uid of ['acme:ann:aaaa', 'acme:bob:aaaa', 'acme:eve:aaaa']) assert.throws(() => next.check(uid), { code: 'revoked' })
    next.check('acme:eve:bbbb')
    const many = Array.from({ length: 10_000 }, (_, i) => [`acme:u${i}`, { at: Date.now(), until: Date.now() + 1000 }])
    await writeFile(file, JSON.stringify(many))
    const full = await new Revocations({ file, lifetime: 60_000 }).open()
    await assert.rejects(full.add('acme:ann'), { status: 503, code: 'too_many' })
    await full.add('acme:u1')
  })

  it('of a file that is no list of them are refused, and the file stays', async (t) => {
    const file = join(await directoryFor(t), 'revocations.json')
    for (const text of [
      '',
      '{}',
      '[1]',
      '[["acme:ann"]]',
      '[["acme:ann",{}]]',
      '[[1,{"at":1,"until":2}]]',
      '[["a",{"at":"1","until":2}]]',
    ]) {
      await writeFile(file, text)
      await assert.rejects(new Revocations({ file, lifetime: 1000 }).open(), /revocations\.json/, text)
      assert.equal(await readFile(file, 'utf8'), text)
    }
  })
})

/** @typedef {{ method: string, path: string, query: URLSearchParams, body: any }} Asked */

/**
 * A broker's interface that answers what a test says, and nothing to who has another password.
 * @param {import('node:test').TestContext} t
 * @param {(asked: Asked) => [status: number, body?: unknown] | undefined} answer undefined: silence
 */
async function startApi(t, answer) {
  const asked = /** @type {string[]} */ ([])
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const part of request.setEncoding('utf8')) text += part
    const { method = '', headers, url = '' } = request
    const { pathname, searchParams } = new URL(url, 'http://api')
    asked.push(`${method} ${url}`)
    const isKnown = headers.authorization === `Basic ${Buffer.from('issuer:secret').toString('base64')}`
    const answered = isKnown ? answer({ method, path: pathname, query: searchParams, body: text ? JSON.parse(text) : undefined }) : [401]
    if (!answered) return
    const [status, body] = answered
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(body === undefined ? undefined : JSON.stringify(body))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)))
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  return { url: `http://127.0.0.1:${port}/`, asked }
}

/**
 * EMQX as its interface is published (https://docs.emqx.com/en/emqx/latest/admin/api.html), strictly: what is not in it is 400.
 * @param {import('node:test').TestContext} t
 * @param {string[]} connected client identifiers, which are user names as well
 */
async function startEmqx(t, connected) {
  const bans = new Map()
  const kicked = /** @type {string[]} */ ([])
  const api = await startApi(t, ({ method, path, query, body }) => {
    if (method === 'POST' && path === '/api/v5/banned') {
      const { as, who, until, ...rest } = body
      const isSound =
        ['clientid', 'username', 'peerhost', 'clientid_re', 'username_re', 'peerhost_net'].includes(as) &&
        typeof who === 'string' &&
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)$/.test(until) &&
        Object.keys(rest).every((name) => ['by', 'reason', 'at'].includes(name))
      if (!isSound) return [400, { code: 'BAD_REQUEST', message: '' }]
      if (bans.has(`${as} ${who}`)) return [400, { code: 'ALREADY_EXISTS', message: '' }]
      bans.set(`${as} ${who}`, Date.parse(until))
      return [200, body]
    }
    const [, as, who = ''] = /^\/api\/v5\/banned\/(\w+)\/([^/]+)$/.exec(path) ?? []
    if (method === 'DELETE' && as) return bans.delete(`${as} ${decodeURIComponent(who)}`) ? [204] : [404, { code: 'NOT_FOUND' }]
    if (method === 'GET' && path === '/api/v5/clients') {
      const [limit, page] = [Number(query.get('limit')), Number(query.get('page'))]
      if (!(limit >= 1 && limit <= 10_000 && page >= 1)) return [400, { code: 'INVALID_PARAMETER' }]
      const found = connected.filter((uid) => uid.includes(query.get('like_username') ?? ''))
      const data = found.slice(limit * (page - 1), limit * page).map((uid) => ({ clientid: uid, username: uid, connected: true }))
      return [200, { data, meta: { count: found.length, limit, page, hasnext: limit * page < found.length } }]
    }
    const [, id = ''] = /^\/api\/v5\/clients\/([^/]+)$/.exec(path) ?? []
    if (method !== 'DELETE' || !id) return [400, { code: 'BAD_REQUEST' }]
    const uid = decodeURIComponent(id)
    if (!connected.includes(uid)) return [404, { code: 'CLIENTID_NOT_FOUND', message: '' }]
    kicked.push(uid)
    return [204]
  })
  return { ...api, bans, kicked }
}

const settings = (/** @type {string} */ url) => ({ url, user: 'issuer', password: 'secret', lifetime: 60_000, log: () => {} })

describe('connections at EMQX', { timeout: 30_000 }, () => {
  it('are ended, and banned for as long as nothing is issued', async (t) => {
    const others = ['acme:anna:aaaa', 'other:acme:ann', 'bacme:ann:aaaa', 'acme:ann', 'SN1']
    const emqx = await startEmqx(t, ['acme:ann:aaaa', 'acme:ann:bbbb', 'acme:a.n:aaaa', ...others])
    const connections = new EmqxConnections(settings(emqx.url))
    const until = Date.now() + 60_500
    assert.deepEqual(await connections.end('acme:ann:aaaa', until), { revoked: 1 })
    assert.deepEqual(emqx.kicked, ['acme:ann:aaaa'])
    const [[ban, end] = []] = emqx.bans
    assert.equal(ban, 'username acme:ann:aaaa')
    assert.ok(end >= until && end < until + 1000)
    emqx.kicked.length = 0
    assert.deepEqual(await connections.end('acme:a.n', until), { revoked: 1 })
    assert.deepEqual(emqx.kicked, ['acme:a.n:aaaa'])
    const [, expression = ''] = /^username_re (.*)$/.exec([...emqx.bans.keys()].at(-1)) ?? []
    assert.deepEqual(
      ['acme:a.n:aaaa', 'acme:a.n:bbbb', 'acme:ann:aaaa', 'bacme:a.n:aaaa', 'acme:a.n', 'service:a.n:aaaa'].map((name) =>
        new RegExp(expression).test(name),
      ),
      [true, true, false, false, false, false],
    )
  })

  it('are banned anew where they are already, with the new end', async (t) => {
    const emqx = await startEmqx(t, [])
    const connections = new EmqxConnections(settings(emqx.url))
    await connections.end('acme:ann', Date.now() + 70_000)
    const later = Date.now() + 3_600_000
    assert.deepEqual(await connections.end('acme:ann', later), { revoked: 0 })
    assert.equal(emqx.bans.size, 1)
    assert.ok([...emqx.bans.values()][0] >= later)
  })

  it('may come back with their token where they are banned for less than its life: the answer says until when', async (t) => {
    const emqx = await startEmqx(t, ['acme:ann:aaaa'])
    const connections = new EmqxConnections(settings(emqx.url))
    const { revoked, validUntil = 0 } = await connections.end('acme:ann', Date.now() + 500)
    assert.equal(revoked, 1)
    assert.equal(emqx.bans.size, 0)
    assert.ok(validUntil > Date.now() + 50_000 && validUntil <= Date.now() + 60_000)
  })

  it('are found on all pages of the list', async (t) => {
    const all = Array.from({ length: 2500 }, (_, i) => `acme:ann:${1000 + i}`)
    const emqx = await startEmqx(t, all)
    assert.deepEqual(await new EmqxConnections(settings(emqx.url)).end('acme:ann', Date.now() + 70_000), { revoked: 2500 })
    assert.equal(new Set(emqx.kicked).size, 2500)
  })
})

describe("a broker's interface that does not do what it is asked", { timeout: 60_000 }, () => {
  const isUnfinished = { status: 503, code: 'broker_unreachable', headers: { 'Retry-After': '5' } }

  /** @type {[string, (asked: Asked) => [number, unknown?] | undefined][]} */
  const failures = [
    ['is silent', () => undefined],
    ['fails', () => [500]],
    ['sends elsewhere', () => [302]],
    ['answers something else', () => [200, 'nonsense']],
    ['answers a list of something else', ({ method }) => (method === 'GET' ? [200, { data: { length: 1 } }] : [200])],
  ]
  for (const [what, answer] of failures)
    it(`${what}: 503, and nobody waits for long`, async (t) => {
      const { url } = await startApi(t, answer)
      const emqx = new EmqxConnections(settings(url))
      const rabbitMq = new RabbitMqConnections(settings(url))
      t.after(() => rabbitMq.close())
      await Promise.all([
        assert.rejects(emqx.end('acme:ann', Date.now() + day), isUnfinished),
        assert.rejects(rabbitMq.end('acme:ann'), isUnfinished),
      ])
      assert.equal(rabbitMq.isReady, false)
    })

  it('is not there, or wants another password: 503, and no password in the log', async (t) => {
    const { url } = await startApi(t, () => [200, []])
    const lines = /** @type {string[]} */ ([])
    const wrong = { ...settings(url), password: 'another secret', log: (/** @type {string} */ line) => void lines.push(line) }
    const rabbitMq = new RabbitMqConnections(wrong)
    const absent = new RabbitMqConnections(settings('http://127.0.0.1:1'))
    t.after(() => Promise.all([rabbitMq.close(), absent.close()]))
    await assert.rejects(rabbitMq.end('acme:ann'), isUnfinished)
    await assert.rejects(absent.end('acme:ann'), isUnfinished)
    await assert.rejects(new EmqxConnections(wrong).end('acme:ann', Date.now() + day), isUnfinished)
    assert.ok(lines.some((line) => line.includes('401')))
    assert.ok(!lines.some((line) => line.includes('another secret')))
  })

  it('is back after a while: what was revoked meanwhile is ended without being asked again', async (t) => {
    let isFailing = true
    const ended = /** @type {string[]} */ ([])
    const { url } = await startApi(t, ({ method, path }) => {
      if (isFailing) return [500]
      if (method === 'DELETE') ended.push(decodeURIComponent(path.split('/').at(-1) ?? ''))
      return method === 'GET' ? [200, []] : [204]
    })
    const rabbitMq = new RabbitMqConnections(settings(url))
    t.after(() => rabbitMq.close())
    for (const uid of ['acme:ann:aaaa', 'acme:bob:bbbb']) rabbitMq.note(uid, Date.now() + day)
    await assert.rejects(rabbitMq.end('acme:ann'), isUnfinished)
    isFailing = false
    while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepEqual(ended, ['acme:ann:aaaa'])
  })

  it('fails for one of several: the others are ended, and asking again ends that one', async (t) => {
    let isFailing = true
    const ended = /** @type {string[]} */ ([])
    const connected = ['acme:ann:aaaa', 'acme:ann:bbbb', 'acme:ann:cccc', 'acme:bob:aaaa', 'service:stock:one', 'issuer/accounts']
    const { url } = await startApi(t, ({ method, path }) => {
      if (method === 'GET') return [200, [...connected.map((user) => ({ user, connected_at: Date.now() })), null, { user: 1 }]]
      const uid = decodeURIComponent(path.split('/').at(-1) ?? '')
      if (isFailing && uid === 'acme:ann:bbbb') return [500]
      ended.push(uid)
      return [204]
    })
    const rabbitMq = new RabbitMqConnections(settings(url))
    t.after(() => rabbitMq.close())
    await assert.rejects(rabbitMq.end('acme:ann'), isUnfinished)
    assert.deepEqual(ended.sort(), ['acme:ann:aaaa', 'acme:ann:cccc'])
    isFailing = false
    assert.deepEqual(await rabbitMq.end('acme:ann'), { revoked: 3 })
    assert.ok(ended.includes('acme:ann:bbbb'))
    assert.ok(ended.every((uid) => uid.startsWith('acme:ann:')))
  })
})

describe('the request to revoke', { timeout: 30_000 }, () => {
  it('takes a number of seconds, from 0 to 30 days', async (t) => {
    const revoked = /** @type {number[]} */ ([])
    const credentials = /** @type {any} */ ({
      isReady: true,
      revoke: async (/** @type {string} */ _, /** @type {number} */ until) => ({ revoked: revoked.push(until) }),
      close: async () => {},
    })
    const issuer = new Issuer({ credentials, findSession: () => ({ org: 'acme', user: 'ann' }), administratorToken })
    const { revoke, post } = client(await issuer.listen(0))
    t.after(() => issuer.close())
    for (const seconds of [-1, 2_592_001, '60', null, true, [60], {}])
      assert.equal((await revoke(JSON.stringify({ user: 'acme:ann', seconds }))).status, 400, String(seconds))
    assert.deepEqual(revoked, [])
    const before = Date.now()
    assert.ok((await revoke({ user: 'acme:ann', seconds: 2_592_000 })).body.refusedUntil >= before + 30 * day)
    assert.equal((await post('/issuer/credential', { uid: 'acme:ann:aaaa' })).body.error.code, 'revoked')
    // Said anew, it holds as long as it says now.
    await revoke({ user: 'acme:ann', seconds: 0 })
    assert.equal(revoked.length, 2)
  })

  it('stands where the broker does not do its part: nothing is issued, also after a restart', async (t) => {
    const directory = await directoryFor(t)
    const env = {
      ...{ ISSUER_BROKER: 'emqx', ACCESS_SECRET: 's'.repeat(32), ISSUER_REVOCATION_FILE: join(directory, 'revocations.json') },
      ...{ ISSUER_API_URL: 'http://127.0.0.1:1', ISSUER_API_USER: 'issuer', ISSUER_API_PASSWORD: 'secret' },
    }
    for (const isNew of [true, false]) {
      const issuer = await startIssuer(env)
      t.after(() => issuer.close())
      if (isNew) assert.deepEqual([(await issuer.revoke({ user: 'acme:ann' })).status], [503])
      const { status, body } = await issuer.post('/issuer/credential', { uid: 'acme:ann:aaaa' }, { Cookie: await issuer.logIn('ann') })
      assert.deepEqual([status, body.error.code], [403, 'revoked'])
      await issuer.credentialFor('bob', 'acme:bob:aaaa')
      await issuer.close()
    }
  })
})

describe('the question whether a token is good', { timeout: 30_000 }, () => {
  it('is answered for a token of the issuer, and for nothing else', async (t) => {
    const directory = await directoryFor(t)
    const { url } = await startApi(t, ({ method }) => (method === 'GET' ? [200, []] : [204]))
    const issuer = await startIssuer({
      ...{ ISSUER_BROKER: 'rabbitmq', ISSUER_KEY_FILE: join(directory, 'keys.json') },
      ...{ ISSUER_API_URL: url, ISSUER_API_USER: 'issuer', ISSUER_API_PASSWORD: 'secret' },
    })
    t.after(() => issuer.close())
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const ask = async (/** @type {string} */ token) =>
      (await issuer.post('/issuer/introspect', `token=${encodeURIComponent(token)}`, form)).body
    const { password } = await issuer.credentialFor('ann', 'acme:ann:aaaa')
    const { active, username, client_id: clientId } = await ask(password)
    assert.deepEqual([active, username, clientId], [true, 'acme:ann:aaaa', 'acme:ann:aaaa'])
    for (const other of ['', 'x', 'a.b.c', `${password}x`, password.slice(1), '\u0000', 'é'.repeat(1000)])
      assert.deepEqual(await ask(other), { active: false }, other)
    assert.equal((await issuer.post('/issuer/introspect', { token: password })).status, 415)
    assert.equal((await issuer.post('/issuer/introspect', `token=${'x'.repeat(20_000)}`, form)).status, 413)
    await issuer.revoke({ uid: 'acme:ann:aaaa' })
    assert.deepEqual(await ask(password), { active: false })
    assert.ok(!issuer.log().includes(password))
  })
})
