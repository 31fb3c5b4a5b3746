// MQTT 5 through the classic calls, against a real Mosquitto.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, it } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { oursIsBuilt } from './support/libraries.mjs'

const skip = oursIsBuilt ? false : 'dist/ is not built: npm run build'
/** @type {import('../support/broker.mjs').Broker} */
let broker
before(async () => {
  broker = await startBroker()
})
after(() => broker.close())

/** @param {any} [options] of connect() */
async function connected(options = {}) {
  const { Client, Message } = createRequire(import.meta.url)('../../dist/paho.cjs')
  const client = new Client(broker.url, `id-${Math.random()}`)
  const outcome = await new Promise((onSuccess, onFailure) => client.connect({ mqttVersion: 5, ...options, onSuccess, onFailure }))
  return { client, Message, outcome }
}

/** The next call of a handler. @param {any} client @param {string} name @returns {Promise<any[]>} */
function next(client, name) {
  return new Promise((resolve) => {
    client[name] = (/** @type {any[]} */ ...given) => resolve(given)
  })
}

it('onSuccess has what the broker said', { skip }, async () => {
  const { client, outcome } = await connected({ properties: { sessionExpiryInterval: 7, userProperties: [['a', 'b']] } })
  assert.equal(typeof outcome.properties, 'object')
  client.disconnect()
})

it('messages and subscriptions have properties', { skip }, async () => {
  const { client, Message } = await connected()
  const granted = await new Promise((onSuccess) =>
    client.subscribe('five/#', { qos: 1, properties: { subscriptionIdentifier: 3 }, onSuccess }),
  )
  assert.deepEqual(granted.grantedQos, Uint8Array.of(1))
  const arrived = next(client, 'onMessageArrived')
  const delivered = next(client, 'onMessageDelivered')
  const message = new Message('text')
  message.destinationName = 'five/a'
  message.qos = 1
  message.properties = { contentType: 'text/plain', responseTopic: 'five/answer', userProperties: [['k', 'v']] }
  client.send(message)
  const [copy] = await arrived
  assert.equal(copy.payloadString, 'text')
  assert.equal(copy.properties.contentType, 'text/plain')
  assert.equal(copy.properties.responseTopic, 'five/answer')
  assert.deepEqual(copy.properties.userProperties, [['k', 'v']])
  const [same, delivery] = await delivered
  assert.equal(same, message)
  assert.equal(delivery.reasonCode, 0)
  client.disconnect()
})

it('a message that nobody receives is delivered, and the broker may say so', { skip }, async () => {
  const { client } = await connected()
  const delivered = next(client, 'onMessageDelivered')
  client.send('five/nobody', 'x', 1)
  const [, delivery] = await delivered
  assert.ok([0, 0x10].includes(delivery.reasonCode))
  client.disconnect()
})

it('a lost connection has the reason, where the broker gave one', { skip }, async () => {
  const { Client } = createRequire(import.meta.url)('../../dist/paho.cjs')
  const clients = [new Client(broker.url, 'twin'), new Client(broker.url, 'twin')]
  const lost = next(clients[0], 'onConnectionLost')
  for (const client of clients) await new Promise((onSuccess, onFailure) => client.connect({ mqttVersion: 5, onSuccess, onFailure }))
  const [loss] = await lost
  // Mosquitto 2.0.11 does not always send its DISCONNECT.
  assert.ok([0, 0x8e].includes(loss.reasonCode))
  assert.notEqual(loss.errorCode, 0)
  clients[1].disconnect()
})
