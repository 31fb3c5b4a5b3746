import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { clusterOf, takesClients } from './cluster.mjs'

const connack = Buffer.from([0x20, 2, 0, 0])
const credentials = { username: 'tester', password: 'secret' }

/** A SUBACK for the SUBSCRIBE that was read. @param {Buffer} subscribe */
const suback = (subscribe) => Buffer.from([0x90, 3, ...subscribe.subarray(2, 4), 1])

/** One after another for each connection: what a node does that forms its cluster. @type {((socket: import('node:net').Socket, packet: Buffer) => unknown)[]} */
const stages = [
  (socket) => socket.end(), // in place of CONNACK
  () => {}, // no CONNACK
  (socket, packet) => (isConnect(packet) ? socket.write(connack) : socket.end()), // in place of SUBACK
  (socket, packet) => isConnect(packet) && socket.write(connack), // no SUBACK
  (socket, packet) => socket.write(isConnect(packet) ? connack : suback(packet)),
]

/** @param {Buffer} packet */
const isConnect = (packet) => packet[0] === 0x10

test('a node that hangs up or hangs while its cluster forms is asked again, until it takes clients', async (t) => {
  let connections = 0
  const server = createServer((socket) => {
    const stage = stages[Math.min(connections, stages.length - 1)]
    connections += 1
    socket.on('error', () => {}).on('data', (packet) => stage?.(socket, packet))
  })
  server.listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  await takesClients({ tcpUrl: `mqtt://127.0.0.1:${port}`, credentials }, 200)
  assert.ok(connections >= stages.length)
})

test('a cluster that takes no clients tells what its nodes have printed, and is closed', async () => {
  /** @type {string[]} */
  const done = []
  const node = {
    ...{ url: '', tcpUrl: '', webSocketPort: 0, credentials },
    log: () => 'waiting for the others',
    start: async () => {},
    stop: async () => void done.push('stop'),
    close: async () => void done.push('close'),
  }
  const ready = () => Promise.reject(new Error('no quorum'))
  const end = async () => void done.push('end')
  await assert.rejects(clusterOf([Promise.resolve(node)], { protocolVersion: 5, ready, end }), (error) => {
    assert.match(String(error), /takes no clients[^]*node 1[^]*waiting for the others/)
    assert.match(String(/** @type {Error} */ (error).cause), /no quorum/)
    return true
  })
  assert.deepEqual(done, ['stop', 'close', 'end'])
})
