import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { createServer } from 'node:net'
import { Aedes } from 'aedes'
import * as persistences from 'aedes-persistence'
import { createWebSocketStream, WebSocketServer } from 'ws'

// The package exports the function itself; its types describe a module.
const memory = /** @type {() => object} */ (/** @type {any} */ (persistences).default)

/** Aedes, a broker in JavaScript, in this process: MQTT over TCP and over WebSocket. Sessions survive `restart`. */
export async function startAedes() {
  const persistence = memory()
  /** @type {Instance | undefined} */
  let running
  /** @type {[number, number]} */
  let ports = [0, 0]
  const stop = async () => {
    await running?.close()
    running = undefined
  }
  const start = async () => {
    running = await listen(persistence, ports)
    ports = running.ports
  }
  await start()
  return {
    url: `ws://127.0.0.1:${ports[1]}/mqtt`,
    tcpUrl: `mqtt://127.0.0.1:${ports[0]}`,
    webSocketPort: ports[1],
    credentials: { username: 'tester', password: 'secret' },
    start,
    stop,
    async restart() {
      await stop()
      await start()
    },
    close: stop,
    [Symbol.asyncDispose]: stop,
  }
}

/** @typedef {{ ports: [number, number], close: () => Promise<void> }} Instance */

/**
 * @param {object} persistence
 * @param {readonly [number, number]} ports 0 for free ones
 * @returns {Promise<Instance>}
 */
async function listen(persistence, [tcpPort, webSocketPort]) {
  const broker = await Aedes.createBroker({
    persistence,
    // Its default is the shortest identifier that MQTT 3.1 servers must take; other brokers take longer ones as well.
    maxClientsIdLength: 100,
    authenticate: (_client, username, password, done) => done(null, username === 'tester' && password?.toString() === 'secret'),
  })
  const tcp = createServer(broker.handle)
  const http = createHttpServer()
  const webSockets = new WebSocketServer({ server: http, path: '/mqtt', handleProtocols: (offered) => [...offered][0] ?? false })
  webSockets.on('connection', (socket, request) => {
    const stream = createWebSocketStream(socket)
    stream.on('error', () => stream.destroy()) // who leaves without a closing handshake
    broker.handle(stream, request)
  })
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  for (const server of [tcp, http]) {
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
  }
  tcp.listen(tcpPort, '127.0.0.1')
  http.listen(webSocketPort, '127.0.0.1')
  await Promise.all([once(tcp, 'listening'), once(http, 'listening')])
  /** @param {import('node:net').Server} server */
  const port = (server) => /** @type {import('node:net').AddressInfo} */ (server.address()).port
  return {
    ports: [port(tcp), port(http)],
    async close() {
      const closed = [tcp, http].map((server) => once(server, 'close'))
      for (const server of [tcp, http]) server.close()
      webSockets.close()
      for (const socket of sockets) socket.destroy() // also one that came just now and has not asked for an upgrade
      await new Promise((resolve) => broker.close(() => resolve(undefined)))
      await Promise.all(closed)
    },
  }
}
