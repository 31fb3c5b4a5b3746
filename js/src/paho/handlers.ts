import type { Properties } from '../module.js'
import type { ErrorDetails } from './errors.js'
import type { Message } from './message.js'

export interface MQTTError extends ErrorDetails {
  /** The option of connect(). */
  reconnect?: boolean | undefined
  uri?: string
}

/** MQTT 5: the broker's answer to a message. */
export interface Delivery {
  reasonCode: number
  properties?: Properties
}

export type OnConnectedHandler = (reconnect: boolean, uri: string) => void
export type OnConnectionLostHandler = (error: MQTTError) => void
export type OnMessageHandler = (message: Message) => void
export type OnMessageDeliveredHandler = (message: Message, delivery?: Delivery) => void
export type OnErrorHandler = (error: unknown) => void

/** The application's handlers; each can be set, replaced and removed at any time. */
export interface Handlers {
  onConnected?: OnConnectedHandler | undefined
  onConnectionLost?: OnConnectionLostHandler | undefined
  onMessageDelivered?: OnMessageDeliveredHandler | undefined
  onMessageArrived?: OnMessageHandler | undefined
  onError?: OnErrorHandler | undefined
}
