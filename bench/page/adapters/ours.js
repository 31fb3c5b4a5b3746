// websocket-mq as its documentation shows it: the default entry, with the module embedded.
import { connect } from '/dist/index.js'

let connection
let onMessage = () => {}

export const peer = {
  async open(url) {
    connection = await connect(url, { protocolVersion: 4, reconnect: false })
  },

  async subscribe(filter) {
    await connection.subscribe(filter, (message) => onMessage(message.topic, message)).ready
  },

  publish(topic, payload) {
    connection.publish(topic, payload)
  },

  publishAcknowledged(topic, payload, done) {
    connection.publish(topic, payload, { qos: 1 }).then(done)
  },

  onMessage(handler) {
    onMessage = handler
  },

  bytes: (message) => message.bytes,
  text: (message) => message.text(),
  close: () => connection.disconnect(),
}
