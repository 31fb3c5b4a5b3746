// Faults between a client and its broker, made for real: what each starts is ended by endFaults().
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { connect as connectTcp } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'
import { createWebSocketStream, WebSocketServer } from 'ws'
import { makeCertificate, makeExpiredCertificate } from './certificate.mjs'
import { startDeployedSite } from './deployed-site.mjs'
import { freePort } from './free-port.mjs'
import { startNginx } from './nginx.mjs'
import { ScriptedBroker } from './scripted-broker.mjs'

/** What was started, the last one first. @type {(() => unknown)[]} */
const closing = []
/** @template {{ close(): unknown }} T @param {T} one */
export const kept = (one) => (closing.push(() => one.close()), one)

export async function endFaults() {
  for (const close of closing.splice(0).reverse()) await close()
}

/** @param {import('node:net').Server} server @param {string} [host] @returns {Promise<number>} its port */
export async function listen(server, host = '127.0.0.1') {
  server.listen(0, host)
  await once(server, 'listening')
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  server.on('connection', (socket) => (sockets.add(socket), socket.on('error', () => {})))
  closing.push(() => (sockets.forEach((each) => each.destroy()), server.close()))
  return /** @type {import('node:net').AddressInfo} */ (server.address()).port
}

/** A broker that follows a script, over TCP and over WebSocket. @param {ConstructorParameters<typeof ScriptedBroker>[0]} script */
export async function scripted(script) {
  const { port } = kept(await ScriptedBroker.open(script))
  const server = createServer()
  new WebSocketServer({ server, handleProtocols: () => 'mqtt' }).on('connection', (socket) => {
    const [one, other] = [createWebSocketStream(socket), connectTcp(port, '127.0.0.1')]
    for (const each of [one, other]) each.on('error', () => each.destroy())
    one.pipe(other).pipe(one)
  })
  return { tcp: `mqtt://127.0.0.1:${port}`, ws: `ws://127.0.0.1:${await listen(server)}/mqtt` }
}
/** @param {number} reason */
export const refusing = (reason) => scripted({ connect: (connection) => (connection.accept(reason), connection.close()) })

/** Keeps what is retained, for longer than it should, and does nothing else with what is published. */
export function hoarding() {
  /** @type {Map<string, Buffer>} */
  const retained = new Map()
  return scripted({
    publish: (connection, packet) => {
      const { flags, body } = packet
      const [, topic = '', rest = Buffer.alloc(0)] = partsOf(body)
      if (flags & 1) retained.set(topic, rest.subarray((flags & 6 ? 2 : 0) + 1 + (rest[flags & 6 ? 2 : 0] ?? 0)))
      connection.answer(packet)
    },
    subscribe: (connection, packet) => {
      connection.answer(packet)
      const [, filter = ''] = partsOf(packet.body.subarray(3 + (packet.body[2] ?? 0)))
      for (const [topic, payload] of retained)
        if (payload.length > 0 && (topic === filter || topic.replace(/[^/]+$/, '+') === filter))
          connection.send(0x31, topic.length >> 8, topic.length & 0xff, ...Buffer.from(topic), 0, ...payload)
    },
  })
}

/** A text behind its length, and what follows. @param {Buffer} bytes @returns {[number, string, Buffer]} */
function partsOf(bytes) {
  const length = bytes.readUInt16BE(0)
  return [length, bytes.toString('utf8', 2, 2 + length), bytes.subarray(2 + length)]
}

/** Listens, and takes nobody: its queue is full, so that the system drops whoever knocks. @returns {Promise<number>} its port */
export async function silentMachine() {
  const program =
    "const s = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(s.address().port))"
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  closing.push(() => child.kill('SIGKILL'))
  const [text] = await once(/** @type {import('node:stream').Readable} */ (child.stdout), 'data')
  child.kill('SIGSTOP')
  const port = Number(text)
  const fillers = Array.from({ length: 4 }, () => connectTcp(port, '127.0.0.1').on('error', () => {}))
  closing.push(() => fillers.forEach((each) => each.destroy()))
  await Promise.all(fillers.slice(0, 2).map((each) => once(each, 'connect')))
  return port
}

/** The shipped site, with what an operator changes. @param {number} brokerPort @param {Record<string, [string, string][]>} [changes] */
export async function site(brokerPort, changes = {}) {
  const started = kept(await startDeployedSite({ brokerPort, changes }))
  return { ...started, command: [started.webSocketUrl, '--cafile', started.authority] }
}

/** The changes with which nginx asks whether somebody is signed in. @param {number} port @returns {Record<string, [string, string][]>} */
export const askingAt = (port) => ({
  'site.conf': [['include /etc/nginx/mime.types;', 'include websocket-mq-auth.conf;\n    include /etc/nginx/mime.types;']],
  'websocket-mq.conf': [['# auth_request ', 'auth_request ']],
  'websocket-mq-auth.conf': [['127.0.0.1:8080', `127.0.0.1:${port}`]],
})

/** nginx with one `server`. @param {(port: number) => string} configure */
export async function nginx(configure) {
  const port = await freePort()
  kept(await startNginx([port], async () => `server { listen 127.0.0.1:${port}; ${configure(port)} }`))
  return `ws://127.0.0.1:${port}/mqtt`
}

/** What answers names as the system does where there is no name server. */
export async function withoutNameServer() {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-names-'))
  closing.push(() => rm(directory, { recursive: true }))
  const source =
    'int getaddrinfo(const char *n, const char *s, const void *h, void *r) { (void)n, (void)s, (void)h, (void)r; return -3; /* EAI_AGAIN */ }'
  await writeFile(join(directory, 'names.c'), source)
  execFileSync('cc', ['-shared', '-fPIC', '-fno-builtin', '-o', 'names.so', 'names.c'], { cwd: directory, stdio: 'pipe' })
  return join(directory, 'names.so')
}

/** A server with a certificate, and the options that trust its authority. @param {'server' | 'expired' | 'own'} name @param {string} [host] @returns {Promise<{ port: number, trust: string[] }>} */
export async function certified(name, host) {
  const directory = await mkdtemp(join(tmpdir(), 'wsmq-certificate-'))
  closing.push(() => rm(directory, { recursive: true }))
  makeCertificate(directory)
  makeExpiredCertificate(directory)
  const own = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', 'own.key', '-out', 'own.pem']
  execFileSync('openssl', ['req', '-x509', ...own, '-subj', '/CN=localhost', '-days', '2'], { cwd: directory, stdio: 'pipe' })
  const [cert, key] = await Promise.all(
    [`${name}.pem`, name === 'own' ? 'own.key' : 'server.key'].map((file) => readFile(join(directory, file))),
  )
  const server = createTlsServer({ cert, key }, (socket) => socket.on('error', () => {})).on('tlsClientError', () => {})
  return { port: await listen(server, host), trust: ['--cafile', join(directory, 'authority.pem')] }
}
