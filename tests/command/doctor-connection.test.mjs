// wsmq doctor where there is no connection: each fault made for real, what is said of it, and the exit code.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { createServer as createTlsServer } from 'node:tls'
import { WebSocketServer } from 'ws'
import { makeCertificate, makeExpiredCertificate } from '../support/certificate.mjs'
import { freePort } from '../support/free-port.mjs'
import { closing, fails, listen, refusing } from './doctor.mjs'
import { wsmq } from './support.mjs'

describe('a connection that cannot be made', { timeout: 180_000 }, () => {
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
    const quick = ['--connect-timeout', '1']
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

describe('a certificate', { timeout: 180_000 }, () => {
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
