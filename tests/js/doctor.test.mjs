// diagnose(): each fault made for real, and what the doctor says of it.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
/** @typedef {import('node:net').Server} NetServer */
import { after, afterEach, before, describe, it } from 'node:test'
import { diagnose, toText } from 'websocket-mq/doctor'
import { TestBroker } from 'websocket-mq/testing'
import { WebSocketServer } from 'ws'
import { root } from '../access/expectations.mjs'
import { startBroker } from '../support/broker.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { dropping } from '../support/dropping.mjs'
import { freePort } from '../support/free-port.mjs'
import { proxyUpgrades } from '../support/upgrade-proxy.mjs'

/** @param {any} diagnosis @param {string} check */
const found = ({ findings }, check) => findings.find((/** @type {any} */ each) => each.check === check)

describe('a connection that cannot be made', () => {
  /** @type {(() => unknown)[]} */
  const closing = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
  })
  /** @param {import('node:http').Server | NetServer} server @returns {Promise<string>} host and port */
  async function listen(server) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    closing.push(() => server.close())
    return `127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
  }

  it('has no address', async () => {
    const { ok, verdict, findings } = await diagnose('example.org:9001')
    assert.equal(ok, false)
    assert.match(verdict, /has no scheme: write ws:\/\/example\.org:9001/)
    assert.equal(findings[0]?.check, 'address')
  })

  it('has a name that nobody knows', async () => {
    assert.match((await diagnose('ws://nobody.invalid/mqtt', { timeout: 2000 })).verdict, /nobody\.invalid/)
  })

  it('has a port at which nothing listens', async () => {
    const port = await freePort()
    assert.match((await diagnose(`ws://127.0.0.1:${port}/mqtt`)).verdict, new RegExp(`Nothing listens at 127\\.0\\.0\\.1:${port}`))
  })

  it('has a path that is not the one of the broker', async () => {
    const broker = await startBroker()
    closing.push(() => broker.close())
    const server = createServer((_, response) => response.writeHead(404).end())
    proxyUpgrades(server, { path: '/ws_mqtt', port: broker.webSocketPort })
    const host = await listen(server)
    const diagnosis = await diagnose(`ws://${host}/nowhere`)
    assert.equal(diagnosis.ok, false)
    assert.equal(diagnosis.verdict, 'The broker answers at the path /ws_mqtt, and not at /nowhere: change the address.')
    assert.match(toText(diagnosis), /^The broker answers[^]*^ERROR +connection: .*$/m)
  })

  it('has a web server that knows no broker', async () => {
    const host = await listen(createServer((_, response) => response.writeHead(200).end()))
    assert.match((await diagnose(`ws://${host}/mqtt`)).verdict, /(HTTP status|socket hang up|No MQTT broker)/)
  })

  it('uses TLS where there is none', async () => {
    const broker = await startBroker()
    closing.push(() => broker.close())
    const { verdict, findings } = await diagnose(broker.url.replace('ws:', 'wss:'))
    assert.match(verdict, /answers with ws:, and not with wss:\. Change the scheme, or enable TLS at that port\.$/)
    assert.match(findings[0]?.text ?? '', /TLS/)
  })

  it('shows the packets of the attempt, without credentials', async () => {
    const broker = await startBroker({ users: { ann: 'secret-word' } })
    closing.push(() => broker.close())
    const { packets, ...diagnosis } = await diagnose(broker.url, { credentials: { username: 'ann', password: 'wrong-word' } })
    assert.deepEqual(packets.map(({ name, reasonCode }) => [name, reasonCode]), [['CONNECT', undefined], ['CONNACK', 0x87]]) // prettier-ignore
    assert.equal(diagnosis.ok, false)
    assert.doesNotMatch(JSON.stringify([packets, diagnosis]), /wrong-word|"ann"/)
  })

  it('is looked for without the account: what was to be encrypted is sent to nobody in clear', async () => {
    let heard = ''
    const server = createServer()
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' })
    sockets.on('connection', (socket, request) => {
      heard += request.url
      socket.on('message', (data) => (heard += data.toString()))
    })
    closing.push(() => sockets.clients.forEach((each) => each.terminate()))
    const host = await listen(server)
    const credentials = { username: 'SeCrEt', password: 'SeCrEt' }
    const { verdict } = await diagnose(`wss://${host}/a?token=SeCrEt`, { credentials, clientId: 'SeCrEt', timeout: 2000 })
    assert.match(verdict, /TLS/)
    assert.match(heard, /^\/a.*MQTT/)
    assert.doesNotMatch(heard, /SeCrEt/)
  })

  it('reaches a server that takes the subprotocol for none', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'other' })
    closing.push(() => sockets.close())
    const host = await listen(server)
    assert.match((await diagnose(`ws://${host}/mqtt`)).verdict, /subprotocol/)
  })

  it('is accepted, and never answered', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' })
    closing.push(() => sockets.clients.forEach((each) => each.terminate()))
    const host = await listen(server)
    assert.match((await diagnose(`ws://${host}/mqtt`, { timeout: 300 })).verdict, /in time\. Check the address/)
  })

  it('is asked for with options that are none', async () => {
    assert.match((await diagnose('ws://127.0.0.1:9/', /** @type {any} */ ({ timeuot: 1 }))).verdict, /timeuot/)
    assert.match((await diagnose('ws://127.0.0.1:9/', { as: 'webapp' })).verdict, /uid/)
  })

  it('is given up by its signal', async () => {
    await assert.rejects(diagnose('ws://127.0.0.1:9/', { signal: AbortSignal.abort(new Error('enough')) }), { message: 'enough' })
  })
})

