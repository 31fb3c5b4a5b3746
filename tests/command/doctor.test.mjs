// wsmq doctor: each fault made for real, what is said of it, and the exit code.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { WebSocketServer } from 'ws'
import { listener, startBroker } from '../support/broker.mjs'
import { makeCertificate, makeExpiredCertificate } from '../support/certificate.mjs'
import { startDeployedMosquitto } from '../support/deployed-mosquitto.mjs'
import { freePort } from '../support/free-port.mjs'
import { startNginx } from '../support/nginx.mjs'
import { refuseUpgrade } from '../support/own-requests.mjs'
import { ScriptedBroker } from '../support/scripted-broker.mjs'
import { buildCommand, endAll, start, startOnTerminal, wsmq } from './support.mjs'

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  await buildCommand()
  broker = await startBroker()
})
/** What a test started. @type {(() => unknown)[]} */
const closing = []
afterEach(async () => {
  await endAll()
  for (const close of closing.splice(0).reverse()) await close()
})
after(() => broker.close())

/** @param {import('node:net').Server} server @param {string} [host] @returns {Promise<string>} host and port */
async function listen(server, host = '127.0.0.1') {
  server.listen(0, host)
  await once(server, 'listening')
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  server.on('connection', (socket) => (sockets.add(socket), socket.on('error', () => {})))
  closing.push(() => (sockets.forEach((each) => each.destroy()), server.close()))
  return `${host}:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`
}

/** A broker that follows a script. @param {ConstructorParameters<typeof ScriptedBroker>[0]} script */
async function scripted(script) {
  const one = await ScriptedBroker.open(script)
  closing.push(() => one.close())
  return `mqtt://127.0.0.1:${one.port}`
}

/** A web server that answers an upgrade with a status. @param {number} status */
const refusing = (status) => listen(createServer().on('upgrade', (_, socket) => refuseUpgrade(socket, status)))

/**
 * The diagnosis, with the exit code.
 * @param {string} url @param {...string} more
 * @returns {Promise<{ code: number, ok: boolean, verdict: string, url?: string, broker?: any, findings: { check: string, status: string, text: string }[] }>}
 */
async function diagnose(url, ...more) {
  const { code, out, err } = await wsmq(['doctor', url, '--json', ...more])
  assert.equal(err, '')
  assert.match(out, /^\{.*\}\n$/) // one document, on one line
  return { code, ...JSON.parse(out) }
}

/** @param {Awaited<ReturnType<typeof diagnose>>} diagnosis @param {string} check */
const found = ({ findings }, check) => findings.find((each) => each.check === check)

/** @param {string} url @param {number} code @param {RegExp} verdict @param {...string} more */
async function fails(url, code, verdict, ...more) {
  const diagnosis = await diagnose(url, ...more)
  assert.equal(diagnosis.code, code, diagnosis.verdict)
  assert.equal(diagnosis.ok, false)
  assert.equal(diagnosis.url, undefined)
  assert.match(diagnosis.verdict, verdict)
  assert.ok(diagnosis.findings.every(({ status }) => status === 'error'))
  return diagnosis
}

