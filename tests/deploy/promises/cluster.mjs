// What a shipped proxy does with a broker that is not there or not ready. The brokers here only agree to an upgrade.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer, request as requestInClear } from 'node:http'
import { request as requestByTls } from 'node:https'
import { describe, it } from 'node:test'
import { eventually } from '../../support/eventually.mjs'
import { freePort } from '../../support/free-port.mjs'
import { agreement } from './agreement.mjs'
import { upgradeHeaders } from '../../support/upgrade-headers.mjs'

/** @param {number} [refusal] the status that a broker which is not ready answers with */
async function startUpgrader(refusal) {
  /** @type {Set<import('node:stream').Duplex>} */
  const open = new Set()
  let asked = 0
  const server = createServer()
  server.on('upgrade', ({ headers }, socket) => {
    asked += 1
    open.add(socket.on('error', () => socket.destroy()))
    socket.on('close', () => open.delete(socket))
    if (refusal === undefined) socket.write(agreement(headers))
    else socket.end(`HTTP/1.1 ${refusal} Not Ready\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`)
  })
  const drop = () => open.forEach((socket) => socket.destroy())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: /** @type {import('node:net').AddressInfo} */ (server.address()).port,
    asked: () => asked,
    connections: () => open.size,
    drop,
    close() {
      drop()
      server.close()
    },
  }
}

/**
 * @param {{ url: string, authority: string }} site
 * @returns {Promise<{ status: number | undefined, socket?: import('node:net').Socket }>}
 */
async function upgrade({ url, authority }) {
  const ca = await readFile(authority)
  const { protocol, port } = new URL(url)
  const request = protocol === 'https:' ? requestByTls : requestInClear
  return new Promise((resolve, reject) => {
    const asking = request({ host: 'localhost', port, path: '/ws_mqtt', ca, headers: upgradeHeaders, agent: false })
    asking.once('upgrade', ({ statusCode }, socket) => resolve({ status: statusCode, socket: socket.on('error', () => {}) }))
    asking.once('response', (response) => resolve({ status: response.resume().statusCode }))
    asking.once('error', reject)
    asking.end()
  })
}

/**
 * @param {object} proxy
 * @param {string} proxy.name
 * @param {number} proxy.refusal its status where there is no broker
 * @param {(ports: readonly number[]) => Promise<{ url: string, authority: string, close: () => Promise<void> }>} proxy.start in front of up to three brokers
 */
export const spreadsClients = ({ name, refusal, start }) =>
  describe(`the shipped ${name} in front of a cluster`, { timeout: 60_000 }, () => {
    it('skips a broker that is down or not ready, and fills the others evenly', async (t) => {
      const [here, notReady] = [await startUpgrader(), await startUpgrader(503)]
      t.after(() => [here, notReady].forEach((each) => each.close()))
      const site = await start([await freePort(), notReady.port, here.port])
      t.after(() => site.close())
      const answers = await Promise.all(Array.from({ length: 10 }, () => upgrade(site)))
      t.after(() => answers.forEach(({ socket }) => socket?.destroy()))
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([101]))
      assert.equal(here.connections(), 10)
      assert.ok(notReady.asked() > 0)
    })

    it('a node that has lost its connections receives the new ones', async (t) => {
      const brokers = [await startUpgrader(), await startUpgrader()]
      t.after(() => brokers.forEach((each) => each.close()))
      const site = await start(brokers.map(({ port }) => port))
      t.after(() => site.close())
      /** @type {Set<import('node:net').Socket | undefined>} */
      const sockets = new Set()
      t.after(() => sockets.forEach((socket) => socket?.destroy()))
      const connections = () => brokers.map((each) => each.connections())
      for (let count = 0; count < 8; ++count) sockets.add((await upgrade(site)).socket)
      assert.deepEqual(connections(), [4, 4])
      sockets.forEach((socket) => socket?.once('close', () => sockets.delete(socket)))
      brokers[0]?.drop()
      await eventually('the clients hear of it', () => sockets.size === 4)
      for (let count = 0; count < 4; ++count) sockets.add((await upgrade(site)).socket)
      assert.deepEqual(connections(), [4, 4])
    })

    it(`without a broker the answer is ${refusal}, and clients try again later`, async (t) => {
      const site = await start([await freePort(), await freePort(), await freePort()])
      t.after(() => site.close())
      assert.equal((await upgrade(site)).status, refusal)
    })
  })
