// The issuer before a real Mosquitto, both as they are deployed, and webapps that live on what it issues.
import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { dynamicSecurityRemoval, issuerAccount } from '../../deploy/access/mosquitto.mjs'
import { MosquittoCredentials } from '../../deploy/issuer/mosquitto.mjs'
import { webapp } from '../access/expectations.mjs'
import { connectOnce } from '../support/connect-once.mjs'
import { forMosquitto, startBrokerForIssuer, startIssuer } from './support.mjs'

const { Webapp } = await import(new URL('../../dist/webapp.js', import.meta.url).href)

/** @typedef {Awaited<ReturnType<typeof startBrokerForIssuer>>} Broker */
/** @typedef {{ username: string, password: string, expiresAt: number }} Credential */

describe('credentials for Mosquitto', { timeout: 120_000 }, () => {
  /** @type {Broker} */
  let broker
  /** @type {Awaited<ReturnType<typeof startIssuer>>} */
  let issuer
  /** @type {(() => Promise<unknown>)[]} */
  const endings = []

  before(async () => {
    broker = await startBrokerForIssuer()
    issuer = await startIssuer(forMosquitto(broker.tcpUrl))
  })
  after(async () => {
    for (const end of endings) await end()
    await issuer?.close()
    await broker?.close()
  })

  /** @param {string} user @param {string} rand @param {object} [options] */
  async function join(user, rand, options = {}) {
    let asked = 0
    const app = await Webapp.join(broker.url, {
      ...{ org: 'acme', user, rand, reconnect: { minDelay: 10, maxDelay: 200 } },
      credentials: async (/** @type {{ clientId: string }} */ { clientId }) => {
        ++asked
        return issuer.credentialFor(user, clientId)
      },
      ...options,
    })
    endings.push(() => app.leave({ timeout: 1000 }))
    return { app, asked: () => asked }
  }

  /** @param {Credential} credential @param {string} [clientId] @param {Broker} [at] */
  const enter = ({ username, password }, clientId = username, at = broker) =>
    connectOnce(at.tcpUrl, { clientId, username, password, protocolVersion: 5 })

  it('let two webapps join that see each other', async () => {
    const [ann, bob] = [await join('ann', 'aaaa'), await join('bob', 'bbbb')]
    await ann.app.presence.until((/** @type {Map<string, unknown>} */ presence) => presence.has('acme:bob:bbbb'))
    await bob.app.presence.until((/** @type {Map<string, unknown>} */ presence) => presence.has('acme:ann:aaaa'))
    assert.equal(ann.asked(), 1)
  })

  it('are for one uid: the broker refuses them to another, and what another may', async () => {
    const credential = await issuer.credentialFor('ann', 'acme:ann:cccc')
    await assert.rejects(enter(credential, 'acme:bob:bbbb'), /Not authorized|Client identifier/i)
    const client = await enter(credential)
    for (const topic of webapp.cannotPublish.filter((each) => !each.endsWith('/acme:ann:aaaa')))
      await assert.rejects(client.publishAsync(topic, '{}', { qos: 1 }), { code: 0x87 }, topic)
    const own = (/** @type {string} */ topic) => topic.replaceAll('acme:ann:aaaa', 'acme:ann:cccc')
    for (const topic of webapp.publishes) await client.publishAsync(own(topic), '', { qos: 1 })
    for (const filter of webapp.subscribes) await client.subscribeAsync(own(filter), { qos: 1 })
    for (const filter of webapp.cannotSubscribe.filter((each) => !each.includes('acme:ann:aaaa')))
      await assert.rejects(client.subscribeAsync(filter, { qos: 1 }), Error, filter)
    await client.endAsync()
  })

  it('are made by an account that cannot come in from the network', async () => {
    const account = { username: issuerAccount.username, password: 'issuer-password' }
    const browser = connectOnce(broker.url, { clientId: issuerAccount.clientId, ...account, protocolVersion: 5 })
    await assert.rejects(browser, /Not authorized|Client identifier/i)
  })

  it('are renewed without an end of the connection that uses them, and keep their rights', async () => {
    const first = await issuer.credentialFor('ann', 'acme:ann:dddd')
    const client = await enter(first)
    let isGone = false
    client.on('close', () => (isGone = true))
    const second = await issuer.credentialFor('ann', 'acme:ann:dddd')
    assert.equal(second.password, first.password)
    assert.ok(second.expiresAt >= first.expiresAt)
    await client.publishAsync('app/webapp/req/orders/acme:ann:dddd', '{}', { qos: 1 })
    assert.equal(isGone, false)
    await client.endAsync()
  })

  it('are taken away by revocation of a uid or a user, which ends the connections', async () => {
    const uids = ['acme:ann:eeee', 'acme:ann:ffff', 'acme:bob:eeee']
    const clients = await Promise.all(uids.map(async (uid) => enter(await issuer.credentialFor(uid.split(':')[1] ?? '', uid))))
    const closed = clients.map((client) => new Promise((resolve) => client.once('close', () => resolve(undefined))))
    const one = await issuer.revoke({ uid: 'acme:ann:eeee' })
    assert.deepEqual([one.status, one.body.revoked, one.body.validUntil], [200, 1, undefined])
    await closed[0]
    const { body } = await issuer.revoke({ user: 'acme:ann', seconds: 1 })
    assert.ok(body.revoked >= 1)
    await closed[1]
    // Of bob nothing was said.
    await clients[2]?.publishAsync('app/webapp/req/orders/acme:bob:eeee', '{}', { qos: 1 })
    await clients[2]?.endAsync()
    assert.equal((await issuer.revoke({ uid: 'acme:ann:eeee' })).body.revoked, 0)
    const Cookie = await issuer.logIn('ann')
    const again = await issuer.post('/issuer/credential', { uid: 'acme:ann:eeee' }, { Cookie })
    assert.deepEqual([again.status, again.body.error.code], [403, 'revoked'])
    // What was said of the user is over, and what was said of the uid is not.
    await until(async () => (await issuer.post('/issuer/credential', { uid: 'acme:ann:ffff' }, { Cookie })).status === 200)
  })

  it('are taken away also where they are being made meanwhile', async (t) => {
    const credentials = new MosquittoCredentials({
      url: broker.tcpUrl,
      password: 'issuer-password',
      root: 'app/',
      lifetime: 60_000,
      log: () => {},
    })
    t.after(() => credentials.close())
    // One connection at a time has the account of the issuer.
    await issuer.close()
    await until(async () => credentials.isReady)
    const [made, { revoked }] = await Promise.all([credentials.issue('acme:bob:race'), credentials.revoke('acme:bob:race')])
    assert.equal(revoked, 1)
    await assert.rejects(enter(made), /Not authorized/i)
    await credentials.close()
    issuer = await startIssuer(forMosquitto(broker.tcpUrl))
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
  })

  it('survive a restart of the broker: the webapp and the issuer come back', async () => {
    const { app } = await join('ann', 'gggg')
    const reconnected = new Promise((resolve) =>
      app.on('state', (/** @type {{ state: string }} */ { state }) => state === 'connected' && resolve(undefined)),
    )
    await broker.stop()
    const { status, body, headers } = await issuer.post(
      '/issuer/credential',
      { uid: 'acme:ann:hhhh' },
      { Cookie: await issuer.logIn('ann') },
    )
    assert.deepEqual([status, body.error.code, headers['retry-after']], [503, 'broker_unreachable', '5'])
    assert.equal((await issuer.get('/issuer/health')).status, 503)
    await broker.start()
    await reconnected
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
    await (await enter(await issuer.credentialFor('ann', 'acme:ann:hhhh'))).endAsync()
  })

  it('survive a restart of the issuer, which goes on where it was', async () => {
    const { app, asked } = await join('bob', 'iiii')
    const before = await enter(await issuer.credentialFor('bob', 'acme:bob:jjjj'))
    let isGone = false
    before.on('close', () => (isGone = true))
    await issuer.close()
    issuer = await startIssuer(forMosquitto(broker.tcpUrl))
    await until(async () => (await issuer.get('/issuer/health')).status === 200)
    await before.publishAsync('app/webapp/req/orders/acme:bob:jjjj', '{}', { qos: 1 })
    assert.equal(isGone, false)
    await before.endAsync()
    // The password of before is not known: the renewal makes another one, and the connection comes back with it.
    const times = asked()
    const reconnected = new Promise((resolve) =>
      app.on('state', (/** @type {{ state: string }} */ { state }) => state === 'connected' && resolve(undefined)),
    )
    app.mq.reconnect()
    await reconnected
    assert.ok(asked() > times)
    assert.equal((await issuer.revoke({ uid: 'acme:bob:jjjj' })).body.revoked, 1)
  })

  it('touch no account that was made by others', async () => {
    await broker.add({ role: 'webapp', name: 'acme:ann:mine' }, 'app/', 'by hand')
    const { status, body } = await issuer.post('/issuer/credential', { uid: 'acme:ann:mine' }, { Cookie: await issuer.logIn('ann') })
    assert.deepEqual([status, body.error.code], [409, 'taken'])
    await issuer.revoke({ user: 'acme:ann', seconds: 0 })
    const client = await enter({ username: 'acme:ann:mine', password: 'by hand', expiresAt: 0 })
    await client.publishAsync('app/webapp/req/orders/acme:ann:mine', '{}', { qos: 1 })
    await client.endAsync()
  })

  it('come with further roles, where the operator says so', async () => {
    const acls = [{ acltype: 'publishClientSend', topic: 'lab/#', priority: 0, allow: true }]
    await broker.command(/** @type {any} */ ({ commands: [{ command: 'createRole', rolename: 'lab', acls }] }))
    const other = await startIssuer({ ...forMosquitto(broker.tcpUrl), ISSUER_ROLES: 'lab' })
    // One connection at a time has the account: the other issuer comes back when this one has ended.
    endings.push(() => other.close())
    await issuer.close()
    await until(async () => (await other.get('/issuer/health')).status === 200)
    const client = await enter(await other.credentialFor('ann', 'acme:ann:kkkk'))
    await client.publishAsync('lab/one', 'x', { qos: 1 })
    await assert.rejects(client.publishAsync('other/one', 'x', { qos: 1 }))
    await client.endAsync()
  })
})

