// paho-mqtt 1.1.0 as its documentation shows it. Its constructor gets the package's own defaults, so
// QoS 1 messages go through localStorage, as they do on every page that uses it.
import { script } from '../script.js'

await script('/peers/paho/paho-mqtt-min.js')

let client
let onMessage = () => {}
const delivered = new Map()

export const peer = {
  open(url) {
    const { hostname, port, pathname } = new URL(url)
    client = new globalThis.Paho.Client(hostname, Number(port), pathname, `bench-${crypto.randomUUID()}`)
    client.onMessageArrived = (message) => onMessage(message.destinationName, message)
    client.onMessageDelivered = (message) => {
      const done = delivered.get(message)
      if (!done) return
      delivered.delete(message)
      done()
    }
    client.onConnectionLost = ({ errorCode, errorMessage }) => {
      if (errorCode !== 0) console.error(`paho: ${errorMessage}`)
    }
    return new Promise((onSuccess, reject) => {
      client.connect({ onSuccess, onFailure: (failure) => reject(new Error(failure.errorMessage)), mqttVersion: 4 })
    })
  },

  subscribe(filter) {
    return new Promise((onSuccess, reject) => client.subscribe(filter, { onSuccess, onFailure: reject }))
  },

  publish(topic, payload) {
    client.send(topic, payload, 0, false)
  },

  publishAcknowledged(topic, payload, done) {
    const message = new globalThis.Paho.Message(payload)
    message.destinationName = topic
    message.qos = 1
    delivered.set(message, done)
    client.send(message)
  },

  onMessage(handler) {
    onMessage = handler
  },

  bytes: (message) => message.payloadBytes,
  text: (message) => message.payloadString,
  close: () => client.disconnect(),
}
