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

/** With every name that the community's types for Paho have. */
export function named(client: Paho.Client): void {
  const onSuccess = (outcome: Paho.WithInvocationContext): void => console.log(outcome.invocationContext)
  const onFailure = (failure: Paho.ErrorWithInvocationContext): void =>
    console.log(failure.errorCode.toFixed(), failure.errorMessage.length)
  const will: Paho.Message = new Paho.Message(new Float32Array(2))
  const connecting: Paho.ConnectionOptions = {
    timeout: 3,
    willMessage: will,
    keepAliveInterval: 60,
    cleanSession: true,
    hosts: ['a'],
    ports: [80],
    mqttVersion: 4,
    reconnect: true,
    uris: ['ws://a/'],
    onSuccess,
    onFailure,
  }
  client.connect(connecting)
  const granted = (outcome: Paho.OnSubscribeSuccessParams): void => console.log(outcome.grantedQos)
  const qos: Paho.Qos = 1
  const subscribing: Paho.SubscribeOptions = { qos, onSuccess: granted, onFailure, timeout: 1 }
  client.subscribe(['a', 'b'], subscribing)
  const unsubscribing: Paho.UnsubscribeOptions = { onSuccess, onFailure, timeout: 1 }
  client.unsubscribe('a', unsubscribing)
  const connected: Paho.OnConnectedHandler = (reconnect, uri) => console.log(reconnect, uri)
  const lost: Paho.OnConnectionLostHandler = (error) => console.log(error.errorCode + 1)
  const arrived: Paho.OnMessageHandler = (message) => console.log(message.payloadString, message.duplicate)
  client.onConnected = connected
  client.onConnectionLost = lost
  client.onMessageArrived = arrived
  client.onMessageDelivered = arrived
  const payload: string | Paho.TypedArray | ArrayBuffer = will.payloadBytes
  client.publish('a', payload, 0, false)
  client.disconnectedPublishing = true
  client.disconnectedBufferSize = 10
  client.trace = ({ severity, message }) => console.log(severity, message)
  client.startTrace()
  console.log(client.getTraceLog(), client.isConnected(), client.host, client.port, client.path, client.uri, client.clientId)
  client.stopTrace()
}
