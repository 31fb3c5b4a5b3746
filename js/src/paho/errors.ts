// The codes and texts of mqttws31.js, which applications compare.
import type { Properties } from '../module.js'

const TEXTS = {
  OK: [0, 'AMQJSC0000I OK.'],
  CONNECT_TIMEOUT: [1, 'AMQJSC0001E Connect timed out.'],
  SUBSCRIBE_TIMEOUT: [2, 'AMQJS0002E Subscribe timed out.'],
  UNSUBSCRIBE_TIMEOUT: [3, 'AMQJS0003E Unsubscribe timed out.'],
  PING_TIMEOUT: [4, 'AMQJS0004E Ping timed out.'],
  INTERNAL_ERROR: [5, 'AMQJS0005E Internal error. Error Message: {0}, Stack trace: {1}'],
  CONNACK_RETURNCODE: [6, 'AMQJS0006E Bad Connack return code:{0} {1}.'],
  SOCKET_ERROR: [7, 'AMQJS0007E Socket error:{0}.'],
  SOCKET_CLOSE: [8, 'AMQJS0008I Socket closed.'],
  MALFORMED_UTF: [9, 'AMQJS0009E Malformed UTF data:{0} {1} {2}.'],
  UNSUPPORTED: [10, 'AMQJS0010E {0} is not supported by this browser.'],
  INVALID_STATE: [11, 'AMQJS0011E Invalid state {0}.'],
  INVALID_TYPE: [12, 'AMQJS0012E Invalid type {0} for {1}.'],
  INVALID_ARGUMENT: [13, 'AMQJS0013E Invalid argument {0} for {1}.'],
  UNSUPPORTED_OPERATION: [14, 'AMQJS0014E Unsupported operation.'],
  INVALID_STORED_DATA: [15, 'AMQJS0015E Invalid data in local storage key={0} value={1}.'],
  INVALID_MQTT_MESSAGE_TYPE: [16, 'AMQJS0016E Invalid MQTT message type {0}.'],
  MALFORMED_UNICODE: [17, 'AMQJS0017E Malformed Unicode string:{0} {1}.'],
  BUFFER_FULL: [18, 'AMQJS0018E Message buffer is full, maximum buffer size: {0}.'],
} as const satisfies Record<string, readonly [number, string]>

export type ErrorName = keyof typeof TEXTS

export interface ErrorDetails {
  errorCode: number
  errorMessage: string
  /** The next three with MQTT 5 only, if the broker sent them. */
  reasonCode?: number
  reasonString?: string
  properties?: Properties
}

export function text(name: ErrorName, ...values: unknown[]): string {
  return TEXTS[name][1].replace(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]))
}

/** The code and the text that callbacks receive. */
export function errorDetails(name: ErrorName, ...values: unknown[]): ErrorDetails {
  return { errorCode: TEXTS[name][0], errorMessage: text(name, ...values) }
}

/** A plain Error with the text, which calls throw. */
export function error(name: ErrorName, ...values: unknown[]): Error {
  return new Error(text(name, ...values))
}
