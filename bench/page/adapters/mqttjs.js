// mqtt 5.16.0, the build that its package gives to browsers as a plain script.
import { script } from '../script.js'

await script('/peers/mqtt/mqtt.min.js')

let client
let onMessage = () => {}

export const peer = {
  open(url) {
    client = globalThis.mqtt.connect(url, { protocolVersion: 4, reconnectPeriod: 0 })
    client.on('message', (topic, payload) => onMessage(topic, payload))
    return new Promise((resolve, reject) => {
      client.once('connect', () => resolve())
      client.once('error', reject)
    })
  },

  async subscribe(filter) {
    await client.subscribeAsync(filter)
  },

  publish(topic, payload) {
    client.publish(topic, payload)
  },

  publishAcknowledged(topic, payload, done) {
    client.publish(topic, payload, { qos: 1 }, done)
  },

  onMessage(handler) {
    onMessage = handler
  },

  // A Buffer is a Uint8Array.
  bytes: (payload) => payload,
  text: (payload) => payload.toString(),
  close: () => client.end(true),
}