describe('a broker that refuses', () => {
  /** @type {TestBroker} */
  let broker
  afterEach(() => broker.close())
  const start = (options = {}) => (broker = new TestBroker(options).install())

  it('wants credentials where none were given', async () => {
    start({ authenticate: () => false })
    assert.match((await diagnose(broker.url)).verdict, /No credentials were given/)
  })

  it('knows the user, and not the password', async () => {
    start({ authenticate: (/** @type {any} */ { password }) => password === 'right' })
    const { verdict } = await diagnose(broker.url, { credentials: { username: 'ann', password: 'wrong' } })
    assert.match(verdict, /0x86.*Check the user name and the password/)
  })

  it('binds the account to a client identifier', async () => {
    start({ authenticate: (/** @type {any} */ { clientId, username }) => clientId === username || 0x87 })
    const { verdict } = await diagnose(broker.url, { credentials: { username: 'ann', password: 'right' } })
    assert.equal(verdict, 'The broker binds this account to the client identifier that is its user name: pass it as clientId.')
  })

  it('knows MQTT 3.1.1 only, and not the password', async () => {
    start({ versions: [4], authenticate: () => false })
    const { ok, verdict, findings } = await diagnose(broker.url, { credentials: { username: 'ann', password: 'wrong' } })
    assert.equal(ok, false)
    assert.match(verdict, /0x86/)
    assert.deepEqual(findings.map(({ check, status }) => [check, status]), [['version', 'warning'], ['connection', 'error']]) // prettier-ignore
  })

  it('is busy', async () => {
    start({ authenticate: () => 0x89 })
    assert.match((await diagnose(broker.url)).verdict, /0x89/)
  })

  for (const version of /** @type {const} */ ([4, 3]))
    it(`knows nothing later than version ${version}`, async () => {
      start({ versions: [3, 4].filter((each) => each <= version) })
      const diagnosis = await diagnose(broker.url, { measure: false })
      assert.equal(diagnosis.ok, true)
      assert.equal(found(diagnosis, 'version').status, 'warning')
      assert.match(found(diagnosis, 'version').text, new RegExp(`set protocolVersion to ${version}`))
    })

  it('does not let this account use the topics of the doctor', async () => {
    start({ allow: (/** @type {any} */ { topic }) => topic.startsWith('mine/') })
    const forbidden = await diagnose(broker.url)
    assert.equal(found(forbidden, 'retained').status, 'skipped')
    assert.match(found(forbidden, 'retained').text, /give a topic/)
    const allowed = await diagnose(broker.url, { topic: 'mine/doctor' })
    assert.equal(found(allowed, 'retained').status, 'ok')
    assert.equal(broker.retained.size, 0)
    assert.equal(broker.clients.length, 0)
  })

  it('cuts connections without traffic', async () => {
    start()
    broker.intercept(({ direction, packet }) => {
      if (direction === 'in' && packet.type === 'connect' && packet['keepAlive'] === 0) setTimeout(() => broker.cut(), 100)
      return undefined
    })
    const diagnosis = await diagnose(broker.url, { measure: false, idle: 20 })
    assert.equal(diagnosis.ok, false)
    assert.match(diagnosis.verdict, /without traffic is cut after 0 s.*keepAlive/)
  })

  it('stays where nothing is cut', async () => {
    start()
    const diagnosis = await diagnose(broker.url, { measure: false, idle: 0.2 })
    assert.equal(found(diagnosis, 'idle').status, 'ok')
  })
})

