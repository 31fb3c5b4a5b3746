// The flow of mqttws31.js, with the module alone, against a real Mosquitto.
import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { startBroker } from '../support/broker.mjs'
import { keepAwake } from '../support/keep-awake.mjs'
import { shared } from './support/connected.mjs'
import { called, until } from './support/module.mjs'

const broker = await startBroker()
after(() => broker.close())

for (const mqttVersion of /** @type {const} */ ([3, 4, 5])) {
  test(`version ${mqttVersion}: connect, subscribe, send, arrive, disconnect`, async (t) => {
    const client = new shared.Client('127.0.0.1', broker.webSocketPort, '/ws_mqtt', `flow${mqttVersion}`)
    t.after(() => client.delete())
    /** @type {string[]} */
    const arrived = []
    client.onMessageArrived = ({ destinationName, payloadString, qos }) => arrived.push(`${destinationName} ${qos} ${payloadString}`)
    await new Promise((resolve, reject) => {
      client.connect({
        mqttVersion,
        useSSL: false,
        onFailure: reject,
        onSuccess() {
          client.subscribe(`a${mqttVersion}/#`, { qos: 2, onSuccess: resolve, onFailure: reject })
        },
      })
    })
    for (const qos of /** @type {const} */ ([0, 1, 2])) client.send(`a${mqttVersion}/${qos}`, `text ${qos}`, qos)
    await until(() => arrived.length === 3)
    assert.deepEqual(
      arrived.sort(),
      [0, 1, 2].map((qos) => `a${mqttVersion}/${qos} ${qos} text ${qos}`),
    )
    const lost = called(client, 'onConnectionLost')
    client.disconnect()
    assert.equal((await lost)[0].errorCode, 0)
  })
}

test('payloads up to 8 MiB go there and come back, retained ones later', async (t) => {
  const client = new shared.Client(broker.url, 'large')
  const late = new shared.Client(broker.url, 'late')
  const awake = await keepAwake(broker)
  t.after(() => (awake.close(), client.delete(), late.delete()))
  const sizes = [0, 1, 127, 128, 16_383, 16_384, 65_536, 1_000_000, 8 << 20]
  const bytesOf = (/** @type {number} */ size) => new Uint8Array(size).map((_, i) => (i * 31 + size) & 0xff)
  /** @type {Map<string, Uint8Array>} */
  const arrived = new Map()
  for (const each of [client, late])
    each.onMessageArrived = (message) => arrived.set(`${each.clientId} ${message.topic}`, message.payloadBytes)
  await new Promise((resolve, reject) =>
    client.connect({ onFailure: reject, onSuccess: () => client.subscribe('large/#', { qos: 1, onSuccess: resolve }) }),
  )
  for (const size of sizes) client.publish(`large/${size}`, bytesOf(size), { qos: 1, retain: true })
  await until(() => arrived.size === sizes.length)
  late.connect({ onSuccess: () => late.subscribe('large/#', { qos: 1 }) })
  // A retained message of no length is none.
  await until(() => arrived.size === 2 * sizes.length - 1)
  for (const [name, bytes] of arrived) assert.ok(Buffer.from(bytes).equals(Buffer.from(bytesOf(Number(name.split('/')[1])))), name)
})
