// websocket-mq/paho: the classes of mqttws31.js and paho-mqtt.
import { load } from '../embedded.js'
import { PahoClient } from './client.js'
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
export default { Client, Message, MQTT }

export type { MQTTError, OnConnectedHandler, OnConnectionLostHandler, OnMessageHandler, TraceFunction } from './client.js'
export type { Qos, TypedArray } from './message.js'
export type { ConnectionOptions, ErrorWithInvocationContext, WithInvocationContext } from './options.js'
export type { SubscribeOptions, UnsubscribeOptions } from './subscribe.js'
