// A new certificate or another configuration is read while clients are connected and messages flow.
import assert from 'node:assert/strict'
import { copyFile, mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { connect } from 'websocket-mq'
import { Webapp } from 'websocket-mq/webapp'
import { startBroker } from '../../support/broker.mjs'
import { certificateAt, makeCertificate } from '../../support/certificate.mjs'
import { eventually } from '../../support/eventually.mjs'
import { trust } from '../../support/trusting-websocket.mjs'

const many = 20

/** @param {import('node:test').TestContext} t @param {string} url @param {string} clientId */
async function client(t, url, clientId) {
  const mq = await connect(url, { clientId, sessionExpiryInterval: 60 })
  t.after(() => mq.disconnect().catch(() => {}))
  /** @type {import('websocket-mq').StateChange[]} */
  const changes = []
  mq.on('state', (change) => changes.push(change))
  return { mq, changes, hasReturned: () => changes.some(({ state }) => state === 'connected') }
}

/**
 * @typedef {object} Site
 * @property {string} directory where server.pem and server.key are
 * @property {string} webSocketUrl
 * @property {number} port
 * @property {string} authority
 * @property {() => unknown} reload
 * @property {() => Promise<void>} close
 */

/**
 * @param {object} proxy
 * @param {string} proxy.name
 * @param {(options: { brokerPort: number, changes?: any }) => Promise<Site>} proxy.start
 * @param {boolean} proxy.keeps a reload leaves connections open
 * @param {unknown} proxy.soon changes with which a reload leaves them open for a second
 * @param {[certificate: string, key: string]} [proxy.files]
 */
export const isReloaded = ({ name, start, keeps, soon, files = ['server.pem', 'server.key'] }) =>
  describe(`the shipped ${name} that is reloaded`, { timeout: 60_000 }, () => {
    /** @param {import('node:test').TestContext} t @param {unknown} [changes] */
    async function begin(t, changes) {
      const broker = await startBroker()
      t.after(() => broker.close())
      const site = await start({ brokerPort: broker.webSocketPort, changes })
      t.after(() => site.close())
      await trust(site.authority)
      return site
    }

    /** Another certificate, and a reload; returns when newcomers get it. @param {Site} site */
    async function renew(site) {
      const before = await certificateAt(site.port)
      const renewed = await mkdtemp(join(site.directory, 'renewed-'))
      makeCertificate(renewed)
      await copyFile(join(renewed, 'server.pem'), join(site.directory, files[0]))
      await copyFile(join(renewed, 'server.key'), join(site.directory, files[1]))
      await trust(join(renewed, 'authority.pem'))
      await site.reload()
      await eventually('newcomers get the new certificate', async () => (await certificateAt(site.port)) !== before)
    }

    it(`has its new certificate${keeps ? ', and those who are connected notice nothing' : ''}`, async (t) => {
      const site = await begin(t)
      const { mq, changes, hasReturned } = await client(t, site.webSocketUrl, 'page')
      /** @type {string[]} */
      const heard = []
      await mq.subscribe('t', { qos: 1 }, (message) => heard.push(message.text())).ready
      await renew(site)
      if (!keeps) await eventually('it comes back', hasReturned)
      await mq.publish('t', 'still', { qos: 1 })
      await eventually('the message is there', () => heard.length === 1)
      if (keeps) assert.deepEqual(changes, [])
    })

    if (keeps)
      it('loses no request of those who are connected, however often', async (t) => {
        const site = await begin(t)
        /** @param {string} user */
        const joined = async (user) => {
          const app = await Webapp.join(site.webSocketUrl, { org: 'acme', user, watch: false })
          t.after(() => app.leave())
          return app
        }
        const asked = await joined('asked')
        asked.expose({ sum: ([a, b]) => a + b })
        const askers = await Promise.all(Array.from({ length: many }, (_, i) => joined(`asker${i}`)))
        let isOver = false
        let answered = 0
        const asking = askers.map(async (asker) => {
          for (; !isOver; ++answered) assert.equal(await asker.peer(asked.uid).request('sum', [1, 2]), 3)
        })
        const isFailing = Promise.all(asking)
        for (let reloads = 0; reloads < 3; ++reloads) await Promise.race([renew(site), isFailing])
        const before = answered
        await eventually('requests are answered', () => answered >= before + many)
        isOver = true
        await isFailing
      })

    it('closes connections when their time is over: nothing is lost, and clients come back one by one', async (t) => {
      const site = await begin(t, soon)
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
      await site.reload()
      await Promise.all(sending)
      await eventually('what was accepted has arrived', () => accepted.every((each) => heard.has(each)))
      const losses = all.map(({ changes }) => changes.filter(({ retryIn }) => retryIn !== undefined))
      for (const each of losses) assert.equal(each.length, 1, 'the first attempt to come back succeeds')
      const delays = losses.map(([loss]) => loss?.retryIn ?? 0)
      assert.ok(Math.max(...delays) - Math.min(...delays) > 200, `all at once: ${delays}`)
    })
  })
