// websocket-mq/paho: the classes of mqttws31.js and paho-mqtt.
import { load } from '../embedded.js'
import { PahoClient } from './client.js'
import { Message } from './message.js'
import type * as names from './names.js'

/** The classic client. Which arguments are meant is decided by their number. */
export class Client extends PahoClient {
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- each form has its own names
  constructor(host: string, port: number, path: string, clientId: string)
  /** The path is `/mqtt`. */

  constructor(host: string, port: number, clientId: string)
  /** A full ws: or wss: address, with a path. */
  constructor(hostUri: string, clientId: string)
  constructor(...given: unknown[]) {
    super(load, given)
  }
}

/** The names of mqttws31.js 1.0. */
export const MQTT = { Client, Message }

export { Message }

type ClassicClient = Client
type ClassicMessage = Message

const Paho = { Client, Message, MQTT }

/** The types under the classic names, for `import Paho from 'websocket-mq/paho'`. */
// eslint-disable-next-line @typescript-eslint/no-namespace
declare namespace Paho {
  type Client = ClassicClient
  type Message = ClassicMessage
  type ConnectionOptions = names.ConnectionOptions
  type ErrorWithInvocationContext = names.ErrorWithInvocationContext
  type MQTTError = names.MQTTError
  type OnConnectedHandler = names.OnConnectedHandler
  type OnConnectionLostHandler = names.OnConnectionLostHandler
  type OnMessageHandler = names.OnMessageHandler
  type OnSubscribeSuccessParams = names.OnSubscribeSuccessParams
  type Qos = names.Qos
  type SubscribeOptions = names.SubscribeOptions
  type TypedArray = names.TypedArray
  type UnsubscribeOptions = names.UnsubscribeOptions
  type WithInvocationContext = names.WithInvocationContext
}

export default Paho

export type * from './names.js'
