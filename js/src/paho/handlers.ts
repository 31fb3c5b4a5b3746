import type { Properties } from '../module.js'
import type { Told } from './errors.js'
import type { Message } from './message.js'

export interface MQTTError extends Told {
  /** As it was asked for in connect(). */
  reconnect?: boolean | undefined
  uri?: string
}

/** MQTT 5: what the broker said to a message. */
export interface Delivery {
  reasonCode: number
  properties?: Properties
}

export type OnConnectedHandler = (reconnect: boolean, uri: string) => void
export type OnConnectionLostHandler = (error: MQTTError) => void
export type OnMessageHandler = (message: Message) => void
export type OnMessageDeliveredHandler = (message: Message, delivery?: Delivery) => void
export type OnErrorHandler = (error: unknown) => void

/** What the application listens to; each may be set, replaced and cleared at any time. */
export interface Handlers {
  onConnected?: OnConnectedHandler | undefined
  onConnectionLost?: OnConnectionLostHandler | undefined
  onMessageDelivered?: OnMessageDeliveredHandler | undefined
  onMessageArrived?: OnMessageHandler | undefined
  onError?: OnErrorHandler | undefined
}
