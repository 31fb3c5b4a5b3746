// Code as it is written for Paho compiles. Never run.
import Paho, { Client, Message, type MQTTError } from 'websocket-mq/paho'

export function use(): void {
  const client = new Client('example.org', 443, '/ws_mqtt', 'id')
  const same: Client = new Paho.MQTT.Client('wss://example.org/ws_mqtt', 'id')
  same.disconnect()

  client.onConnectionLost = (error: MQTTError) => {
    if (error.errorCode !== 0) console.log(error.errorMessage)
  }
  client.onMessageArrived = (message) => console.log(message.destinationName, message.payloadString)
  client.onMessageDelivered = (message: Paho.Message) => console.log(message.payloadBytes)
  client.onConnected = (reconnect, uri) => console.log(reconnect, uri.length)

  client.connect({
    useSSL: true,
    timeout: 3,
    userName: 'u',
    password: 'p',
    invocationContext: { any: 'thing' },
    onSuccess: ({ invocationContext }) => {
      console.log(invocationContext.any)
      client.subscribe('World', { qos: 1, onSuccess: ({ grantedQos }) => console.log(grantedQos[0]) })
      const message = new Message('Hello')
      message.destinationName = 'World'
      client.send(message)
      client.send('World', new Uint8Array([1]), 1, true)
    },
    onFailure: (failure) => console.log(failure.errorCode, failure.errorMessage),
  })
}
