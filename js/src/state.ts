import type { MqttError } from './errors.js'

/**
 * connecting -> connected | closed
 * connected -> reconnecting | closed
 * reconnecting -> connected | closed
 */
export type ConnectionState = 'connecting' | 'connected' | 'reconnecting' | 'closed'

/** Sent at every change, and within `connecting` and `reconnecting` at every attempt and every failure of one. */
export interface StateChange {
  readonly state: ConnectionState
  /** The broker that this is about. */
  readonly uri: string
  /** While an attempt is running: which one it is since the last stable connection, from 0. */
  readonly attempt: number | undefined
  /** Milliseconds to the next attempt, where one is waited for. */
  readonly retryIn: number | undefined
  /** Why the connection, or the last attempt, ended; undefined where nothing went wrong. */
  readonly error: MqttError | undefined
  /** When connected: whether the broker still had our session (MQTT 5.0, 3.2.2.1.1). */
  readonly sessionPresent: boolean
}

/** How a connection ended for good. */
export interface Closed {
  /** Why; undefined after `disconnect()`. */
  readonly error: MqttError | undefined
  /** QoS 1 and 2 messages that were not over, and messages that were still waiting. */
  readonly unfinished: number
}

/** Messages that are not over: waiting in the queue, or sent and not yet acknowledged. */
export interface Backlog {
  readonly messages: number
  readonly bytes: number
}

export interface ConnectionEvents {
  state: StateChange
  /**
   * What nobody else is told: what a handler threw, a message of `post()` that failed, a subscription that the broker
   * refused or took away. Without a listener it is reported as an uncaught exception.
   */
  error: unknown
  /** Every message that arrives, whatever subscription it is for. */
  message: import('./message.js').Message
  /** A subscription's buffer was full and lost a message. */
  overflow: import('./sink.js').Overflow
}