describe('a connection that cannot be made', { timeout: 60_000 }, () => {
  it('has a name that nobody knows', async () => {
    await fails(
      'mqtt://nobody.invalid',
      3,
      /^(The name nobody\.invalid could not be resolved|No name server answered for nobody\.invalid)\./,
    )
  })

  it('has a port at which nothing listens', async () => {
    const port = await freePort()
    for (const scheme of ['mqtt', 'mqtts', 'ws', 'wss'])
      await fails(`${scheme}://127.0.0.1:${port}`, 3, new RegExp(`^Nothing listens at 127\\.0\\.0\\.1:${port}\\. Check`))
  })

  it('has no route', async () => {
    await fails('mqtt://255.255.255.255', 3, /^255\.255\.255\.255:1883 cannot be reached \(.*\)\. Check the network, and firewalls\.$/)
  })

  it('goes through a proxy that is not there, or that refuses', async () => {
    const port = await freePort()
    await fails(
      'mqtt://broker.invalid',
      3,
      new RegExp(`^Nothing listens at 127\\.0\\.0\\.1:${port}\\.`),
      '--proxy',
      `http://127.0.0.1:${port}`,
    )
    for (const [status, advice] of /** @type {const} */ ([
      [403, 'which hosts and ports it allows'],
      [407, '--proxy http://user:password@host:port'],
      [502, 'that it can reach the broker'],
    ])) {
      const host = await listen(createServer().on('connect', (_, socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`)))
      const verdict = new RegExp(`^The proxy at ${host} refused a tunnel to broker\\.invalid:1883 \\(HTTP ${status} No\\)\\. .*${advice}`)
      await fails('mqtt://broker.invalid', 3, verdict, '--proxy', `http://${host}`)
    }
  })

  it('has no Unix domain socket, or none that is one', async () => {
    await fails('mqtt+unix:///nowhere/mosquitto.sock', 3, /^There is no socket \/nowhere\/mosquitto\.sock\. Check its path/)
    await fails('mqtt+unix:///dev/null', 3, /^Nothing listens at the socket \/dev\/null\. Check that the broker is running\.$/)
  })

  it('is accepted, and never answered: at each step', async () => {
    const mute = await listen(createTcpServer(() => {}))
    const quick = ['--connect-timeout', '0.3']
    await fails(`mqtts://${mute}`, 3, /did not end the TLS handshake in time\. Check that its port speaks TLS\.$/, ...quick)
    await fails(`ws://${mute}`, 3, /did not answer the WebSocket handshake in time/, ...quick)
    await fails(`mqtt://${mute}`, 3, /^The broker at mqtt:\/\/\S+ did not answer in time\. .*--connect-timeout\.$/, ...quick)
    const server = createServer()
    const sockets = new WebSocketServer({ server, handleProtocols: () => 'mqtt' })
    closing.push(() => sockets.close())
    await fails(`ws://${await listen(server)}/`, 3, /^The broker at ws:\/\/\S+ did not answer in time/, ...quick)
  })

  it('reaches a server that is no MQTT broker', async () => {
    const greeting = await listen(createTcpServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n')))
    await fails(`mqtt://${greeting}`, 3, /^The server at \S+ does not answer with MQTT\. Check the address\.$/)
    const closing = await listen(createTcpServer((socket) => socket.resume().end()))
    await fails(`mqtt://${closing}`, 3, /^The server at \S+ closed the connection instead of answering CONNECT/)
    await fails(`ws://${closing}/`, 3, /did not complete the WebSocket handshake \(the connection was closed\)/)
    const page = await listen(createServer((_, response) => response.end('a page')))
    await fails(`mqtt://${page}`, 3, /does not answer with MQTT/)
  })

  it('reaches a server that takes the subprotocol for none', async () => {
    const server = createServer()
    const sockets = new WebSocketServer({ server, handleProtocols: () => false })
    closing.push(() => sockets.close())
    await fails(
      `ws://${await listen(server)}/`,
      3,
      /does not support the WebSocket subprotocol mqtt \(.*none\)\. Check that it is an MQTT broker\.$/,
    )
  })

  for (const [status, advice] of /** @type {[number, RegExp][]} */ ([
    [302, /Use the address to which it sends\.$/],
    [400, /headers Upgrade and Connection\.$/],
    [401, /--header 'Authorization: \.\.\.'\.$/],
    [403, /origins \(--header 'Origin: \.\.\.'\)/],
    [404, /Check the path\.$/],
    [426, /headers Upgrade and Connection\.$/],
    [429, /limits\.$/],
    [500, /Look into its log\.$/],
    [502, /broker could not be reached/],
    [503, /overloaded, limits connections, or its broker is down/],
    [504, /broker did not answer/],
  ]))
    it(`is refused with HTTP status ${status}`, async () => {
      const host = await refusing(status)
      const { verdict } = await fails(`ws://${host}/mqtt`, 3, advice)
      assert.ok(verdict.startsWith(`The server at ws://${host}/mqtt answered with HTTP status ${status}, not with a WebSocket. `), verdict)
    })

  it('is sent elsewhere', async () => {
    const server = createServer().on('upgrade', (_, socket) =>
      socket.end('HTTP/1.1 302 Found\r\nLocation: wss://there.example/mqtt?token=secret\r\n\r\n'),
    )
    const { verdict } = await fails(`ws://${await listen(server)}/mqtt`, 3, /HTTP status 302, to wss:\/\/there\.example\/mqtt\?\*\*\*/)
    assert.doesNotMatch(verdict, /secret/)
  })

  it('has nothing of its address and account in what is printed', async () => {
    const nobody = await freePort()
    const host = await refusing(404)
    for (const url of [`ws://SeCrEt:SeCrEt@127.0.0.1:${nobody}/a?token=SeCrEt`, `ws://SeCrEt:SeCrEt@${host}/a?SeCrEt`])
      for (const form of [[], ['--json'], ['-d']]) {
        const { out, err } = await wsmq(['doctor', url, ...form])
        assert.notEqual(out, '')
        assert.doesNotMatch(out + err, /secret/i)
      }
  })
})

describe('a certificate', { timeout: 60_000 }, () => {
  /** @type {string} */
  let directory
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'wsmq-doctor-'))
    makeCertificate(directory)
    makeExpiredCertificate(directory)
    const own = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'own.key', '-out', 'own.pem']
    execFileSync('openssl', ['req', '-x509', ...own, '-subj', '/CN=localhost', '-days', '2'], { cwd: directory, stdio: 'pipe' })
  })
  after(() => rm(directory, { recursive: true }))

  /** @param {string} certificate @param {string} key @param {string} [host] @returns {Promise<string>} its port */
  async function present(certificate, key, host) {
    const [cert, ownKey] = await Promise.all([certificate, key].map((file) => readFile(join(directory, file))))
    const server = createTlsServer({ cert, key: ownKey }, (socket) => socket.on('error', () => {}))
    const place = await listen(
      server.on('tlsClientError', () => {}),
      host,
    )
    return place.replace(/^.*:/, '')
  }
  const trust = () => ['--cafile', join(directory, 'authority.pem')]

  it('is expired', async () => {
    const port = await present('expired.pem', 'server.key')
    for (const scheme of ['mqtts', 'wss'])
      await fails(`${scheme}://localhost:${port}`, 3, /is out of its time \(certificate has expired: .*2020.*\)\. Renew it/, ...trust())
  })

  it('is self-signed', async () => {
    const port = await present('own.pem', 'own.key')
    await fails(`mqtts://localhost:${port}`, 3, /^The certificate of localhost:\d+ is self-signed .*--cafile/)
  })

  it('is from an authority that is not trusted', async () => {
    const port = await present('server.pem', 'server.key')
    await fails(`wss://localhost:${port}`, 3, /is not from an authority that this machine trusts .*--cafile/)
  })

  it('is for another name', async () => {
    const port = await present('server.pem', 'server.key', '127.0.0.2')
    const verdict =
      /^The certificate of 127\.0\.0\.2:\d+ is for another name \(.*: it is for localhost, 127\.0\.0\.1, asked was 127\.0\.0\.2\)\./
    for (const scheme of ['mqtts', 'wss']) await fails(`${scheme}://127.0.0.2:${port}`, 3, verdict, ...trust())
  })
})

