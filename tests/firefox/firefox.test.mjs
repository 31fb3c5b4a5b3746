// What the packed package promises for browsers, in Debian's Firefox, with a real Mosquitto, under a strict policy.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBroker } from '../support/broker.mjs'
import { packedDist, unpackPackage } from '../support/packed.mjs'
import { startPageServer } from '../support/page-server.mjs'
import { Firefox } from './firefox.mjs'

const directory = (/** @type {string} */ relative) => fileURLToPath(new URL(relative, import.meta.url))

/** @type {import('../support/broker.mjs').Broker} */
let broker
/** @type {Awaited<ReturnType<typeof startPageServer>>} */
let site
/** @type {Firefox} */
let firefox

before(async () => {
  await unpackPackage()
  broker = await startBroker({ persistence: true })
  site = await startPageServer({
    roots: { '/': directory('pages/'), '/dist/': packedDist },
    brokerPort: broker.webSocketPort,
  })
  firefox = await Firefox.launch()
})
after(async () => {
  await firefox?.close()
  await site?.close()
  await broker?.close()
})

/** @param {(tab: import('./firefox.mjs').Tab) => Promise<void>} act */
async function inTab(act) {
  const tab = await firefox.open(site.url)
  try {
    await act(tab)
  } finally {
    await tab.close()
  }
}

