import { createServer } from 'node:net'

/**
 * A loopback port that nobody listens on now. Servers that cannot choose one themselves (Mosquitto, nginx) are given it;
 * whoever starts them tries again with another port if somebody else was faster.
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