describe('a broker that is elsewhere', { timeout: 60_000 }, () => {
  it('is behind another path of nginx', async () => {
    const port = await freePort()
    const nginx = await startNginx([port], async () => {
      const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
      return `server { listen 127.0.0.1:${port}; location = /mqtt { proxy_pass ${broker.url.replace('ws:', 'http:')}; ${upgrade} } }`
    })
    closing.push(() => nginx.close())
    const { verdict, findings } = await fails(
      `ws://127.0.0.1:${port}/wrong`,
      3,
      /^The broker answers at the path \/mqtt, and not at \/wrong: change the address\.$/,
    )
    assert.deepEqual(findings.map(({ check }) => check), ['connection', 'address']) // prettier-ignore
    assert.match(findings[0]?.text ?? '', /HTTP status 404/)
    const { out, code } = await wsmq(['doctor', `ws://127.0.0.1:${port}/wrong`])
    assert.equal(code, 3)
    assert.ok(out.startsWith(`${verdict}\n\nERROR    connection: `), out)
  })

  it('is not reached by nginx', async () => {
    const [port, nobody] = [await freePort(), await freePort()]
    const nginx = await startNginx(
      [port],
      async () => `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${nobody}; } }`,
    )
    closing.push(() => nginx.close())
    await fails(`ws://127.0.0.1:${port}/mqtt`, 3, /HTTP status 502, .*where the proxy looks for it\.$/)
  })

  it('speaks no TLS, or only TLS', async () => {
    await fails(
      `mqtts://127.0.0.1:${broker.tcpPort}`,
      3,
      /^The broker answers with mqtt:, and not with mqtts:\. Change the scheme, or enable TLS at that port\.$/,
    )
    await fails(broker.url.replace('ws:', 'wss:'), 3, /^The broker answers with ws:, and not with wss:\./)
    const deployed = await startDeployedMosquitto()
    closing.push(() => deployed.close())
    await fails(deployed.tlsUrl.replace('mqtts:', 'mqtt:'), 3, /^The broker answers with mqtts:, and not with mqtt:\. Change the scheme\.$/)
  })

  it('speaks WebSocket and not plain MQTT, or the other way round', async () => {
    await fails(
      `mqtt://127.0.0.1:${broker.webSocketPort}`,
      3,
      new RegExp(`^The broker answers at ws://127\\.0\\.0\\.1:${broker.webSocketPort}/\\w+, and not at mqtt://`),
    )
    await fails(
      `ws://127.0.0.1:${broker.tcpPort}/mqtt`,
      3,
      new RegExp(`^The broker answers at mqtt://127\\.0\\.0\\.1:${broker.tcpPort}, and not at ws://`),
    )
  })

  it('is looked for without the account: what was to be encrypted is sent to nobody in clear', async () => {
    /** @type {string[]} */
    const heard = []
    const host = await listen(
      createServer().on(
        'upgrade',
        (request, socket) => (heard.push(`${request.url} ${JSON.stringify(request.headers)}`), refuseUpgrade(socket, 404)),
      ),
    )
    await fails(`wss://ann:SeCrEt@${host}/a?token=SeCrEt`, 3, /TLS/, '--header', 'Authorization: SeCrEt')
    assert.ok(heard.length > 0)
    assert.doesNotMatch(heard.join(), /SeCrEt/)
    const plain = await ScriptedBroker.open()
    closing.push(() => plain.close())
    await fails(`mqtts://ann:SeCrEt@127.0.0.1:${plain.port}`, 3, /answers with mqtt:/)
    assert.doesNotMatch(Buffer.concat(plain.bodies('connect')).toString('latin1'), /SeCrEt|ann/)
  })
})

