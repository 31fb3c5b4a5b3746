// websocket-mq/paho: the classes of mqttws31.js and paho-mqtt.
import { load } from '../embedded.js'
import { PahoClient } from './client.js'
import type { MQTTError } from './handlers.js'
import { Message } from './message.js'

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
type ClassicError = MQTTError

const Paho = { Client, Message, MQTT }

/** Its types under the classic names, for `import Paho from 'websocket-mq/paho'`. */
// eslint-disable-next-line @typescript-eslint/no-namespace
declare namespace Paho {
  type Client = ClassicClient
  type Message = ClassicMessage
  type MQTTError = ClassicError
}

export default Paho

export type {
  Delivery,
  MQTTError,
  OnConnectedHandler,
  OnConnectionLostHandler,
  OnErrorHandler,
  OnMessageDeliveredHandler,
  OnMessageHandler,
} from './handlers.js'
export type { Qos, TypedArray } from './message.js'
export type { ConnectionOptions, ConnectProperties, ErrorWithInvocationContext, WithInvocationContext } from './options.js'
export type { SubscribeOptions, UnsubscribeOptions } from './subscribe.js'
export type { TraceFunction } from './trace.js'
