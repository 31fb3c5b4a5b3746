// A new certificate or another configuration is read while clients are connected and messages flow.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { copyFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connect as connectTls } from 'node:tls'
import { connect } from 'websocket-mq'
import { startBroker } from '../support/broker.mjs'
import { makeCertificate } from '../support/certificate.mjs'
import { eventually } from '../support/clusters/cluster.mjs'
import { startDeployedSite } from '../support/deployed-site.mjs'
import { trust } from '../support/trusting-websocket.mjs'

const many = 20

/** @param {import('node:test').TestContext} t @param {Record<string, [from: string, to: string][]>} [changes] */
async function start(t, changes = {}) {
  const broker = await startBroker()
  t.after(() => broker.close())
  const site = await startDeployedSite({ brokerPort: broker.webSocketPort, changes })
  t.after(() => site.close())
  await trust(site.authority)
  return site
}

/** @param {import('node:test').TestContext} t @param {string} url @param {string} clientId */
async function client(t, url, clientId) {
  const mq = await connect(url, { clientId, sessionExpiryInterval: 60 })
  t.after(() => mq.disconnect().catch(() => {}))
  /** @type {import('websocket-mq').StateChange[]} */
  const changes = []
  mq.on('state', (change) => changes.push(change))
  return { mq, changes, hasReturned: () => changes.some(({ state }) => state === 'connected') }
}

/** @param {number} port @returns {Promise<string>} the fingerprint of the certificate that a newcomer sees */
async function certificateAt(port) {
  const socket = connectTls({ host: 'localhost', port, servername: 'localhost', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const { fingerprint256 } = socket.getPeerCertificate()
  socket.destroy()
  return fingerprint256
}

describe('nginx that is reloaded', { timeout: 60_000 }, () => {
  it('has its new certificate, and those who are connected notice nothing', async (t) => {
    const site = await start(t)
    const { mq, changes } = await client(t, site.webSocketUrl, 'page')
    /** @type {string[]} */
    const heard = []
    await mq.subscribe('t', (message) => heard.push(message.text())).ready
    const before = await certificateAt(site.port)
    const renewed = join(site.directory, 'renewed')
    await mkdir(renewed)
    makeCertificate(renewed)
    for (const file of ['server.pem', 'server.key']) await copyFile(join(renewed, file), join(site.directory, file))
    site.reload()
    await eventually('newcomers get the new certificate', async () => (await certificateAt(site.port)) !== before)
    await mq.publish('t', 'still', { qos: 1 })
    await eventually('the message is there', () => heard.length === 1)
    assert.deepEqual(changes, [])
  })

  it('closes what is left of the old processes after their time: nothing is lost, and clients come back one by one', async (t) => {
    const site = await start(t, { 'nginx.conf': [['worker_shutdown_timeout 12h', 'worker_shutdown_timeout 1s']] })
    const receiver = await client(t, site.webSocketUrl, 'receiver')
    /** @type {Set<string>} */
    const heard = new Set()
    await receiver.mq.subscribe('t/+', { qos: 1 }, (message) => heard.add(`${message.topic} ${message.text()}`)).ready
    const senders = await Promise.all(Array.from({ length: many }, (_, index) => client(t, site.webSocketUrl, `sender-${index}`)))
    const all = [receiver, ...senders]
    /** @type {string[]} */
    const accepted = []
    const sending = senders.map(async ({ mq }, index) => {
      for (let count = 0; !all.every((each) => each.hasReturned()); ++count) {
        await mq.publish(`t/${index}`, String(count), { qos: 1 })
        accepted.push(`t/${index} ${count}`)
      }
    })
    await eventually('messages flow', () => heard.size > many)
    site.reload()
    await Promise.all(sending)
    await eventually('what was accepted has arrived', () => accepted.every((each) => heard.has(each)))
    const delays = all.map(({ changes }) => changes.find(({ retryIn }) => retryIn !== undefined)?.retryIn ?? 0)
    assert.ok(Math.max(...delays) - Math.min(...delays) > 200, `all at once: ${delays}`)
    await Promise.all(all.map(({ mq }) => mq.disconnect()))
    const log = async () => (await readFile(join(site.directory, 'access.log'), 'utf8')).trim().split('\n')
    await eventually('each has been connected twice, at the first attempt', async () => (await log()).length === 2 * all.length)
    for (const line of await log()) assert.match(line, /^127\.0\.0\.1 \[\S+\] "GET \/ws_mqtt HTTP\/1\.1" 101 \d+ [\d.]+ "-"$/)
  })
})