describe('a broker that refuses', { timeout: 60_000 }, () => {
  /** @param {number} reason */
  const refuses = (reason) => scripted({ connect: (connection) => (connection.accept(reason), connection.close()) })

  it('wants credentials, or others', async () => {
    const guarded = await startBroker({ users: { ann: 'right' } })
    closing.push(() => guarded.close())
    const url = `mqtt://127.0.0.1:${guarded.tcpPort}`
    const { findings } = await fails(url, 4, /^No credentials were given, and the broker wants some: pass -u and -P, or WSMQ_PASSWORD\.$/)
    assert.match(findings[0]?.text ?? '', /refused the connection: Not authorized \(0x87\)/)
    await fails(url, 4, /refused the connection: Not authorized \(0x87\)\./, '-u', 'ann', '-P', 'wrong')
    await fails(await refuses(0x86), 4, /Bad User Name or Password \(0x86\)\. Check the user name and the password\.$/i, '-u', 'ann')
    assert.equal((await diagnose(url, '-u', 'ann', '-P', 'right', '--no-measure')).code, 0)
  })

  it('binds the account to a client identifier', async () => {
    const bound = await scripted({
      connect: (connection, { body }) => (body.toString('latin1').split('ann').length > 2 ? connection.accept() : connection.accept(0x87)),
    })
    await fails(bound, 4, /^The broker binds this account to the client identifier that is its user name: pass it with -i\.$/, '-u', 'ann')
  })

  it('assigns no client identifier', async () => {
    const url = await scripted({
      connect: (connection, { body }) => (/wsmq-/.test(body.toString('latin1')) ? connection.accept() : connection.accept(0x85)),
    })
    const diagnosis = await diagnose(url, '--no-measure')
    assert.equal(diagnosis.code, 0)
    assert.match(found(diagnosis, 'client-identifier')?.text ?? '', /assigns no client identifiers/)
    await fails(await refuses(0x85), 4, /0x85.*Choose another client identifier \(-i\)/, '-i', 'mine')
  })

  for (const [reason, verdict] of /** @type {[number, RegExp][]} */ ([
    [0x88, /Server unavailable \(0x88\)\. Try again later\.$/i],
    [0x89, /Server busy \(0x89\)\. Try again later\.$/i],
    [0x8a, /Banned \(0x8a\)\./i],
    [0x9d, /Server moved \(0x9d\)\. Connect to the server that the broker names\.$/i],
    [0x9f, /\(0x9f\)\. Connect less often/],
  ]))
    it(`gives the reason 0x${reason.toString(16)}`, async () => {
      await fails(await refuses(reason), 4, verdict)
    })

  for (const [version, option, least] of /** @type {const} */ ([
    ['3.1.1', '311', 4],
    ['3.1', '31', 3],
  ]))
    it(`knows nothing later than MQTT ${version}`, async () => {
      const url = await scripted({
        connect: (connection) => (connection.version <= least ? connection.accept() : (connection.send(0x20, 0, 1), connection.close())),
      })
      const diagnosis = await diagnose(url, '--no-measure')
      assert.equal(diagnosis.code, 0)
      assert.equal(diagnosis.ok, true)
      assert.deepEqual(found(diagnosis, 'version'), {
        check: 'version',
        status: 'warning',
        text: `The broker does not accept MQTT 5, but MQTT ${version}: use -V ${option}.`,
      })
      assert.equal((await diagnose(url, '--no-measure', '--strict')).code, 1)
    })
})

