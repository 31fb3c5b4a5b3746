// A message over which Mosquitto ends every connection is reported as failed, and what is behind it goes on.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'

const { connect, PublishError } = await import(new URL('../../dist/index.js', import.meta.url).href)

const deep = Array.from({ length: 202 }, (_, level) => level).join('/') // Mosquitto takes 200 levels

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => (broker = await startBroker()))
after(() => broker.close())

for (const protocolVersion of [4, 5])
  // Below MQTT 5 the session ends with each connection, and with it a message of QoS 2 that was not released.
  for (const qos of protocolVersion === 5 ? [1, 2] : [1])
    it(`a topic of too many levels fails alone, at QoS ${qos} with protocol version ${protocolVersion}`, async (t) => {
      const listener = await connect(broker.url)
      const mq = await connect(broker.url, { protocolVersion, reconnect: { minDelay: 10, maxDelay: 50 } })
      t.after(() => Promise.all([listener.disconnect(), mq.disconnect()]))
      const heard = listener.subscribe('sound', { qos: 2 })
      await heard.ready
      const sound = (/** @type {string} */ payload) => mq.publish('sound', payload, { qos })
      const results = await Promise.allSettled([sound('1'), mq.publish(deep, '', { qos }), sound('2'), sound('3')])
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      )
      const { reason } = /** @type {PromiseRejectedResult} */ (results[1])
      assert(reason instanceof PublishError)
      assert.equal(reason.code, protocolVersion === 5 ? 'publish_refused' : 'broker_closed')
      await sound('last')
      /** @type {Set<string>} What was on its way when a connection broke may come twice, at QoS 1. */
      const texts = new Set()
      for await (const message of heard) if (texts.add(message.text()).has('last')) break
      assert.deepEqual([...texts], ['1', '2', '3', 'last'])
    })