describe('a broker that works', () => {
  it('is measured: Mosquitto', async () => {
    const broker = await startBroker()
    try {
      const { ok, verdict, broker: facts, findings } = await diagnose(broker.url)
      assert.deepEqual(findings.filter(({ status }) => status !== 'ok'), []) // prettier-ignore
      assert.equal(ok, true)
      assert.match(verdict, /^The broker can be used with MQTT 5, with a round trip of \d+\.\d ms\.$/)
      assert.deepEqual(facts?.versions, [3, 4, 5])
      assert.equal(facts?.maximumQos, 2)
      assert.deepEqual(
        findings.map(({ check }) => check),
        [
          ...['connection', 'exactly-once', 'retained', 'retained-wildcard', 'message-expiry'],
          ...['shared-subscriptions', 'subscription-identifiers', 'will', 'will-delay'],
        ],
      )
    } finally {
      await broker.close()
    }
  })

  it('and where it lacks something, that is a warning with what to do', async () => {
    const broker = new TestBroker({ versions: [4] }).install()
    try {
      // What is retained, and what is shared, is lost.
      broker.intercept(({ direction, packet }) =>
        direction === 'out' && packet.type === 'publish' && packet['retain'] === true ? 'drop' : undefined,
      )
      const diagnosis = await diagnose(broker.url, { protocolVersion: 4 })
      assert.equal(diagnosis.ok, true)
      assert.deepEqual(diagnosis.broker?.versions, [4])
      assert.equal(found(diagnosis, 'retained').status, 'warning')
      assert.match(found(diagnosis, 'retained').text, /Enable them/)
    } finally {
      broker.close()
    }
  })
})

describe('the access rules of the convention, from inside', () => {
  /** @type {Awaited<ReturnType<typeof startDeployedMosquitto>>} */
  let broker
  const uid = 'acme:ann:aaaa'
  before(async () => {
    broker = await startDeployedMosquitto()
    await broker.add({ role: 'webapp', name: uid }, root)
  })
  after(() => broker?.close())

  it('are those of the shipped configuration', async () => {
    const credentials = { username: uid, password: 'secret' }
    const diagnosis = await diagnose(broker.url, { credentials, clientId: uid, uid, root, as: 'webapp', measure: false })
    assert.deepEqual(diagnosis.findings.filter(({ status }) => status !== 'ok'), []) // prettier-ignore
    assert.match(found(diagnosis, 'access').text, /are those of the convention/)
  })

  it('are tried once more where the broker closes a connection instead of answering', async (test) => {
    const { port, close } = await dropping(Number(new URL(broker.url).port))
    test.after(close)
    const url = broker.url.replace(/:\d+/, `:${port}`)
    const credentials = { username: uid, password: 'secret' }
    const { ok, verdict } = await diagnose(url, { credentials, clientId: uid, uid, root, as: 'webapp', measure: false })
    assert.ok(ok, verdict)
  })

  it('can be tried together with the measuring where an account has one connection', async () => {
    const credentials = { username: uid, password: 'secret' }
    const { ok, broker: facts, findings } = await diagnose(broker.url, { credentials, clientId: uid, uid, root, as: 'webapp' })
    assert.equal(ok, true)
    assert.deepEqual(facts?.versions, [3, 4, 5])
    assert.ok(findings.every(({ status }) => status === 'ok' || status === 'skipped'))
  })

  it('are too wide where everybody may do everything, and too narrow where nothing is allowed', async () => {
    for (const [allow, expected] of /** @type {const} */ ([
      [true, /can subscribe #, which it must not/],
      [false, /cannot publish app\/webapp\/status\/acme:ann:aaaa, which every webapp needs/],
    ])) {
      const open = new TestBroker({ allow: () => allow }).install()
      const { ok, findings } = await diagnose(open.url, { clientId: uid, uid, as: 'webapp', measure: false })
      open.close()
      assert.equal(ok, false)
      assert.ok(findings.some(({ text }) => expected.test(text)), findings.map(({ text }) => text).join('\n')) // prettier-ignore
      // Nothing that it tried stays.
      assert.equal(open.retained.size, 0)
    }
  })
})