describe('a broker of MQTT 3.1.1 that refuses', { timeout: 60_000 }, () => {
  it('is told apart from one that does not know the version', async () => {
    const url = await scripted({
      connect: (connection) => (connection.send(0x20, 0, connection.version === 5 ? 1 : 4), connection.close()),
    })
    const { code, verdict, findings } = await diagnose(url, '-u', 'ann', '-P', 'wrong')
    assert.equal(code, 4)
    assert.match(verdict, /\(0x86\)\. Check the user name and the password\.$/)
    assert.deepEqual(findings.map(({ check, status }) => [check, status]), [['version', 'warning'], ['connection', 'error']]) // prettier-ignore
  })
})

describe('a proxy', { timeout: 60_000 }, () => {
  it('that cuts connections without traffic is found', async () => {
    const port = await freePort()
    const nginx = await startNginx([port], async () => {
      const upgrade = 'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "upgrade";'
      return `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${broker.webSocketPort}; proxy_read_timeout 1s; ${upgrade} } }`
    })
    closing.push(() => nginx.close())
    const diagnosis = await diagnose(`ws://127.0.0.1:${port}/mqtt`, '--no-measure', '--idle', '30')
    assert.equal(diagnosis.code, 1)
    assert.equal(diagnosis.ok, false)
    assert.match(
      diagnosis.verdict,
      /^A connection without traffic is cut after [12] s, by a proxy or the broker: set the keep alive below that/,
    )
    assert.equal(diagnosis.url, `ws://127.0.0.1:${port}/mqtt`)
  })

  it('that does not is found as well', async () => {
    const diagnosis = await diagnose(broker.url, '--no-measure', '--idle', '0.2')
    assert.deepEqual(found(diagnosis, 'idle'), { check: 'idle', status: 'ok', text: 'A connection without traffic stays for 0.2 s.' })
    assert.equal(diagnosis.code, 0)
  })
})

