import { MqttError } from '../errors.js'
import type { ErrorCode } from '../errors.js'

/** A request that was not answered with a result. */
export class RequestError extends MqttError {
  /** The service, or the uid of the peer, that was asked. */
  readonly target: string
  readonly method: string

  constructor(code: ErrorCode, message: string, target: string, method: string) {
    super(code, message)
    this.target = target
    this.method = method
  }

  override get name(): string {
    return 'RequestError'
  }
}

/** Nobody answered within the time limit. Whoever was at work on it has been told to stop. */
export class RequestTimeoutError extends RequestError {
  constructor(target: string, method: string) {
    super('request_timed_out', `${target} did not answer ${method} in time. Raise timeout, or look whether it is busy.`, target, method)
  }

  override get name(): string {
    return 'RequestTimeoutError'
  }
}

/** There is nobody to ask: no instance of the service is running, or the peer is gone. */
export class NoResponderError extends RequestError {
  constructor(target: string, method: string) {
    super('no_responder', `Nobody is there to answer ${method} for ${target}.`, target, method)
  }

  override get name(): string {
    return 'NoResponderError'
  }
}

/** The responder gave the request up, or this webapp left. What the caller's own signal ends rejects with its reason instead. */
export class RequestCancelledError extends RequestError {
  constructor(target: string, method: string, message = `The request ${method} to ${target} was cancelled.`) {
    super('request_cancelled', message, target, method)
  }

  override get name(): string {
    return 'RequestCancelledError'
  }
}

/** A stream of progress with a gap: items were lost on the way, or came too late to be read. Its result is not to be relied on. */
export class StreamError extends RequestError {
  constructor(target: string, method: string, message = `Progress of ${method} from ${target} was lost on the way.`) {
    super('stream_incomplete', message, target, method)
  }

  override get name(): string {
    return 'StreamError'
  }
}

/** There is no connection, and none came within the time limit. */
export class NotConnectedError extends MqttError {
  constructor(message = 'There is no connection to the broker.') {
    super('not_connected', message)
  }

  override get name(): string {
    return 'NotConnectedError'
  }
}

/** A name that cannot stand in a topic, or is not allowed where it stands; nothing was sent. */
export class InvalidNameError extends MqttError {
  constructor(message: string) {
    super('invalid_name', message)
  }

  override get name(): string {
    return 'InvalidNameError'
  }
}

/** Codes of JSON-RPC 2.0 and of the convention; an application's own are positive. */
export const remoteCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  timedOut: -32001,
  noResponder: -32002,
  cancelled: -32003,
  overloaded: -32004,
} as const

/**
 * The error that the responder answered with. A handler of `expose()` throws it to answer so:
 *
 * ```ts
 * throw new RemoteError(17, 'Sold out', { left: 0 })
 * ```
 */
export class RemoteError extends MqttError {
  /** A positive number of the application's, or one of {@link remoteCodes}. */
  readonly remoteCode: number
  /** What came with it. Of a type that is between the two ends, unchecked. */
  readonly data: unknown

  constructor(remoteCode: number, message: string, data?: unknown) {
    super('remote_error', message)
    this.remoteCode = remoteCode
    this.data = data
  }

  override get name(): string {
    return 'RemoteError'
  }
}
