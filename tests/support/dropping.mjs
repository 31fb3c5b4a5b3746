import { once } from 'node:events'
import { connect, createServer } from 'node:net'

/**
 * In front of a server on this machine: each third connection is closed at once, and the others go through.
 * @param {number} target its port
 */
export async function dropping(target) {
  let connections = 0
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set()
  const server = createServer((client) => {
    if ((connections += 1) % 3 === 0) return client.destroy()
    const upstream = connect(target, '127.0.0.1')
    for (const [one, other] of /** @type {const} */ ([
      [client, upstream],
      [upstream, client],
    ])) {
      sockets.add(one)
      one.on('error', () => {}).on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = () => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
  }
  return { port: /** @type {import('node:net').AddressInfo} */ (server.address()).port, close }
}