describe('a broker that works', { timeout: 120_000 }, () => {
  const checks = ['connection', 'exactly-once', 'retained', 'retained-wildcard', 'message-expiry', 'shared-subscriptions']
  checks.push('subscription-identifiers', 'will', 'will-delay')

  it('is measured: Mosquitto', async () => {
    const { code, ok, verdict, url, broker: facts, findings } = await diagnose(`mqtt://ann:secret@127.0.0.1:${broker.tcpPort}`)
    assert.deepEqual(findings.filter(({ status }) => status !== 'ok'), []) // prettier-ignore
    assert.deepEqual(findings.map(({ check }) => check), checks) // prettier-ignore
    assert.equal(code, 0)
    assert.equal(ok, true)
    assert.match(verdict, /^The broker can be used with MQTT 5, with a round trip of \d+\.\d ms\.$/)
    assert.equal(url, `mqtt://127.0.0.1:${broker.tcpPort}`)
    const { roundTrip, ...limits } = facts
    assert.deepEqual(limits, { versions: [3, 4, 5], maximumQos: 2, maximumPacketSize: 0, receiveMaximum: 1000, topicAliasMaximum: 10 })
    assert.ok(roundTrip.median > 0 && roundTrip.longest >= roundTrip.median)
  })

  it('is measured in text, with nothing left behind', async () => {
    const { code, out, err } = await wsmq(['doctor', broker.url, '-V', '311'])
    assert.deepEqual([code, err], [0, ''])
    assert.match(
      out,
      /^The broker can be used with MQTT 3\.1\.1, with a round trip of \d+\.\d ms\.\n\nok {7}connection: .*\nok {7}exactly-once: /,
    )
    assert.match(
      out,
      /\n\nversions: MQTT 3\.1, 3\.1\.1, 5\nmaximum QoS: 2\n(.*\n)*round trip: \d+\.\d ms \(median\), \d+\.\d ms \(longest\)\n$/,
    )
    const retained = await wsmq(['sub', '-h', '127.0.0.1', '-p', String(broker.tcpPort), '-t', 'doctor/#', '--retained-only', '-W', '0.5'])
    assert.deepEqual([retained.code, retained.out], [27, ''])
  })

  it('and where it lacks something, that is a warning with what to do', async () => {
    const port = await freePort()
    const poor = await startBroker({
      settings: ['retain_available false', 'max_packet_size 2000', ...listener(port, 'mqtt'), 'max_qos 1'],
    })
    closing.push(() => poor.close())
    const diagnosis = await diagnose(`mqtt://127.0.0.1:${port}`)
    assert.equal(diagnosis.code, 0)
    assert.equal(diagnosis.ok, true)
    for (const check of ['exactly-once', 'retained', 'retained-wildcard', 'message-expiry'])
      assert.equal(found(diagnosis, check)?.status, 'warning', JSON.stringify(found(diagnosis, check)))
    assert.match(found(diagnosis, 'retained')?.text ?? '', /Enable them on the broker/)
    assert.deepEqual([diagnosis.broker.maximumQos, diagnosis.broker.maximumPacketSize], [1, 2000])
    assert.ok(
      diagnosis.verdict.startsWith('The broker can be used') && diagnosis.verdict.includes(found(diagnosis, 'exactly-once')?.text ?? '-'),
    )
  })

  it('does not let this account use the topics of the doctor', async () => {
    const deployed = await startDeployedMosquitto()
    closing.push(() => deployed.close())
    await deployed.add({ role: 'device', name: 'SN1' }, 'app/')
    const diagnosis = await diagnose(deployed.tcpUrl, '-u', 'SN1', '-P', 'secret', '-i', 'SN1')
    assert.equal(found(diagnosis, 'retained')?.status, 'skipped')
    assert.match(found(diagnosis, 'retained')?.text ?? '', /Not authorized \(0x87\).*give a topic that it can use \(--topic\)/)
    assert.equal(diagnosis.code, 0)
  })

  it('ends the connection while it is measured', async () => {
    const url = await scripted({ subscribe: (connection) => connection.close() })
    const diagnosis = await diagnose(url)
    assert.equal(diagnosis.code, 1)
    assert.match(diagnosis.verdict, /^The broker ended the connection while it was measured/)
  })
})

