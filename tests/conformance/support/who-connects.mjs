import { once } from 'node:events'
import { createServer } from 'node:net'

const patience = 60_000

/**
 * Waits until somebody connects to a port where nobody answers: they are hung up on.
 * @param {number} port
 */
export async function whoConnects(port) {
  const server = createServer((socket) => socket.destroy())
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'connection', { signal: AbortSignal.timeout(patience) })
  } catch {
    throw new Error(`The service did not try to connect again within ${patience / 1000} s`)
  } finally {
    server.close()
  }
}
