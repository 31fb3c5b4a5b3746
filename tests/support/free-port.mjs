import { createServer } from 'node:net'

// Below those that the system gives to whoever asks for any (on Linux from 32768, elsewhere from 49152): a server may take a
// minute until it binds its port, and by then one of those would be somebody else's now and then.
const [first, last] = [20_000, 32_767]

/** @type {Set<number>} */
const given = new Set()

/**
 * A loopback port that nobody listens on now, each time another one. Servers that cannot choose one themselves (Mosquitto,
 * nginx) are given it, with `startOnFreePorts()`.
 * @returns {Promise<number>}
 */
export async function freePort() {
  for (;;) {
    const port = first + Math.floor(Math.random() * (last + 1 - first))
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
}

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (/** @type {NodeJS.ErrnoException} */ error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)))
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)))
  })
}

const attempts = 3
const lostPort = /in use|EADDRINUSE|Unable to create websockets listener/i // the last is Mosquitto's

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
      if (attempt === attempts || !lostPort.test(String(error))) throw error
    }
  }
}