describe('the access rules of the convention, from inside', { timeout: 120_000 }, () => {
  const uid = 'acme:ann:aaaa'
  /** @type {Awaited<ReturnType<typeof startDeployedMosquitto>>} */
  let deployed
  before(async () => {
    deployed = await startDeployedMosquitto()
    await deployed.add({ role: 'webapp', name: uid }, 'app/')
    await deployed.add({ role: 'service', name: 'orders/one' }, 'app/')
    await deployed.add({ role: 'device', name: 'SN1' }, 'app/')
  })
  after(() => deployed?.close())

  for (const [name, account, url] of /** @type {[string, string[], () => string][]} */ ([
    ['a webapp', ['-u', uid, '--as', 'webapp', '--uid', uid], () => deployed.url],
    ['a webapp over TCP', ['-u', uid, '--as', 'webapp', '--uid', uid], () => deployed.tcpUrl],
    ['a service', ['-u', 'service:orders:one', '--as', 'service', '--name', 'orders/one'], () => deployed.tcpUrl],
    ['a device', ['-u', 'SN1', '--as', 'device', '--name', 'SN1'], () => deployed.tcpUrl],
  ]))
    it(`are those of the shipped configuration: ${name}`, async () => {
      const diagnosis = await diagnose(url(), ...account, '-P', 'secret', '--no-measure')
      assert.deepEqual(diagnosis.findings.filter(({ status }) => status !== 'ok'), []) // prettier-ignore
      assert.match(found(diagnosis, 'access')?.text ?? '', /are those of the convention, as far as \S+ can tell \(\d\d trials\)\.$/)
      assert.equal(diagnosis.code, 0)
    })

  it('can be tried together with the measuring where an account has one connection', async () => {
    const diagnosis = await diagnose(deployed.url, '-u', uid, '-P', 'secret', '--as', 'webapp', '--uid', uid)
    assert.equal(diagnosis.code, 0, diagnosis.verdict)
    assert.deepEqual(diagnosis.broker.versions, [3, 4, 5])
    assert.ok(diagnosis.findings.every(({ status }) => status === 'ok' || status === 'skipped'))
  })

  it('are too wide where everybody may do everything', async () => {
    const url = `mqtt://127.0.0.1:${broker.tcpPort}`
    for (const [account, forbidden] of /** @type {[string[], RegExp][]} */ ([
      [['--as', 'webapp', '--uid', uid], /can publish app\/webapp\/res\/acme:ann:aaaa, which it must not/],
      [['--as', 'service', '--name', 'orders'], /can subscribe app\/webapp\/res\/\+, which it must not/],
      [['--as', 'device', '--name', 'SN1', '--root', ''], /can publish device\/status\/doctor, which it must not/],
    ])) {
      const diagnosis = await diagnose(url, ...account, '--no-measure')
      assert.equal(diagnosis.code, 1)
      assert.equal(diagnosis.ok, false)
      const texts = diagnosis.findings.map(({ text }) => text)
      assert.ok(texts.some((text) => forbidden.test(text)), texts.join('\n')) // prettier-ignore
      assert.ok(texts.includes('This account can subscribe #, which it must not: the access rules are too wide.'))
      assert.ok(texts.every((text) => !/cannot/.test(text)))
    }
  })

  it('are too narrow where nothing is allowed, and with another root', async () => {
    const diagnosis = await diagnose(
      deployed.tcpUrl,
      '-u',
      uid,
      '-P',
      'secret',
      '--as',
      'webapp',
      '--uid',
      uid,
      '--root',
      'other/',
      '--no-measure',
    )
    assert.equal(diagnosis.code, 1)
    const texts = diagnosis.findings.map(({ text }) => text)
    assert.ok(texts.includes('This account cannot publish other/webapp/status/acme:ann:aaaa, which every webapp needs: add it to the access rules.')) // prettier-ignore
  })

  it('are judged as far as a broker of MQTT 3.1.1 tells', async () => {
    const diagnosis = await diagnose(
      deployed.tcpUrl,
      '-V',
      '311',
      '-u',
      'SN1',
      '-P',
      'secret',
      '--as',
      'device',
      '--name',
      'SN1',
      '--no-measure',
    )
    assert.equal(diagnosis.code, 0)
    assert.deepEqual(
      diagnosis.findings.map(({ check, status }) => [check, status]),
      [
        ['connection', 'ok'],
        ['access', 'skipped'],
        ['access', 'ok'],
      ],
    )
    assert.match(diagnosis.findings[1]?.text ?? '', /5 were not judged/)
  })
})

