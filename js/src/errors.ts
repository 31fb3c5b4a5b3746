/**
 * What went wrong, for programs. From `publish_refused` to `outbox_in_use` the codes are this API's, as `invalid_json` is;
 * from `request_timed_out` on, those of `websocket-mq/webapp`; all others are the engine's.
 */
export type ErrorCode =
  | 'malformed_packet'
  | 'protocol_error'
  | 'packet_too_large'
  | 'receive_maximum_exceeded'
  | 'topic_alias_invalid'
  | 'invalid_topic'
  | 'invalid_utf8'
  | 'invalid_character'
  | 'invalid_property'
  | 'invalid_argument'
  | 'invalid_json'
  | 'not_supported'
  | 'not_started'
  | 'not_connected'
  | 'queue_full'
  | 'packet_identifiers_exhausted'
  | 'cancelled'
  | 'stopped'
  | 'session_lost'
  | 'broker_closed'
  | 'expired'
  | 'transport_failed'
  | 'transport_closed'
  | 'connect_timed_out'
  | 'keep_alive_timed_out'
  | 'credentials_failed'
  | 'connection_refused'
  | 'disconnected_by_broker'
  | 'authentication_failed'
  | 'taken_over'
  | 'publish_refused'
  | 'subscribe_refused'
  | 'unsubscribe_refused'
  | 'closed'
  | 'load_failed'
  | 'outbox_failed'
  | 'outbox_in_use'
  | 'request_timed_out'
  | 'no_responder'
  | 'request_cancelled'
  | 'stream_incomplete'
  | 'remote_error'
  | 'bad_response'
  | 'invalid_name'

/** The base class of all errors of this package. The message says what happened and what to do about it. */
export class MqttError extends Error {
  /** For programs; the message is for people and may change. */
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  override get name(): string {
    return 'MqttError'
  }
}

/** An error for which the broker may have given a reason. */
export class ReasonError extends MqttError {
  /** The broker's reason code (MQTT 5.0, 2.4; return codes of MQTT 3 are mapped to these); 0 if it gave none. */
  readonly reasonCode: number
  /** The broker's reason string, if it sent one (MQTT 5). */
  readonly reasonString: string | undefined

  constructor(code: ErrorCode, message: string, reasonCode = 0, reasonString?: string, options?: ErrorOptions) {
    super(code, message, options)
    this.reasonCode = reasonCode
    this.reasonString = reasonString
  }

  override get name(): string {
    return 'ReasonError'
  }
}

/** The broker answered CONNECT with a refusal (MQTT 5.0, 3.2.2.2). */
export class ConnectionRefusedError extends ReasonError {
  /** True if the broker will most likely refuse the same options again: ask the user for others. */
  readonly fatal: boolean

  constructor(message: string, reasonCode: number, reasonString: string | undefined, fatal: boolean) {
    super('connection_refused', message, reasonCode, reasonString)
    this.fatal = fatal
  }

  override get name(): string {
    return 'ConnectionRefusedError'
  }
}

/** No broker could be reached: check the address, the network, TLS and proxies. */
export class ConnectionFailedError extends MqttError {
  constructor(message: string, options?: ErrorOptions) {
    super('transport_failed', message, options)
  }

  override get name(): string {
    return 'ConnectionFailedError'
  }
}

/** The broker did not accept the connection within `connectTimeout`. */
export class ConnectTimeoutError extends MqttError {
  constructor(message: string) {
    super('connect_timed_out', message)
  }

  override get name(): string {
    return 'ConnectTimeoutError'
  }
}

/** The credentials function or the enhanced authentication (MQTT 5.0, 4.12) failed. `cause` is what was thrown. */
export class AuthenticationError extends ReasonError {
  override get name(): string {
    return 'AuthenticationError'
  }
}

/** An established connection ended. */
export class ConnectionLostError extends ReasonError {
  override get name(): string {
    return 'ConnectionLostError'
  }
}

/** A message was refused by the broker, or was not delivered for another reason. */
export class PublishError extends ReasonError {
  /** The topic of the message; undefined for a message of `post()`. */
  readonly topic: string | undefined

  constructor(code: ErrorCode, message: string, topic?: string, reasonCode = 0, reasonString?: string) {
    super(code, message, reasonCode, reasonString)
    this.topic = topic
  }

  override get name(): string {
    return 'PublishError'
  }
}

/** The broker's answer for one topic filter. */
export interface FilterResult {
  readonly filter: string
  /** 0 to 2: the granted QoS; 0x80 and above: refused (MQTT 5.0, 3.9.3). */
  readonly reasonCode: number
}

/** A subscription failed. If one of its filters is refused, none of them stays subscribed. */
export class SubscribeError extends MqttError {
  /** One entry for each filter, in their order; empty if the broker did not answer. */
  readonly results: readonly FilterResult[]

  constructor(code: ErrorCode, message: string, results: readonly FilterResult[] = [], options?: ErrorOptions) {
    super(code, message, options)
    this.results = results
  }

  override get name(): string {
    return 'SubscribeError'
  }
}

/** An argument or an option is not valid; nothing was sent. */
export class InvalidArgumentError extends MqttError {
  constructor(message: string, code: ErrorCode = 'invalid_argument') {
    super(code, message)
  }

  override get name(): string {
    return 'InvalidArgumentError'
  }
}

/** A bounded queue is full: await `drained()`, or choose another `whenBlocked`. */
export class QueueFullError extends MqttError {
  constructor(message: string) {
    super('queue_full', message)
  }

  override get name(): string {
    return 'QueueFullError'
  }
}