describe('credentials for Mosquitto, and time', { timeout: 60_000 }, () => {
  /** @type {Broker} */
  let broker
  before(async () => (broker = await startBrokerForIssuer()))
  after(() => broker?.close())

  /** @param {{ lifetime: number, passwordLife?: number }} options */
  const open = (options) =>
    new MosquittoCredentials({ url: broker.tcpUrl, password: 'issuer-password', root: 'app/', log: () => {}, ...options })
  /** @param {Credential} credential */
  const enter = ({ username, password }) => connectOnce(broker.tcpUrl, { clientId: username, username, password, protocolVersion: 5 })

  it('an account ends with its time, and so does its connection; who prolongs it stays', async (t) => {
    const credentials = open({ lifetime: 1500 })
    t.after(() => credentials.close())
    const [one, other] = [await credentials.issue('acme:ann:aaaa'), await credentials.issue('acme:ann:bbbb')]
    const [ends, stays] = [await enter(one), await enter(other)]
    let isGone = false
    stays.on('close', () => (isGone = true))
    const prolonging = setInterval(() => void credentials.issue('acme:ann:bbbb'), 300)
    await new Promise((resolve) => ends.once('close', () => resolve(undefined))).finally(() => clearInterval(prolonging))
    assert.ok(Date.now() >= one.expiresAt)
    assert.equal(isGone, false)
    await stays.endAsync()
    await assert.rejects(enter(one), /Not authorized/i)
    assert.equal(credentials.count, 1)
  })

  it('what an earlier issuer made gets one more life, and what is too old none', async (t) => {
    for (const passwordLife of [60_000, 1]) {
      const earlier = open({ lifetime: 60_000 })
      const credential = await earlier.issue('acme:ann:cccc')
      const client = await enter(credential)
      const closed = new Promise((resolve) => client.once('close', () => resolve(undefined)))
      await earlier.close()
      const started = Date.now()
      const next = open({ lifetime: 1000, passwordLife })
      t.after(() => next.close())
      await closed
      if (passwordLife > 1) assert.ok(Date.now() >= started + 1000)
      await until(async () => next.isReady && next.count === 0)
      await assert.rejects(enter(credential), /Not authorized/i)
      await next.close()
    }
  })

  it('a password is replaced when it is old', async (t) => {
    const credentials = open({ lifetime: 60_000, passwordLife: 0 })
    t.after(() => credentials.close())
    const first = await credentials.issue('acme:ann:dddd')
    const second = await credentials.issue('acme:ann:dddd')
    assert.notEqual(first.password, second.password)
    await assert.rejects(enter(first), /Not authorized/i)
    await (await enter(second)).endAsync()
  })

  it('an account that somebody else has removed, or its client alone, is made anew', async (t) => {
    const credentials = open({ lifetime: 60_000 })
    t.after(() => credentials.close())
    // In this order: Mosquitto 2.0.11 keeps a pointer to a role that is deleted before its client.
    const removal = dynamicSecurityRemoval({ role: 'webapp', name: 'acme:ann:eeee' }).commands
    for (const commands of [removal, removal.slice(0, 1)]) {
      await credentials.issue('acme:ann:eeee')
      await broker.command({ commands })
      const client = await enter(await credentials.issue('acme:ann:eeee'))
      await client.publishAsync('app/webapp/req/orders/acme:ann:eeee', '{}', { qos: 1 })
      await client.endAsync()
    }
  })

  it('goes on with a broker whose accounts were restored from a backup', async (t) => {
    const credentials = open({ lifetime: 60_000 })
    t.after(() => credentials.close())
    const uid = 'acme:ann:ffff'
    await credentials.issue(uid)
    const file = join(broker.directory, 'dynamic-security.json')
    const backup = await readFile(file)
    await credentials.revoke(uid)
    const before = await credentials.issue(uid)
    await broker.stop()
    await until(async () => !credentials.isReady)
    await writeFile(file, backup)
    await broker.start()
    await until(async () => credentials.isReady)
    const now = await credentials.issue(uid)
    assert.notEqual(now.password, before.password)
    await (await enter(now)).endAsync()
  })

  it('a user has a bounded number of them', async (t) => {
    const credentials = open({ lifetime: 60_000 })
    t.after(() => credentials.close())
    for (let i = 0; i < 50; ++i) await credentials.issue(`acme:eve:${1000 + i}`)
    await assert.rejects(credentials.issue('acme:eve:9999'), { status: 429, code: 'too_many' })
    await credentials.issue('acme:eve:1000')
    await credentials.issue('acme:bob:9999')
    assert.deepEqual(await credentials.revoke('acme:eve'), { revoked: 50 })
  })
})

/** @param {() => Promise<boolean>} condition */
async function until(condition) {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}
