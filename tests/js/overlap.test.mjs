// Filters that overlap, over Mosquitto, which sends a copy for each with MQTT 5 and one for all below it.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'

const { connect } = await import(new URL('../../dist/index.js', import.meta.url).href)

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => (broker = await startBroker()))
after(() => broker.close())

/** @param {import('node:test').TestContext} t @param {object} [options] */
async function connection(t, options) {
  const mq = await connect(broker.url, options)
  t.after(() => mq.disconnect())
  return mq
}

/** Everything that was published before has arrived. @param {any} mq */
async function caughtUp(mq) {
  const topic = `fence/${mq.clientId}`
  const fence = mq.subscribe(topic)
  await fence.ready
  void mq.publish(topic, '')
  await fence.next()
  await fence.unsubscribe()
}

for (const protocolVersion of [4, 5])
  describe(`with protocol version ${protocolVersion}`, () => {
    it('each subscription hears a message once', async (t) => {
      const mq = await connection(t, { protocolVersion })
      /** @type {string[]} */
      const heard = []
      const note = (/** @type {string} */ name) => () => heard.push(name)
      const all = [
        mq.subscribe('o/#', note('wide')),
        mq.subscribe('o/1', note('exact')),
        mq.subscribe('o/1', note('exact too')),
        mq.subscribe(['o/+', 'o/1'], note('both')),
      ]
      await Promise.all(all.map(({ ready }) => ready))
      await mq.publish('o/1', 'x', { qos: 1 })
      await caughtUp(mq)
      assert.deepEqual(heard.sort(), ['both', 'exact', 'exact too', 'wide'])
    })

    it('after a reconnection, too', async (t) => {
      const mq = await connection(t, { protocolVersion, reconnect: { minDelay: 10, maxDelay: 50 } })
      /** @type {string[]} */
      const heard = []
      const all = [mq.subscribe('r/#', () => heard.push('wide')), mq.subscribe('r/1', () => heard.push('exact'))]
      await Promise.all(all.map(({ ready }) => ready))
      const back = new Promise((resolve) => mq.on('state', (/** @type {any} */ { state }) => state === 'connected' && resolve(0)))
      await broker.restart()
      await back
      await caughtUp(mq)
      await mq.publish('r/1', 'x', { qos: 1 })
      await caughtUp(mq)
      assert.deepEqual(heard.sort(), ['exact', 'wide'])
    })

    it('a second subscriber gets the stored messages, and the first does not get them again', async (t) => {
      const mq = await connection(t, { protocolVersion })
      const topics = ['1', '2', '3'].map((name) => `stored/${protocolVersion}/${name}`)
      for (const topic of topics) await mq.publish(topic, 'x', { qos: 1, retain: true })
      /** @type {Record<string, string[]>} */
      const heard = { one: [], two: [], three: [] }
      const note =
        (/** @type {string} */ name) =>
        (/** @type {any} */ { topic }) =>
          heard[name]?.push(topic)
      const filter = `stored/${protocolVersion}/+`
      await mq.subscribe(filter, note('one')).ready
      await caughtUp(mq)
      assert.deepEqual(heard['one']?.sort(), topics)
      await Promise.all([mq.subscribe(filter, note('two')).ready, mq.subscribe(filter, note('three')).ready])
      await caughtUp(mq)
      assert.deepEqual(heard, { one: topics, two: topics, three: topics })
    })
  })

it('what the broker kept for an older session arrives, whatever identifiers its subscriptions have', async (t) => {
  const options = { clientId: 'older', cleanStart: false, sessionExpiryInterval: 1000 }
  const older = await connect(broker.url, options)
  await Promise.all([older.subscribe('s/first', { qos: 1 }).ready, older.subscribe('s/second', { qos: 1 }).ready])
  await older.disconnect()
  const other = await connection(t)
  await other.publish('s/second', '2', { qos: 1 })
  await other.publish('s/first', '1', { qos: 1 })
  /** @type {string[]} */
  const heard = []
  const note = (/** @type {any} */ message) => heard.push(message.text())
  const prepare = (/** @type {any} */ mq) => {
    mq.subscribe('s/second', { qos: 1 }, note)
    mq.subscribe('s/first', { qos: 1 }, note)
  }
  const mq = await connection(t, { ...options, prepare })
  await caughtUp(mq)
  assert.deepEqual(heard, ['2', '1'])
})
