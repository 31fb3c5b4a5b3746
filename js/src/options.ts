import type { WhenFull } from './buffer.js'
import type { Connection } from './connection.js'
import type { MqttError } from './errors.js'
import type { LogFunction, Logger } from './log.js'
import type { Payload, Properties } from './module.js'
import type { JsonPayload } from './payload.js'
import type { MessageProperties, SubscribeProperties, UserProperties, WillProperties } from './properties.js'
import type { Overflow } from './subscriber.js'

export type { JsonPayload, Payload, WhenFull }

export interface Credentials {
  username?: string
  password?: string | Uint8Array
}

/** The argument of a credentials function. */
export interface CredentialsRequest {
  /** The broker of the attempt; if a function returns the address, the previous one, or empty. */
  readonly uri: string
  /** The client identifier of the attempt. */
  readonly clientId: string
  /** Why the last attempt or connection ended, for example a {@link ConnectionRefusedError}; undefined at first. */
  readonly lastError: MqttError | undefined
}

/** The argument of an address function. */
export type AddressRequest = Pick<CredentialsRequest, 'lastError'>

/**
 * The address of a broker, or a function that returns it before each attempt, for signed URLs and tickets. What the
 * function throws fails the attempt, and its time counts against `connectTimeout`.
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
  /** The authentication data of CONNECT. */
  data?: Uint8Array
  /** Answers the broker's challenge. If it throws or rejects, the connection ends with {@link AuthenticationError}. */
  respond: (data: Uint8Array, properties: Properties) => Uint8Array | Promise<Uint8Array>
}

/**
 * How to reconnect: after a random delay up to a ceiling, which doubles with each failed round over all brokers. An
 * accepted connection resets the ceiling, unless the broker ends it with a failure in DISCONNECT within `stableAfter`. Times are in milliseconds, 0 to 4,294,967,295.
 */
export interface ReconnectOptions {
  /** Milliseconds; the first delay is random up to this, so that a restarted broker is not overrun. Default 2,500. */
  minDelay?: number
  /** Milliseconds; no delay is longer. Default 30,000. */
  maxDelay?: number
  /**
   * Milliseconds. If the broker closes twelve connections in a row sooner than this without a reason, another client most
   * likely uses the same `clientId`: the error is `taken_over`, and delays get longer. 0 disables this. Default 2,500.
   */
  stableAfter?: number
  /**
   * Milliseconds. After an accepted connection, refusals that are otherwise final (credentials, rights, client identifier)
   * are retried for this long at every broker, and the credentials function is called each time: a broker that starts may
   * refuse everybody. Subscriptions that it cannot renew for now (0x80, 0x83, 0x97) are retried too. Default 60,000.
   */
  refusalPatience?: number
  /** Whether to retry the first connection as well, until it is accepted or aborted. Default false. */
  retryFirst?: boolean
}

/** Times are in milliseconds, except those that are seconds in MQTT: each option says which. */
export interface ConnectOptions {
  /** The client identifier, unique at the broker. Default: `wsmq-` and a random text. */
  clientId?: string
  /** 5, 4 (MQTT 3.1.1) or 3 (MQTT 3.1). Default 5. */
  protocolVersion?: 3 | 4 | 5
  /**
   * Fixed, or a function that is called before every attempt, reconnections included. If the first credentials are
   * refused, it is called once more, with `lastError`.
   */
  credentials?: Credentials | ((request: CredentialsRequest) => Credentials | Promise<Credentials>)
  /** Whether the broker discards an earlier session (Clean Start; below MQTT 5, Clean Session). Default true. */
  cleanStart?: boolean
  /** Keep Alive: seconds without traffic after which PINGREQ is sent; 0 to 65,535, 0 disables it. Default 30. */
  keepAlive?: number
  will?: Will
  /** Milliseconds for one attempt, from opening the socket to CONNACK; at least 1. Default 30,000. */
  connectTimeout?: number
  /** Whether and how to reconnect. Default true. */
  reconnect?: boolean | ReconnectOptions
  /**
   * MQTT 5: seconds that the broker keeps the session after the connection ends; 0 to 4,294,967,295, which means for
   * ever. Default 120 with `reconnect`, else 0.
   */
  sessionExpiryInterval?: number
  /** MQTT 5: how many QoS 1 and 2 messages the broker may send unacknowledged; 1 to 65,535. Default 65,535. */
  receiveMaximum?: number
  /** Bytes; a larger packet from the broker ends the connection (`packet_too_large`). At least 64. Default 64 MiB. */
  maximumPacketSize?: number
  /** MQTT 5: how many topic aliases the broker may use; 0 to 65,535. Default 16. */
  topicAliasMaximum?: number
  /**
   * MQTT 5: how many topic aliases this client uses at most, as the broker allows. They are assigned automatically.
   * 0 to 65,535. Default 16.
   */
  outgoingTopicAliasMaximum?: number
  /** How many topic filters to send in one packet, renewals included; at least 1. Default 8, the limit of some brokers. */
  subscribeBatch?: number
  /** MQTT 5: requests `serverProperties.responseInformation` (3.1.2.11.6). Default false. */
  requestResponseInformation?: boolean
  /** MQTT 5: false asks the broker to omit reason strings (3.1.2.11.7). Default true. */
  requestProblemInformation?: boolean
  /** MQTT 5: sent with CONNECT. */
  userProperties?: UserProperties
  /** MQTT 5: enhanced authentication. */
  authentication?: Authentication
  /** The limits of the queue of messages that cannot be sent yet. Default 100,000 messages, 64 MiB (`bytes`). */
  queue?: { messages?: number; bytes?: number }
  /** Bytes that may be buffered in the socket; further messages are queued. At least 1. Default 4 MiB. */
  highWaterMark?: number
  /**
   * Where to log connections, losses, attempts to reconnect, refusals, messages that were given up, and errors that
   * handlers throw: a function, or an object such as `console`, of which only the methods `error`, `warn`, `info` and
   * `debug` are called. Default: nothing is logged.
   */
  log?: LogFunction | Logger
  /** Aborts the attempt to connect: the promise rejects with its reason. Has no effect afterwards. */
  signal?: AbortSignal
  /**
   * Keeps what was accepted at QoS 1 and 2 until the broker has acknowledged it, beyond the life of the page: the page that
   * comes after sends it (see {@link OutboxOptions}). Default false.
   */
  outbox?: boolean | OutboxOptions
  /**
   * Called once, before the first attempt, with the connection that the promise will resolve with: for handlers and
   * subscriptions that must not miss anything, such as messages of an earlier session.
   */
  prepare?: (connection: Connection) => void
  /** Whether the connection is in a worker of its own, so that the page does less; `url` is that of `websocket-mq/worker`. Default false. */
  worker?: boolean | { url: string | URL }
  /** Whether all tabs of the origin share one connection. Default false. */
  shared?: boolean | SharedOptions
}

