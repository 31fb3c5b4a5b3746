// Compiles with the community's types for Paho, and with ours. Never run.
import * as Community from 'paho-mqtt'
import { Client, Message } from 'paho-mqtt'

export function connect(done: () => void): Client {
  const client: Paho.MQTT.Client = new Client('example.org', 443, '/ws_mqtt', 'id')
  const will = new Message(new ArrayBuffer(4))
  will.destinationName = 'will'
  will.qos = 2
  const options: Community.ConnectionOptions = {
    timeout: 10,
    userName: 'ann',
    password: 'secret',
    willMessage: will,
    keepAliveInterval: 10,
    cleanSession: true,
    useSSL: true,
    invocationContext: { attempt: 1 },
    mqttVersion: 3,
    mqttVersionExplicit: true,
    hosts: ['a', 'b'],
    ports: [80, 443],
    reconnect: true,
    onSuccess: ({ invocationContext }) => {
      console.log(invocationContext.attempt)
      done()
    },
    onFailure: ({ errorCode, errorMessage }) => console.log(errorCode.toFixed(), errorMessage.length),
  }
  client.connect(options)
  return client
}

/** Callbacks that were written on their own, with the types' names. */
const succeeded: Community.OnSuccessCallback = ({ invocationContext }) => console.log(invocationContext)
const failed: Paho.MQTT.OnFailureCallback = ({ errorMessage }) => console.log(errorMessage)
const granted: Community.OnSubscribeSuccessCallback = ({ grantedQos }) => {
  const qos: Community.Qos = grantedQos
  console.log(qos === 1 ? 'once' : qos)
}
const arrived: Community.OnMessageHandler = ({ destinationName, payloadString, payloadBytes, qos, retained, duplicate }) =>
  console.log(destinationName, payloadString.length, payloadBytes.byteLength, qos + 1, !retained, !duplicate)
const lost = (error: Community.MQTTError): void => console.log(error.errorCode, error.errorMessage)
const traced: Community.TraceFunction = (element: Community.TraceElement) => console.log(element.severity, element.message)

export class Service {
  private readonly subscribing: Community.SubscribeOptions = { qos: 2, timeout: 10, onSuccess: granted, onFailure: failed }
  private readonly unsubscribing: Paho.MQTT.UnsubscribeOptions = { timeout: 10, onSuccess: succeeded, onFailure: failed }

  constructor(private client: Paho.MQTT.Client) {
    client.onMessageArrived = arrived
    client.onMessageDelivered = arrived
    client.onConnectionLost = lost
    client.trace = traced
    client.startTrace()
    const before: Community.OnMessageHandler = client.onMessageArrived
    client.onMessageArrived = (message) => before(message)
    client.onConnectionLost({ errorCode: 0, errorMessage: '' })
  }

  use(payload: string | ArrayBuffer): void {
    this.client.subscribe('a', this.subscribing)
    this.client.unsubscribe('a', this.unsubscribing)
    this.client.send('a', payload)
    this.client.send('a', payload, 1, true)
    this.client.send(this.copy(new Message('x')))
    const { host, port, path, clientId } = this.client
    console.log(host.length, port.toFixed(), path, clientId, this.client.isConnected(), this.client.getTraceLog().join('\n'))
    this.client.stopTrace()
    this.client.disconnect()
  }

  private copy({ payloadBytes }: Paho.MQTT.Message): Community.Message {
    const bytes: ArrayBuffer | Community.TypedArray = payloadBytes
    return new Message(bytes)
  }
}

/** Where another module names the classes. */
export const factory: { Client: typeof Community.Client; Message: typeof Community.Message } = { Client, Message }
