// The flow of mqttws31.js as its documentation shows it: Paho itself, and our face of that shape. The constructors get
// their own defaults, so that QoS 1 messages are stored as they are on every page.
/** @param {{ Client: any, Message: any }} Paho */
export function classicPeer(Paho) {
  let client
  let onMessage = () => {}
  const delivered = new Map()
  const onMessageDelivered = (message) => {
    const done = delivered.get(message)
    delivered.delete(message)
    done?.()
  }

  return {
    open(url) {
      const { hostname, port, pathname } = new URL(url)
      client = new Paho.Client(hostname, Number(port), pathname, `bench-${crypto.randomUUID()}`)
      client.onMessageArrived = (message) => onMessage(message.destinationName, message)
      client.onConnectionLost = ({ errorCode, errorMessage }) => {
        if (errorCode !== 0) console.error(`the connection is lost: ${errorMessage}`)
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

    // Nothing is reported to a sender at QoS 0.
    publishAcknowledged(topic, payload, done) {
      client.onMessageDelivered ??= onMessageDelivered
      const message = new Paho.Message(payload)
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
}