/** How tabs share a connection. */
export interface SharedOptions {
  /** Tabs that give the same name share. Default: those with the same addresses, user name and version. */
  name?: string
  /** Where the connection is: in a SharedWorker (the default where there is one), or in a tab that the others elect. */
  via?: 'worker' | 'tab'
  /** The address of `websocket-mq/worker`. Default: beside this script. */
  url?: string | URL
}

/**
 * An outbox is one client identifier, one broker, one user, and their messages. Two tabs, or processes, never share one: each
 * has its own, and one that nobody has any more is taken over, or emptied, by the page that comes after. `clientId` names
 * one; it is `outbox_in_use` where another tab has it.
 */
export interface OutboxOptions {
  /** Distinguishes outboxes. Default: the addresses and the user name. Set it where functions give those. */
  name?: string
  /** How many messages may wait; at least 1. Default 10,000. */
  maxMessages?: number
  /** Bytes that unfinished messages may take; at least 1. Default 16 MiB. */
  maxBytes?: number
  /**
   * What happens to a message for which there is no room: `reject` (the default), `queue_full`; `drop_oldest` drops the
   * oldest that this page published and that was not sent yet. `whenBlocked` of a message takes precedence.
   */
  whenFull?: 'reject' | 'drop_oldest'
  /** Node only, and needed there: the folder of its files. */
  folder?: string
}

export interface PublishOptions {
  /** 0: at most once, 1: at least once, 2: exactly once. Default 0. */
  qos?: 0 | 1 | 2
  /** Whether the broker retains the message for later subscribers; an empty payload deletes it. Default false. */
  retain?: boolean
  /**
   * What to do if the message cannot be sent now. `wait` (the default): queue it; `queue_full` if there is no room.
   * `drop_oldest`: make room in the queue. `drop_newest`: drop this one if there is no room. `fail`: `not_connected` or
   * `queue_full` at once.
   */
  whenBlocked?: 'wait' | 'drop_oldest' | 'drop_newest' | 'fail'
  /** MQTT 5. */
  properties?: MessageProperties
  /** Cancels the message if it was not sent yet; the promise rejects with its reason in any case. */
  signal?: AbortSignal
}

export interface SubscribeOptions {
  /** The highest QoS of arriving messages. Default 0. */
  qos?: 0 | 1 | 2
  /** MQTT 5: whether to exclude what this connection publishes itself. Default false. */
  noLocal?: boolean
  /** MQTT 5: whether messages keep their RETAIN flag, which otherwise only stored messages have. Default false. */
  retainAsPublished?: boolean
  /**
   * Whether the broker sends stored (retained) messages: 0, the default, always; 1 only for a subscription that it does
   * not have yet; 2 never (MQTT 5.0, 3.8.3.1). With 1 and 2, a further local subscription to a filter needs no packet.
   */
  retainHandling?: 0 | 1 | 2
  /** MQTT 5. */
  properties?: SubscribeProperties
  /** How many messages may wait to be read if there is no handler; at least 1. Default 1000. */
  bufferSize?: number
  /**
   * What to do with a message if the buffer is full: `drop_oldest` (the default) and `drop_newest` drop one; `fail` ends
   * the subscription with {@link QueueFullError} once the buffered messages are read.
   */
  whenFull?: WhenFull
  /** Called for every message that is dropped, except with `fail`. `subscription.dropped` counts them as well. */
  onOverflow?: (overflow: Overflow) => void
  /** Unsubscribes when it is aborted; an iteration then throws its reason. */
  signal?: AbortSignal
}

export interface DisconnectOptions {
  /** Ends the waiting for messages: the connection then ends at once. */
  signal?: AbortSignal | undefined
  /** Milliseconds to wait for unfinished messages, 0 to 2,147,483,647; 0 does not wait. Default 5,000. */
  timeout?: number
  /** MQTT 5: 0 (the default), or 0x04 to make the broker publish the will (3.14.2.1). */
  reasonCode?: 0 | 4
}
