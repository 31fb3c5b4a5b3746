// What a request has to cost at least: two messages that go through the broker one after the other, here to ourselves.
import { connect } from '/dist/index.js'

const topic = 'bench/trips'

/** @param {0 | 1} qos */
export function twoTrips(qos) {
  let connection
  let arrived = () => {}
  const once = (text) =>
    new Promise((resolve) => {
      arrived = resolve
      connection.publish(topic, text, { qos })
    })
  return {
    async open(url) {
      connection = await connect(url, { protocolVersion: 5, reconnect: false })
      await connection.subscribe(topic, { qos }, (message) => arrived(message.text())).ready
    },
    trip: (text) => once(text).then(once),
    close: () => connection.disconnect(),
  }
}

export const peer = twoTrips(1)
