import type { MqttError } from './errors.js'

/**
 * connecting -> connected | closed
 * connected -> reconnecting | closed
 * reconnecting -> connected | closed
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'closed'

/** Emitted at every change of the state, and at each attempt to connect and each failure of one. */
export interface StateChange {
  readonly state: ConnectionState
  /** The address of the broker, whole: it may contain a token. */
  readonly uri: string
  /** During an attempt: its number since the last stable connection, from 0. */
  readonly attempt: number | undefined
  /** Milliseconds until the next attempt, if there is one. */
  readonly retryIn: number | undefined
  /** Why the connection, or the last attempt, ended; undefined if nothing failed. */
  readonly error: MqttError | undefined
  /** When connected: whether the broker resumed the session (MQTT 5.0, 3.2.2.1.1). */
  readonly sessionPresent: boolean
}

/** How a connection ended for good. */
export interface Closed {
  /** Why; undefined after `disconnect()`. */
  readonly error: MqttError | undefined
  /** The number of QoS 1 and 2 messages without acknowledgement, and of queued messages. */
  readonly unfinished: number
}

/** Messages that are queued, or sent and not yet acknowledged. */
export interface Backlog {
  readonly messages: number
  readonly bytes: number
}

export interface ConnectionEvents {
  state: StateChange
  /**
   * Errors that no promise reports: what a handler threw, a message of `post()` that failed, a subscription that the
   * broker refused or did not renew. Without a listener it is thrown as an uncaught exception.
   */
  error: unknown
  /** Every message that arrives, for whichever subscription. */
  message: import('./message.js').Message
  /**
   * With an outbox: the broker has acknowledged a message of an earlier page. One that was given up is an `error` event, a
   * {@link PublishError}; so is `outbox_failed`, where messages cannot be stored.
   */
  delivered: import('./outbox/events.js').Delivered
  /** A subscription's buffer was full and dropped a message. */
  overflow: import('./subscriber.js').Overflow
}
