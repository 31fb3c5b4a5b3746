import type { WhenFull } from './buffer.js'
import type { Connection } from './connection.js'
import type { MqttError } from './errors.js'
import type { Payload, Properties } from './module.js'
import type { JsonPayload } from './payload.js'
import type { MessageProperties, SubscribeProperties, UserProperties, WillProperties } from './properties.js'
import type { Overflow } from './sink.js'

export type { JsonPayload, Payload, WhenFull }

export interface Credentials {
  username?: string
  password?: string | Uint8Array
}

/** What a credentials function can go by. */
export interface CredentialsRequest {
  /** The broker that is about to be connected to; the last one, or empty, where a function gives the address. */
  readonly uri: string
  /** By which we are about to connect. */
  readonly clientId: string
  /** Why the last attempt or connection ended, for example a {@link ConnectionRefusedError}; undefined at first. */
  readonly lastError: MqttError | undefined
}

/** What a function that gives an address can go by. */
export type AddressRequest = Pick<CredentialsRequest, 'lastError'>

/**
 * Where a broker is: its address, or a function that gives it anew before each attempt, for signed URLs and tickets. What
 * the function throws fails the attempt, and its time counts as the attempt's (`connectTimeout`).
 */
export type Address = string | URL | ((request: AddressRequest) => string | URL | Promise<string | URL>)

/** Published by the broker when the connection ends without `disconnect()` (MQTT 5.0, 3.1.2.5). */
export interface Will {
  topic: string
  payload: Payload | JsonPayload
  /** Default 0. */
  qos?: 0 | 1 | 2
  /** Default false. */
  retain?: boolean
  /** MQTT 5. */
  properties?: WillProperties
}

/** Enhanced authentication (MQTT 5.0, 4.12). */
export interface Authentication {
  /** Its name, for example `SCRAM-SHA-256`. */
  method: string
  /** What CONNECT carries. */
  data?: Uint8Array
  /** Answers the broker's challenge. Where it throws or rejects, the connection ends in {@link AuthenticationError}. */
  respond: (data: Uint8Array, properties: Properties) => Uint8Array | Promise<Uint8Array>
}

/**
 * How a lost connection is taken up again: after a random time up to a ceiling, which doubles with each round over all
 * brokers that fails. Any connection that is accepted begins from the start.
 */
export interface ReconnectOptions {
  /** Milliseconds; the first wait is random between 0 and this, so that a broker that restarts is not overrun. Default 2,500. */
  minDelay?: number
  /** Milliseconds; no wait is longer. Default 30,000. */
  maxDelay?: number
  /**
   * Milliseconds. Twelve connections in a row that the broker closes sooner, without a word, look as if another client
   * used the same `clientId`: the error is `taken_over` then, and waits get longer. 0 switches it off. Default 2,500.
   */
  stableAfter?: number
  /**
   * Milliseconds. After a connection that stood, refusals that would be final at first (credentials, rights, client
   * identifier) are retried for so long, at every broker, with credentials asked anew: a broker that starts may refuse
   * everybody. So are subscriptions that it cannot renew for now (0x80, 0x83, 0x97). Default 60,000.
   */
  refusalPatience?: number
  /** Also try on where the first connection fails at every broker, until it stands or is aborted. Default false. */
  retryFirst?: boolean
}

