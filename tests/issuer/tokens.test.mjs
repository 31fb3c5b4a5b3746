// Tokens: what they say, who verifies them, and that keys change without a gap.
import assert from 'node:assert/strict'
import { createHmac, createPublicKey, verify } from 'node:crypto'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KeyFile } from '../../deploy/issuer/keys.mjs'
import { TokenCredentials } from '../../deploy/issuer/tokens.mjs'
import { startIssuer } from './support.mjs'

const uid = 'acme:ann:x7f3'
const secret = 's'.repeat(32)

/** @param {string} token */
function partsOf(token) {
  const [head = '', body = '', signature = ''] = token.split('.')
  const [header, claims] = [head, body].map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  return { header, claims, signed: `${head}.${body}`, signature: Buffer.from(signature, 'base64url') }
}

/** As a broker does. @param {string} token @param {any[]} keys */
function isVerified(token, keys) {
  const { header, signed, signature } = partsOf(token)
  const jwk = keys.find(({ kid }) => kid === header.kid)
  return jwk !== undefined && verify('sha256', Buffer.from(signed), createPublicKey({ key: jwk, format: 'jwk' }), signature)
}

/** @param {import('node:test').TestContext} t */
async function directoryFor(t) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-issuer-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return directory
}

describe('tokens for EMQX', { timeout: 30_000 }, () => {
  it('are signed with the secret, for one uid, with its rules and a short life', async (t) => {
    const issuer = await startIssuer({ ISSUER_BROKER: 'emqx', ACCESS_SECRET: secret, ISSUER_LIFETIME: '60', ISSUER_ROOT: 'shop/' })
    t.after(() => issuer.close())
    const { username, password, expiresAt } = await issuer.credentialFor('ann', uid)
    const { header, claims, signed, signature } = partsOf(password)
    assert.equal(username, uid)
    assert.equal(header.alg, 'HS256')
    assert.deepEqual(signature, createHmac('sha256', secret).update(signed).digest())
    assert.deepEqual([claims.username, claims.clientid, claims.exp * 1000, claims.exp - claims.iat], [uid, uid, expiresAt, 60])
    const publishes = claims.acl.filter((/** @type {any} */ { action }) => action === 'publish')
    assert.ok(publishes.every((/** @type {any} */ { topic }) => topic.startsWith('shop/') && topic.endsWith(uid)))
    assert.deepEqual(claims.acl.at(-1), { permission: 'deny', action: 'all', topic: '#' })
    // EMQX cannot be told anything here: the answer says until when it takes what was issued.
    const { status, body } = await issuer.revoke({ uid })
    assert.deepEqual([status, body.revoked], [200, 0])
    assert.ok(body.validUntil >= expiresAt && body.validUntil <= Date.now() + 60_000)
    assert.deepEqual((await issuer.get('/issuer/jwks.json')).body, { keys: [] })
    assert.ok(!issuer.log().includes(password))
  })

  it('are signed with a key of the issuer that brokers fetch, also after a restart', async (t) => {
    const file = join(await directoryFor(t), 'of-the-issuer', 'keys.json')
    const env = { ISSUER_BROKER: 'emqx', ISSUER_KEY_FILE: file }
    const first = await startIssuer(env)
    t.after(() => first.close())
    const { password } = await first.credentialFor('ann', uid)
    await first.close()
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const second = await startIssuer(env)
    t.after(() => second.close())
    const { keys } = (await second.get('/issuer/jwks.json')).body
    assert.equal(keys.length, 1)
    assert.deepEqual(Object.keys(keys[0]).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use'])
    assert.ok(isVerified(password, keys))
    assert.ok(!isVerified(`${password.slice(0, -4)}AAAA`, keys))
  })
})

describe('keys', () => {
  it('change: a new one is known before it signs, and an old one until its last token has ended', async (t) => {
    const file = join(await directoryFor(t), 'keys.json')
    let now = 0
    const keys = await new KeyFile({ file, rotation: 1000, announcement: 100, lifetime: 50, now: () => now }).open()
    const kidNow = () => keys.current().kid
    const known = () => keys.published().map(({ kid }) => kid)
    const first = kidNow()
    now = 999
    await keys.renew()
    assert.deepEqual(known(), [first])
    now = 1000
    await keys.renew()
    const [, second] = known()
    assert.deepEqual([known().length, kidNow()], [2, first])
    now = 1099
    assert.equal(kidNow(), first)
    now = 1100
    assert.equal(kidNow(), second)
    now = 1150
    await keys.renew()
    assert.deepEqual(known(), [first, second]) // a token of 1099 lives until 1149
    now = 1151
    await keys.renew()
    assert.deepEqual(known(), [second])
    const reread = await new KeyFile({ file, rotation: 1000, announcement: 100, lifetime: 50, now: () => now }).open()
    assert.equal(reread.current().kid, second)
  })

  it('of a file that is no list of keys are refused, and the file stays', async (t) => {
    const file = join(await directoryFor(t), 'keys.json')
    for (const text of ['', '{}', '{"keys":[]}', '[{}]', 'no JSON']) {
      await writeFile(file, text)
      await assert.rejects(new KeyFile({ file, rotation: 1000, announcement: 100, lifetime: 50 }).open(), /keys\.json/)
      assert.equal(await readFile(file, 'utf8'), text)
    }
  })

  it('are renewed while the issuer runs', async (t) => {
    t.mock.timers.enable({ apis: ['setInterval'] })
    let renewed = 0
    const keys = {
      current: () => ({ alg: /** @type {const} */ ('HS256'), secret }),
      find: () => undefined,
      published: () => [],
      renew: async () => void ++renewed,
    }
    const credentials = new TokenCredentials({ keys, root: 'app/', lifetime: 60_000, log: () => {} })
    t.mock.timers.tick(120_000)
    assert.equal(renewed, 2)
    await credentials.close()
    t.mock.timers.tick(120_000)
    assert.equal(renewed, 2)
  })
})

describe('the configuration', { timeout: 30_000 }, () => {
  const sound = { ISSUER_BROKER: 'emqx', ACCESS_SECRET: secret }
  /** @type {[Record<string, string>, RegExp][]} */
  const wrong = [
    [{ ISSUER_BROKER: '' }, /ISSUER_BROKER is not set/],
    [{ ISSUER_BROKER: 'nanomq' }, /ISSUER_BROKER is "nanomq"/],
    [{ ACCESS_SECRET: 'short' }, /ACCESS_SECRET has less than 32 bytes/],
    [{ ISSUER_SESSIONS: '' }, /ISSUER_SESSIONS is not set/],
    [{ ISSUER_SESSIONS: 'site' }, /ISSUER_SESSION_URL is not set/],
    [{ ISSUER_SESSIONS: 'header', ISSUER_HEADER_SECRET: 'x' }, /ISSUER_HEADER_SECRET has less/],
    [{ ISSUER_ADMIN_TOKEN: 'guessable' }, /ISSUER_ADMIN_TOKEN has less/],
    [{ ISSUER_REVOCATION_FILE: '' }, /ISSUER_REVOCATION_FILE is not set/],
    [{ ISSUER_BROKER: 'rabbitmq' }, /ISSUER_KEY_FILE is not set/],
    [{ ISSUER_BROKER: 'rabbitmq', ISSUER_KEY_FILE: 'x' }, /ISSUER_API_URL is not set/],
    [{ ISSUER_API_URL: 'nowhere' }, /ISSUER_API_URL is "nowhere"/],
    [{ ISSUER_API_URL: 'http://127.0.0.1:1' }, /ISSUER_API_USER is not set/],
    [{ ISSUER_API_URL: 'http://127.0.0.1:1', ISSUER_API_USER: 'a:b' }, /ISSUER_API_USER is "a:b"/],
    [{ ISSUER_API_URL: 'http://127.0.0.1:1', ISSUER_API_USER: 'a' }, /ISSUER_API_PASSWORD is not set/],
    [{ ISSUER_LIFETIME: '1' }, /ISSUER_LIFETIME is "1"/],
    [{ ISSUER_LIFETIME: 'ten minutes' }, /ISSUER_LIFETIME is "ten minutes"/],
    [{ ISSUER_PORT: '70000' }, /ISSUER_PORT is "70000"/],
    [{ ISSUER_ROOT: 'app/#' }, /ISSUER_ROOT: /],
    [{ ISSUER_BROKER: 'mosquitto', ISSUER_BROKER_URL: 'nowhere' }, /ISSUER_BROKER_URL is "nowhere"/],
  ]
  for (const [env, message] of wrong)
    it(`is refused with a sentence: ${message.source}`, async () => {
      await assert.rejects(startIssuer({ ...sound, ...env }), (/** @type {Error} */ error) => {
        assert.match(error.message, message)
        assert.doesNotMatch(error.message, /\n\s+at /)
        return true
      })
    })
})
