import { createServer } from 'node:net'

/**
 * A loopback port that nobody listens on now. Servers that cannot choose one themselves (Mosquitto, nginx) are given it, with
 * `startOnFreePorts()`.
 * @returns {Promise<number>}
 */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = /** @type {import('node:net').AddressInfo} */ (probe.address())
      probe.close(() => resolve(port))
    })
  })
}

const attempts = 3

/**
 * Starts a server that is given free ports, again with others where somebody else had one of them before it.
 * @template Server
 * @param {() => Promise<Server>} start leaves nothing behind where it fails
 * @returns {Promise<Server>}
 */
export async function startOnFreePorts(start) {
  for (let attempt = 1; ; ++attempt) {
    try {
      return await start()
    } catch (error) {
      if (attempt === attempts || !/in use|EADDRINUSE/i.test(String(error))) throw error
    }
  }
}