/** Times are in milliseconds, but for the MQTT terms that are seconds in the protocol: each says which. */
export interface ConnectOptions {
  /** Names this client to the broker; unique there. Default: `wsmq-` and a random text. */
  clientId?: string
  /** 5, 4 (MQTT 3.1.1) or 3 (MQTT 3.1). Default 5. */
  protocolVersion?: 3 | 4 | 5
  /**
   * Fixed, or a function that is asked anew before every attempt, reconnections included; where the first ones are
   * refused, once more with `lastError`.
   */
  credentials?: Credentials | ((request: CredentialsRequest) => Credentials | Promise<Credentials>)
  /** Begin without what the broker may have kept of an older session; below MQTT 5: the clean session flag. Default true. */
  cleanStart?: boolean
  /** Seconds without traffic after which the connection is probed; 0 to 65,535, 0 switches it off. Default 30. */
  keepAlive?: number
  will?: Will
  /** Milliseconds for one attempt, from opening the socket to the broker's answer. Default 30,000. */
  connectTimeout?: number
  /** Whether and how a lost connection is taken up again. Default true. */
  reconnect?: boolean | ReconnectOptions
  /**
   * MQTT 5: seconds that the broker keeps the session after the connection is gone; 4,294,967,295 is for ever.
   * Default 120 with `reconnect`, else 0.
   */
  sessionExpiryInterval?: number
  /** MQTT 5: how many QoS 1 and 2 messages the broker may send unacknowledged; 1 to 65,535. Default 65,535. */
  receiveMaximum?: number
  /** Bytes; a larger packet from the broker ends the connection. At least 64. Default 64 MiB. */
  maximumPacketSize?: number
  /** MQTT 5: how many topic aliases the broker may use; 0 to 65,535. Default 16. */
  topicAliasMaximum?: number
  /** MQTT 5: how many topic aliases we use at most, where the broker takes them. They are assigned by themselves. Default 16. */
  outgoingTopicAliasMaximum?: number
  /** How many topic filters go into one packet, renewals included; at least 1. Some brokers take no more than the default, 8. */
  subscribeBatch?: number
  /** MQTT 5: asks for `serverProperties.responseInformation` (3.1.2.11.6). */
  requestResponseInformation?: boolean
  /** MQTT 5: false asks the broker to leave reason strings out (3.1.2.11.7). */
  requestProblemInformation?: boolean
  /** MQTT 5: sent with CONNECT. */
  userProperties?: UserProperties
  /** MQTT 5. */
  authentication?: Authentication
  /** What may wait while there is no connection, or while it is congested. Default 100,000 messages, 64 MiB. */
  queue?: { messages?: number; bytes?: number }
  /** Bytes that may wait in the socket before messages wait in the queue instead. Default 4 MiB. */
  highWaterMark?: number
  /** Aborts the attempt to connect: the promise rejects with its reason. Without effect afterwards. */
  signal?: AbortSignal
  /**
   * Called once, before the first attempt, with the connection that the promise will give: for handlers and
   * subscriptions that must not miss anything, such as what the broker kept in an older session.
   */
  prepare?: (connection: Connection) => void
}

export interface PublishOptions {
  /** 0: at most once, 1: at least once, 2: exactly once. Default 0. */
  qos?: 0 | 1 | 2
  /** Whether the broker keeps it for later subscribers; an empty payload removes what it keeps. Default false. */
  retain?: boolean
  /**
   * What becomes of it where it cannot be sent now: `wait` in the queue (the default; an error where that is full),
   * `drop_oldest` makes room in the queue, `drop_newest` gives this one up where there is no room, `fail` is an error at once.
   */
  whenBlocked?: 'wait' | 'drop_oldest' | 'drop_newest' | 'fail'
  /** MQTT 5. */
  properties?: MessageProperties
  /** Calls the message back where it was not sent yet; the promise rejects with its reason in any case. */
  signal?: AbortSignal
}

export interface SubscribeOptions {
  /** The highest QoS that messages may arrive with. Default 0. */
  qos?: 0 | 1 | 2
  /** MQTT 5: without what this connection publishes itself. Default false. */
  noLocal?: boolean
  /** MQTT 5: keep the retain flag as it was published, and not only for stored messages. Default false. */
  retainAsPublished?: boolean
  /**
   * Stored (retained) messages: 0, the default, sends them, 1 only where the broker does not have this subscription
   * yet, 2 never (MQTT 5.0, 3.8.3.1). With 1 and 2, a further local subscription to a filter costs no packet.
   */
  retainHandling?: 0 | 1 | 2
  /** MQTT 5. */
  properties?: SubscribeProperties
  /** How many messages may wait to be read, without a handler. Default 1000. */
  bufferSize?: number
  /**
   * What a message that finds the buffer full does: `drop_oldest` (the default) and `drop_newest` lose one, `fail`
   * ends the subscription with {@link QueueFullError} once the buffered ones are read.
   */
  whenFull?: WhenFull
  /** Called at every loss, but with `fail`, which is an error; `subscription.dropped` counts them, too. */
  onOverflow?: (overflow: Overflow) => void
  /** Unsubscribes; an iteration then throws its reason. */
  signal?: AbortSignal
}

export interface DisconnectOptions {
  /** Does not wait for messages any longer: the connection ends at once. */
  signal?: AbortSignal | undefined
  /** Milliseconds to wait for messages that are not delivered yet; 0 does not wait. Default 5000. */
  timeout?: number
  /** MQTT 5: 0 (the default), or 0x04 to have the will published all the same (3.14.2.1). */
  reasonCode?: 0 | 4
}
