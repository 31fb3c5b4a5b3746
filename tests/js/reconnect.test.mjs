// A connection that is replaced under traffic, on a real Mosquitto.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { connect } from 'websocket-mq'
import { Webapp } from 'websocket-mq/webapp'
import { startBroker } from '../support/broker.mjs'

/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  broker = await startBroker()
})
after(() => broker.close())

for (const protocolVersion of /** @type {const} */ ([4, 5]))
  it(`MQTT ${protocolVersion}: reconnect() loses nothing and doubles nothing`, async () => {
    const topic = `replaced/${protocolVersion}`
    const clientId = `replaced-${protocolVersion}`
    const other = await connect(broker.url, { protocolVersion })
    /** @type {number} */
    let connections = 0
    const mq = await connect(broker.url, {
      ...{ protocolVersion, clientId, cleanStart: false },
      prepare: (each) => each.on('state', ({ state }) => (connections += Number(state === 'connected'))),
    })
    /** @type {Record<string, string[]>} */
    const heard = { up: [], down: [] }
    await other.subscribe(`${topic}/up`, { qos: 2 }, (message) => void heard['up']?.push(message.text())).ready
    await mq.subscribe(`${topic}/down`, { qos: 2 }, (message) => void heard['down']?.push(message.text())).ready
    const count = 1000
    /** @type {Promise<unknown>[]} */
    const sent = []
    for (let i = 0; i < count; i++) {
      const qos = /** @type {1 | 2} */ (1 + (i % 2))
      sent.push(mq.publish(`${topic}/up`, String(i), { qos }), other.publish(`${topic}/down`, String(i), { qos }))
      if (i % 100 === 50) mq.reconnect()
      if (i % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await Promise.all(sent)
    mq.reconnect()
    await until(() => connections > 2 && mq.state === 'connected' && heard['down']?.length === count)
    // Mosquitto passes on a message of QoS 2 at its PUBREL: the order is that of each QoS.
    for (const texts of Object.values(heard))
      for (const parity of [0, 1])
        assert.deepEqual(
          texts.filter((text) => Number(text) % 2 === parity),
          Array.from({ length: count / 2 }, (_, i) => String(2 * i + parity)),
        )
    await Promise.all([mq.disconnect(), other.disconnect()])
  })

it('others see a webapp that reconnects neither leave nor join', async () => {
  const account = { org: 'acme', willDelay: 0 }
  const watcher = await Webapp.join(broker.url, { ...account, user: 'bob' })
  const ann = await Webapp.join(broker.url, { ...account, user: 'ann' })
  await watcher.presence.until(() => watcher.presence.has(ann.uid))
  /** @type {string[]} */
  const seen = []
  watcher.presence.on(({ type, key }) => seen.push(`${type} ${key}`))
  let connections = 0
  ann.mq.on('state', ({ state }) => (connections += Number(state === 'connected')))
  for (let i = 1; i <= 5; i++) {
    ann.mq.reconnect()
    await until(() => connections === i)
  }
  // Behind everything that was published.
  ann.presence.setState({ done: true })
  await until(() => seen.length > 0)
  assert.deepEqual(seen, [`changed ${ann.uid}`])
  await Promise.all([ann.leave(), watcher.leave()])
})

/** @param {() => boolean | undefined} condition */
async function until(condition) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
