import { MqttError } from '../errors.js'
import type { ErrorCode } from '../errors.js'

/** A request that was not answered with a result. */
export class RequestError extends MqttError {
  /** The service, or the uid of the peer, to which it was sent. */
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

/** There was no answer within `timeout`. The responder was asked to stop. */
export class RequestTimeoutError extends RequestError {
  constructor(target: string, method: string) {
    super(
      'request_timed_out',
      `${target} did not answer ${method} in time. Raise timeout, or check whether it is overloaded.`,
      target,
      method,
    )
  }

  override get name(): string {
    return 'RequestTimeoutError'
  }
}

/** No instance of the service is running, or the peer is offline. */
export class NoResponderError extends RequestError {
  constructor(target: string, method: string) {
    super('no_responder', `There is no responder for ${method} at ${target}: check that it is running.`, target, method)
  }

  override get name(): string {
    return 'NoResponderError'
  }
}

/** The request was cancelled by `cancel()`, by the responder, or by `leave()`. A signal rejects with its own reason instead. */
export class RequestCancelledError extends RequestError {
  constructor(target: string, method: string, message = `The request ${method} to ${target} was cancelled.`) {
    super('request_cancelled', message, target, method)
  }

  override get name(): string {
    return 'RequestCancelledError'
  }
}

/** Items of progress were lost, so that the result may be incomplete too. */
export class StreamError extends RequestError {
  constructor(
    target: string,
    method: string,
    message = `Items of progress of ${method} from ${target} were lost: send the request again.`,
  ) {
    super('stream_incomplete', message, target, method)
  }

  override get name(): string {
    return 'StreamError'
  }
}

/** There is no connection, and none was made within `timeout`. */
export class NotConnectedError extends MqttError {
  constructor(message = 'There is no connection to the broker: wait until state is connected.') {
    super('not_connected', message)
  }

  override get name(): string {
    return 'NotConnectedError'
  }
}

/** A name cannot be part of a topic, or is not allowed here; nothing was sent. */
export class InvalidNameError extends MqttError {
  constructor(message: string) {
    super('invalid_name', message)
  }

  override get name(): string {
    return 'InvalidNameError'
  }
}

/** Codes of JSON-RPC 2.0 and of the convention; those of applications are positive. */
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
 * The responder's answer is an error. A handler of `expose()` throws this to answer with one:
 *
 * ```ts
 * throw new RemoteError(17, 'Sold out', { left: 0 })
 * ```
 */
export class RemoteError extends MqttError {
  /** A positive number that the application defines, or one of {@link remoteCodes}. */
  readonly remoteCode: number
  /** Further data, of a type that the two applications agree on; unchecked. */
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