describe('the command', { timeout: 60_000 }, () => {
  const here = () => `mqtt://127.0.0.1:${broker.tcpPort}`

  it('takes an address as a word, by -L, in parts, or as a socket', async () => {
    const parts = ['-h', '127.0.0.1', '-p', String(broker.tcpPort)]
    for (const place of [[here()], ['-L', here()], parts]) assert.equal((await wsmq(['doctor', ...place, '--no-measure'])).code, 0)
    const { code, err } = await wsmq(['doctor', '--unix', '/nowhere', '--json'])
    assert.deepEqual([code, err], [3, ''])
  })

  it('refuses arguments that make no sense, with nothing sent', async () => {
    for (const [args, sentence] of /** @type {[string[], RegExp][]} */ ([
      [['example.org:9001'], /has no scheme: write mqtt:\/\//],
      [[here(), '-L', here()], /one address/],
      [[`${here()}/topic`], /has a topic, which this command does not use/],
      [[here(), '--as', 'nobody'], /webapp, service or device/],
      [[here(), '--as', 'webapp'], /--uid ORG:USER:RAND/],
      [[here(), '--as', 'webapp', '--uid', 'ann'], /A uid is ORG:USER:RAND/],
      [[here(), '--as', 'service'], /--name/],
      [[here(), '--as', 'service', '--name', 'a b'], /name of a service/],
      [[here(), '--as', 'device', '--name', 'a/b'], /serial number/],
      [[here(), '--uid', 'acme:ann:aaaa'], /--uid needs --as webapp/],
      [[here(), '--name', 'a'], /--name needs --as/],
      [[here(), '--topic', 'a/#'], /--topic is not a topic name/],
      [[here(), '--keepalive', '3'], /no option --keepalive/],
    ])) {
      const { code, out, err } = await wsmq(['doctor', ...args])
      assert.deepEqual([code, out], [2, ''], err)
      assert.match(err, sentence)
    }
  })

  it('ends by SIGINT at any time, with nothing left behind', async () => {
    for (const packet of ['CONNACK', 'PUBLISH "doctor', 'SUBACK']) {
      const one = start(['doctor', here(), '-d', '--idle', '1000'])
      await one.until(() => one.err.includes(packet))
      one.child.kill('SIGINT')
      const { code, out, err } = await one.ended
      assert.deepEqual([code, out], [7, ''], err)
      assert.match(err, /wsmq: Interrupted\.\n$/)
    }
    const idle = start(['doctor', here(), '-d', '--no-measure', '--idle', '1000'])
    await idle.until(() => idle.err.split('CONNACK').length > 2)
    idle.child.kill('SIGTERM')
    assert.equal((await idle.ended).code, 7)
    const retained = await wsmq(['sub', '-L', here(), '-t', 'doctor/#', '--retained-only', '-W', '0.5'])
    assert.equal(retained.out, '')
  })

  it('ends by -W', async () => {
    const { code, out, err } = await wsmq(['doctor', here(), '--no-measure', '--idle', '1000', '-W', '0.3'])
    assert.deepEqual([code, out, err], [27, '', 'wsmq: Timed out.\n'])
  })

  it('escapes what others said, on a terminal', async () => {
    const url = await scripted({
      connect: (connection) => {
        const reason = Buffer.from('\x1b[2J')
        connection.send(0x20, 0, 0x89, reason.length + 3, 0x1f, 0, reason.length, ...reason)
        connection.close()
      },
    })
    const { out } = await startOnTerminal(['doctor', url]).ended
    assert.match(out, /Server busy \(0x89\), "\\x1b\[2J"/i)
    assert.ok(!out.includes('\x1b'))
    const { verdict } = await diagnose(url)
    assert.match(verdict, /"\x1b\[2J"/) // eslint-disable-line no-control-regex
  })
})
