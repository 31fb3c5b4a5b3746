// The issuer before a real RabbitMQ, both as they are deployed: tokens for its OAuth 2 plugin, and what becomes of
// connections whose token was revoked or has ended.
import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import mqtt from 'mqtt'
import { sign } from '../../deploy/access/jwt.mjs'
import { claims, token } from '../../deploy/access/rabbitmq-token.mjs'
import { definitions, issuerUser, userForIssuer } from '../../deploy/access/rabbitmq.mjs'
import { ann, bob, root, webapp } from '../access/expectations.mjs'
import { publish, subscribe } from '../support/access-outcomes.mjs'
import { freePort } from '../support/free-port.mjs'
import { startRabbitMq } from '../support/rabbitmq.mjs'
import { startIssuer } from './support.mjs'

const { Webapp } = await import(new URL('../../dist/webapp.js', import.meta.url).href)

/** @typedef {{ username: string, password: string, expiresAt: number }} Credential */

const stock = 'service:stock:one'
const withPassword = 'acme:eve:pass'

describe('credentials for RabbitMQ', { timeout: 180_000 }, () => {
  /** @type {Awaited<ReturnType<typeof startRabbitMq>>} */
  let broker
  /** @type {Awaited<ReturnType<typeof startIssuer>>} */
  let issuer
  /** @type {Record<string, string>} */
  let env
  /** @type {string} */
  let directory
  /** @type {(() => Promise<unknown>)[]} */
  const endings = []

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wsmq-issuer-'))
    const [issuerPort, managementPort] = [await freePort(), await freePort()]
    env = {
      ISSUER_BROKER: 'rabbitmq',
      ISSUER_PORT: String(issuerPort),
      ISSUER_KEY_FILE: join(directory, 'keys.json'),
      ISSUER_REVOCATION_FILE: join(directory, 'revocations.json'),
      ISSUER_API_URL: `http://127.0.0.1:${managementPort}`,
      ISSUER_API_USER: issuerUser,
      ISSUER_API_PASSWORD: 'issuer-password',
    }
    issuer = await startIssuer(env)
    const accounts = [
      { account: { role: /** @type {const} */ ('service'), name: 'stock/one' }, password: 'secret' },
      { account: { role: /** @type {const} */ ('webapp'), name: withPassword }, password: 'secret' },
    ]
    const all = definitions(accounts, root)
    all.users.push(userForIssuer('issuer-password'))
    broker = await startRabbitMq({ definitions: all, bindsIdentifiers: true, tokens: { issuerPort, managementPort } })
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
  })
  after(async () => {
    for (const end of endings) await end()
    await issuer?.close()
    await broker?.close()
    await rm(directory, { recursive: true, force: true })
  })

  /** @param {Record<string, string>} [changes] */
  async function restartIssuer(changes = {}) {
    await issuer.close()
    issuer = await startIssuer({ ...env, ...changes })
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
  }

  /** Rejects where RabbitMQ closes the connection, which is how it refuses. @param {Partial<Credential>} credential @param {mqtt.IClientOptions} [options] @returns {Promise<mqtt.MqttClient>} */
  function enter({ username = '', password = '' }, options = {}, url = broker.url) {
    const client = mqtt.connect(url, { clientId: username, username, password, reconnectPeriod: 0, ...options })
    client.on('error', () => {})
    endings.push(() => client.endAsync(true))
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve(client))
      client.once('close', () => reject(new Error('closed without an answer')))
    })
  }

  /** @param {mqtt.MqttClient} client */
  const closed = (client) => new Promise((resolve) => client.once('close', () => resolve('closed')))

  /** What RabbitMQ makes of one attempt, over a connection of its own. @param {Credential} credential @param {(client: mqtt.MqttClient) => Promise<unknown>} what */
  async function attempt(credential, what) {
    const client = await enter(credential)
    const end = closed(client)
    const outcome = await Promise.race([end, what(client)])
    await client.endAsync(true)
    return outcome
  }

  /** @param {string} user @param {string} rand */
  async function joined(user, rand) {
    const app = await Webapp.join(broker.url, {
      ...{ org: 'acme', user, rand, protocolVersion: 4, reconnect: { minDelay: 10, maxDelay: 200 } },
      credentials: async (/** @type {{ clientId: string }} */ { clientId }) => issuer.credentialFor(user, clientId),
    })
    endings.push(() => app.leave({ timeout: 1000 }))
    return app
  }

  it('let two webapps join that see each other, and one asks the other', async () => {
    const [one, other] = [await joined('ann', 'joined'), await joined('bob', 'joined')]
    other.expose({ double: (/** @type {{ n: number }} */ { n }) => 2 * n })
    await one.presence.until((/** @type {Map<string, unknown>} */ presence) => presence.has('acme:bob:joined'))
    await other.presence.until((/** @type {Map<string, unknown>} */ presence) => presence.has('acme:ann:joined'))
    assert.equal(await one.peer('acme:bob:joined').request('double', { n: 21 }), 42)
  })

  it('allow a uid what the access rules allow it, and nothing else', async () => {
    const credential = await issuer.credentialFor('ann', ann)
    for (const topic of webapp.publishes) assert.equal(await attempt(credential, publish(topic)), 'allowed', topic)
    for (const topic of webapp.cannotPublish) assert.equal(await attempt(credential, publish(topic)), 'closed', topic)
    for (const filter of webapp.subscribes) assert.equal(await attempt(credential, subscribe(filter)), 'allowed', filter)
    for (const filter of webapp.cannotSubscribe) assert.notEqual(await attempt(credential, subscribe(filter)), 'allowed', filter)
    for (const topic of [`${root}webapp/status/${ann}\n`, `${root}webapp/status/${ann}/x`, `${root}webapp/status/x/${ann}`])
      assert.equal(await attempt(credential, publish(topic)), 'closed', JSON.stringify(topic))
  })

  it('are for one uid and one client identifier: whose connection it is stays', async () => {
    const owner = await enter(await issuer.credentialFor('bob', bob), { clean: false })
    const own = `${root}webapp/res/${bob}`
    await owner.subscribeAsync(own, { qos: 1 })
    const { password } = await issuer.credentialFor('ann', ann)
    for (const [username, clientId] of [
      [ann, bob],
      [bob, bob],
      [bob, ann],
      [ann, ''],
      [stock, stock],
      ['', ann],
      [issuerUser, issuerUser],
    ])
      for (const url of [broker.url, broker.tcpUrl])
        await assert.rejects(
          enter({ username, password }, { clientId, clean: clientId === '' }, url),
          /closed/,
          `${username} as ${clientId}`,
        )
    // An administrator, with its own password.
    await assert.rejects(enter({ username: issuerUser, password: 'issuer-password' }), /closed/)
    const arrived = new Promise((resolve) => owner.once('message', resolve))
    assert.equal(await attempt({ username: stock, password: 'secret', expiresAt: 0 }, publish(own)), 'allowed')
    assert.equal(await arrived, own)
    await owner.endAsync()
  })

  it('are refused where they were made by somebody else, are for something else, or have ended', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    /** @type {[{ kid: string, pem: string }]} */
    const [{ kid, pem }] = JSON.parse(await readFile(/** @type {string} */ (env['ISSUER_KEY_FILE']), 'utf8'))
    const key = { alg: /** @type {const} */ ('RS256'), kid, privateKey: createPrivateKey(pem) }
    const good = claims({ role: 'webapp', name: ann }, root)
    const [head = '', body = '', signature = ''] = sign(good, key).split('.')
    const none = Buffer.from('{"alg":"none"}').toString('base64url')
    const publicPem = createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
    await (await enter({ username: ann, password: sign(good, key) })).endAsync(true)
    for (const [what, password] of /** @type {[string, string][]} */ ([
      ['a key of somebody', sign(good, { ...key, privateKey })],
      ['an unknown key', sign(good, { ...key, kid: 'other' })],
      ['the public key as a secret', sign(good, { alg: 'HS256', kid, secret: publicPem })],
      ['no signature', `${none}.${body}.`],
      ['a cut signature', `${head}.${body}.${signature.slice(0, -8)}`],
      ['other claims', `${head}.${Buffer.from(JSON.stringify({ ...good, sub: bob, client_id: bob })).toString('base64url')}.${signature}`],
      ['another audience', sign({ ...good, aud: ['emqx'] }, key)],
      ['an end that is over', token(claims({ role: 'webapp', name: ann }, root, { now: Date.now() - 601_000 }), key)],
      ['no end', sign({ ...good, exp: undefined }, key)],
      ['the password of another', 'secret'],
    ]))
      await assert.rejects(enter({ username: ann, password }), /closed/, what)
  })

  it('are void from their revocation on, which ends the connections, also by way of a new issuer', async () => {
    const uids = ['acme:ann:eeee', 'acme:ann:ffff', 'acme:bob:eeee']
    const credentials = await Promise.all(uids.map(async (uid) => issuer.credentialFor(uid.split(':')[1] ?? '', uid)))
    const [one, two, three] = await Promise.all([enter(credentials[0]), enter(credentials[1], {}, broker.tcpUrl), enter(credentials[2])])
    const [oneEnds, twoEnds] = [closed(one), closed(two)]
    const { status, body } = await issuer.revoke({ uid: 'acme:ann:eeee' })
    assert.deepEqual([status, body.revoked, body.validUntil], [200, 1, undefined])
    assert.ok(body.refusedUntil > Date.now())
    await oneEnds
    await assert.rejects(enter(credentials[0]), /closed/)
    // The others are the same user's, and another's.
    assert.equal(await publish(`${root}webapp/status/acme:ann:ffff`)(two), 'allowed')
    const user = await issuer.revoke({ user: 'acme:ann' })
    assert.equal(user.status, 200)
    await twoEnds
    const Cookie = await issuer.logIn('ann')
    const refused = await issuer.post('/issuer/credential', { uid: 'acme:ann:gggg' }, { Cookie })
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'revoked'])
    await restartIssuer()
    await assert.rejects(enter(credentials[1]), /closed/)
    assert.equal(
      (await issuer.post('/issuer/credential', { uid: 'acme:ann:gggg' }, { Cookie: await issuer.logIn('ann') })).body.error.code,
      'revoked',
    )
    assert.equal(await publish(`${root}webapp/status/acme:bob:eeee`)(three), 'allowed')
    await three.endAsync()
    // Nothing is issued for 0 s more: who is signed in again gets a new one, and what was before stays void.
    await issuer.revoke({ user: 'acme:ann', seconds: 0 })
    await until(async () => {
      const answer = await issuer.post('/issuer/credential', { uid: 'acme:ann:ffff' }, { Cookie: await issuer.logIn('ann') })
      if (answer.status !== 200) return false
      return enter(answer.body).then((client) => client.endAsync(true).then(() => true))
    })
    await assert.rejects(enter(credentials[1]), /closed/)
  })

  it('end the connection that uses them, a moment before they end, also one of before the issuer, and none with a password', async () => {
    const lasting = await enter({ username: withPassword, password: 'secret' })
    const lost = closed(lasting)
    await restartIssuer({ ISSUER_LIFETIME: '20' })
    const before = await issuer.credentialFor('bob', 'acme:bob:hhhh')
    const older = closed(await enter(before))
    await restartIssuer({ ISSUER_LIFETIME: '20' })
    const credential = await issuer.credentialFor('bob', 'acme:bob:iiii')
    await closed(await enter(credential, {}, broker.tcpUrl))
    assert.ok(Date.now() < credential.expiresAt)
    await older
    assert.equal(await Promise.race([lost, publish(`${root}webapp/status/${withPassword}`)(lasting)]), 'allowed')
    await lasting.endAsync()
    await restartIssuer()
  })

  it('are signed by a new key of the issuer, which RabbitMQ fetches, and those of a key that is gone are refused', async () => {
    const old = await issuer.credentialFor('bob', 'acme:bob:kkkk')
    await (await enter(old)).endAsync()
    await issuer.close()
    await rm(/** @type {string} */ (env['ISSUER_KEY_FILE']))
    issuer = await startIssuer(env)
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
    await assert.rejects(enter(old), /closed/)
    const client = await enter(await issuer.credentialFor('bob', 'acme:bob:kkkk'))
    assert.equal(await publish(`${root}webapp/status/acme:bob:kkkk`)(client), 'allowed')
    await client.endAsync()
  })

  it('nobody gets in with one while the issuer does not answer; services do', async () => {
    const credential = await issuer.credentialFor('bob', 'acme:bob:jjjj')
    await issuer.close()
    await assert.rejects(enter(credential), /closed/)
    await (await enter({ username: stock, password: 'secret' })).endAsync()
    issuer = await startIssuer(env)
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
    await (await enter(credential)).endAsync()
  })
})

/** @param {() => Promise<boolean>} condition */
async function until(condition) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50))
}