describe('in Firefox', () => {
  for (const entry of ['index.js', 'wasm.js'])
    for (const protocolVersion of [4, 5])
      it(`${entry} delivers at every QoS, protocol version ${protocolVersion}`, () =>
        inTab(async (tab) => {
          const texts = await tab.run(
            async (entry, protocolVersion) => {
              const { connect } = await import(`/dist/${entry}`)
              const mq = await connect('/ws_mqtt', { protocolVersion })
              const topic = `firefox/${Math.random()}`
              const subscription = mq.subscribe(`${topic}/+qos`, { qos: 2 })
              await subscription.ready
              for (const qos of [0, 1, 2]) await mq.publish(`${topic}/${qos}`, `grüß dich 👋 ${qos}`, { qos })
              const received = []
              for await (const { params, text } of subscription) {
                received.push([params.qos, text()])
                if (received.length === 3) break
              }
              await mq.disconnect()
              return received
            },
            entry,
            protocolVersion,
          )
          assert.deepEqual(texts, [0, 1, 2].map((qos) => [String(qos), `grüß dich 👋 ${qos}`])) // prettier-ignore
        }))

  it('loses nothing when the broker restarts', () =>
    inTab(async (tab) => {
      await tab.run(async () => {
        const { connect } = await import('/dist/index.js')
        const mq = await connect('/ws_mqtt', { reconnect: { minDelay: 10, maxDelay: 100 } })
        const page = /** @type {any} */ (globalThis)
        Object.assign(page, { mq, texts: [] })
        await mq.subscribe('firefox/restart', { qos: 1 }, ({ text }) => page.texts.push(text())).ready
      })
      await broker.stop()
      await tab.run(() => {
        const { mq } = /** @type {any} */ (globalThis)
        for (let index = 0; index < 100; index++) mq.post('firefox/restart', String(index), { qos: 1 })
      })
      await broker.start()
      const texts = await tab.run(async () => {
        const page = /** @type {any} */ (globalThis)
        await page.mq.drained()
        while (new Set(page.texts).size < 100) await new Promise((resolve) => setTimeout(resolve, 10))
        await page.mq.disconnect()
        return [...new Set(page.texts)]
      })
      assert.deepEqual(
        texts,
        Array.from({ length: 100 }, (_, index) => String(index)),
      )
    }))

  it('two webapps see and call each other', () =>
    inTab((ann) =>
      inTab(async (ben) => {
        const join = async (/** @type {string} */ user) => {
          const { Webapp } = await import('/dist/webapp.js')
          const app = await Webapp.join('/ws_mqtt', { org: 'acme', user })
          app.expose({ double: async (/** @type {any} */ { value }) => value * 2 })
          Object.assign(globalThis, { app })
          return app.uid
        }
        const [annId, benId] = [await ann.run(join, 'ann'), await ben.run(join, 'ben')]
        const doubled = await ann.run(async (uid) => {
          const { app } = /** @type {any} */ (globalThis)
          await app.presence.until((/** @type {any} */ presence) => presence.has(uid))
          return app.peer(uid).request('double', { value: 21 })
        }, benId)
        assert.equal(doubled, 42)
        assert.match(annId, /^acme:ann:/)
        for (const tab of [ann, ben]) await tab.run(() => /** @type {any} */ (globalThis).app.leave().then(() => 0))
      }),
    ))

  it('the Paho-compatible script works as it does elsewhere', () =>
    inTab(async (tab) => {
      const text = await tab.run(async () => {
        const script = document.createElement('script')
        script.src = '/dist/paho-mqtt.js'
        const loaded = new Promise((resolve) => (script.onload = resolve))
        document.head.append(script)
        await loaded
        const { Client, Message } = /** @type {any} */ (globalThis).Paho
        const client = new Client(document.location.hostname, Number(document.location.port), '/ws_mqtt', 'firefox-paho')
        return new Promise((resolve, reject) => {
          client.onMessageArrived = (/** @type {any} */ { payloadString }) => resolve(payloadString)
          client.connect({
            onSuccess: () => {
              client.subscribe('firefox/paho')
              const message = new Message('hello')
              message.destinationName = 'firefox/paho'
              client.send(message)
            },
            onFailure: reject,
          })
        })
      })
      assert.equal(text, 'hello')
    }))

  it('an outbox keeps what was published without a connection over a reload, in order', () =>
    inTab(async (tab) => {
      await tab.run(async () => {
        const { connect } = await import('/dist/index.js')
        Object.assign(globalThis, { mq: await connect('/ws_mqtt', { outbox: true }) })
      })
      await broker.stop()
      await tab.run(() => {
        const { mq } = /** @type {any} */ (globalThis)
        for (let index = 0; index < 20; index++) mq.post('firefox/outbox', String(index), { qos: 1 })
      })
      await tab.reload()
      await broker.start()
      const { delivered, texts } = await tab.run(async () => {
        const { connect } = await import('/dist/index.js')
        const texts = /** @type {string[]} */ ([])
        const watcher = await connect('/ws_mqtt')
        await watcher.subscribe('firefox/outbox', { qos: 1 }, (/** @type {any} */ message) => texts.push(message.text())).ready
        let delivered = 0
        const mq = await connect('/ws_mqtt', { outbox: true })
        mq.on('delivered', () => delivered++)
        while (delivered < 20 || texts.length < 20) await new Promise((resolve) => setTimeout(resolve, 10))
        await Promise.all([mq.disconnect(), watcher.disconnect()])
        return { delivered, texts }
      })
      assert.equal(delivered, 20)
      assert.deepEqual(
        texts,
        Array.from({ length: 20 }, (_, index) => String(index)),
      )
    }))

  it('a connection in a worker delivers, and loads no module into the page', () =>
    inTab(async (tab) => {
      const { text, hasModule } = await tab.run(async () => {
        const { connect } = await import('/dist/wasm.js')
        const mq = await connect('/ws_mqtt', { worker: true })
        const arrived = new Promise((resolve) =>
          mq.subscribe('firefox/worker', { qos: 2 }, (/** @type {any} */ { text }) => resolve(text())),
        )
        await mq.publish('firefox/worker', 'from a worker', { qos: 2 })
        const hasModule = performance.getEntriesByType('resource').some(({ name }) => name.endsWith('.wasm'))
        const text = await arrived
        await mq.disconnect()
        return { text, hasModule }
      })
      assert.deepEqual({ text, hasModule }, { text: 'from a worker', hasModule: false })
    }))

  for (const shared of [true, { via: 'tab' }])
    it(`two tabs share a connection, which survives the first of them: ${JSON.stringify(shared)}`, async () => {
      const open = async (/** @type {any} */ shared) => {
        const { connect } = await import('/dist/index.js')
        const mq = await connect('/ws_mqtt', { shared })
        Object.assign(globalThis, { mq, texts: [] })
        const page = /** @type {any} */ (globalThis)
        await mq.subscribe('firefox/shared', { qos: 1 }, (/** @type {any} */ message) => page.texts.push(message.text())).ready
        return mq.clientId
      }
      const [first, second] = [await firefox.open(site.url), await firefox.open(site.url)]
      assert.equal(await first.run(open, shared), await second.run(open, shared))
      await first.run(() => /** @type {any} */ (globalThis).mq.publish('firefox/shared', 'from the first', { qos: 1 }).then(() => 0))
      await first.close()
      const texts = await second.run(async () => {
        const { mq, texts } = /** @type {any} */ (globalThis)
        await mq.publish('firefox/shared', 'from the second', { qos: 1 })
        while (!texts.includes('from the second')) await new Promise((resolve) => setTimeout(resolve, 10))
        await mq.disconnect()
        return [...new Set(texts)]
      })
      assert.deepEqual(texts, ['from the first', 'from the second'])
      await second.close()
    })

  it("deliver: 'frame' hands over everything in order", () =>
    inTab(async (tab) => {
      const { texts, batches } = await tab.run(async () => {
        const { connect } = await import('/dist/index.js')
        const mq = await connect('/ws_mqtt')
        const texts = /** @type {string[]} */ ([])
        let batches = 0
        await mq.subscribe('firefox/frame', { deliver: 'frame', qos: 1 }, (/** @type {any[]} */ messages) => {
          batches++
          texts.push(...messages.map((message) => message.text()))
        }).ready
        for (let index = 0; index < 500; index++) mq.post('firefox/frame', String(index), { qos: 1 })
        while (texts.length < 500) await new Promise((resolve) => setTimeout(resolve, 10))
        await mq.disconnect()
        return { texts, batches }
      })
      assert.deepEqual(
        texts,
        Array.from({ length: 500 }, (_, index) => String(index)),
      )
      assert.ok(batches < 500)
    }))
})
