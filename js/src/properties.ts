import type { Properties } from './module.js'

export type { Properties }

/** Name and value pairs (MQTT 5.0, 3.1.2.11.8): an object if every name is there once, else an array. */
export type UserProperties = [string, string][] | Record<string, string>

/** MQTT 5 properties of a message (MQTT 5.0, 3.3.2.3). Ignored below MQTT 5. */
export interface MessageProperties {
  /** 1 says that the payload is UTF-8 text. */
  payloadFormatIndicator?: 0 | 1
  /** Seconds after which the broker drops the message if it is not yet delivered; 0 to 4,294,967,295. */
  messageExpiryInterval?: number
  /** For example `application/json`. */
  contentType?: string
  /** The topic for an answer. */
  responseTopic?: string
  /** What an answer repeats, so that it can be matched to its request. */
  correlationData?: Uint8Array
  userProperties?: UserProperties
}

/** MQTT 5 properties of a will (MQTT 5.0, 3.1.3.2). */
export interface WillProperties extends MessageProperties {
  /** Seconds that the broker waits before it publishes the will, 0 to 4,294,967,295; a new connection in time prevents it. */
  willDelayInterval?: number
}

/** MQTT 5 properties of a SUBSCRIBE packet (MQTT 5.0, 3.8.2.1). */
export interface SubscribeProperties {
  /** 1 to 268,435,455; comes back as `message.properties.subscriptionIdentifier`. */
  subscriptionIdentifier?: number
  userProperties?: UserProperties
}
