// Turns what the module reports into the errors that users see, each with what to do about it.
import {
  AuthenticationError,
  ConnectionFailedError,
  ConnectionLostError,
  ConnectionRefusedError,
  ConnectTimeoutError,
  type ErrorCode,
  type FilterResult,
  InvalidArgumentError,
  MqttError,
  PublishError,
  QueueFullError,
  SubscribeError,
} from './errors.js'
import type { Failure } from './module.js'
import { shownUri } from './shown-uri.js'
import { unreachable } from './unreachable.js'

export type DescribeReason = (reasonCode: number) => string

const REASON_ADVICE: Record<number, string> = {
  0x84: 'Set protocolVersion to 4 or 3.',
  0x85: 'Choose another clientId.',
  0x86: 'Check the user name and the password.',
  0x87: "Check the user's rights on the broker.",
  0x88: 'Try again later.',
  0x89: 'Try again later.',
  0x8e: 'Another client has connected with the same clientId: give each its own.',
  0x8f: 'The broker does not take this topic filter.',
  0x90: 'The broker does not take this topic name.',
  0x95: 'Send less, or raise the maximum packet size of the broker.',
  0x97: 'A quota of the broker is used up.',
  0x9a: 'The broker keeps no retained messages: leave retain off.',
  0x9b: 'The broker does not offer this QoS: use a lower one.',
  0x9c: 'Connect to the server that the broker names.',
  0x9d: 'Connect to the server that the broker names.',
  0x9e: 'The broker has no shared subscriptions.',
  0xa2: 'The broker takes no wildcards.',
}

const LOST: Partial<Record<ErrorCode, string>> = {
  transport_closed:
    'The connection to the broker was closed. Look at the network, at proxies in between, and for another client with the same clientId.',
  transport_failed: 'The connection to the broker broke.',
  keep_alive_timed_out: 'The broker fell silent: no answer within the keep-alive time. Look at the network.',
  taken_over:
    'The broker closes one connection after another soon after it accepts them: most likely another client uses the same clientId. Give each its own, and look at proxies in between.',
  session_lost: 'Another client with the same clientId has taken the session over.',
  packet_too_large: 'A packet exceeded the maximum packet size: raise maximumPacketSize, or send less.',
  malformed_packet: 'The broker sent bytes that are not MQTT. Look at the address and at what stands in between.',
  protocol_error: 'The broker broke the MQTT protocol.',
}

const INVALID: Partial<Record<ErrorCode, string>> = {
  invalid_topic: 'This is no valid topic: 1 to 65,535 bytes of UTF-8, wildcards only in filters (MQTT 5.0, 4.7).',
  invalid_utf8: 'The text is not valid Unicode, or holds U+0000. Use bytes for anything else.',
  invalid_character:
    'The text holds a control character (U+0001 to U+001F, U+007F to U+009F) or a noncharacter, over which brokers may close the connection (MQTT 5.0, 1.5.4). Take it out, or send it in the payload.',
  invalid_property: 'A property is not allowed here, is set twice, or has a value out of range (MQTT 5.0, 2.2.2.2).',
  invalid_argument: 'An argument is out of its range.',
}

/** An attempt to connect that failed, or a connection that was lost. */
export function connectionError(
  failure: Failure,
  uri: string,
  describe: DescribeReason,
  wasConnected: boolean,
  isFinalRefusal: (reasonCode: number) => boolean = () => false,
): MqttError {
  const code = failure.error as ErrorCode
  const { reasonCode, reasonString, cause, forbiddenBy } = failure
  const broker = shownUri(uri)
  const options = cause === undefined ? undefined : { cause }
  switch (code) {
    case 'connection_refused':
      return new ConnectionRefusedError(
        `The broker at ${broker} refused the connection: ${reasonText(failure, describe)}`,
        reasonCode,
        reasonString,
        isFinalRefusal(reasonCode),
      )
    case 'connect_timed_out':
      if (cause !== undefined)
        return new ConnectTimeoutError('The function that gives the address did not answer in time: look at it, or raise connectTimeout.')
      return new ConnectTimeoutError(`No answer from the broker at ${broker} in time. Check the address, or raise connectTimeout.`)
    case 'credentials_failed':
      return new AuthenticationError(code, 'The credentials function failed: see the cause.', 0, undefined, options)
    case 'authentication_failed':
      return new AuthenticationError(
        code,
        `The authentication failed: ${reasonCode === 0 ? 'see the cause.' : reasonText(failure, describe)}`,
        reasonCode,
        reasonString,
        options,
      )
    case 'disconnected_by_broker':
      return new ConnectionLostError(code, `The broker ended the connection: ${reasonText(failure, describe)}`, reasonCode, reasonString)
    case 'transport_failed':
    case 'transport_closed':
      if (cause !== undefined) return new ConnectionFailedError('The function that gives the address failed: see the cause.', options)
      if (forbiddenBy !== undefined)
        return new ConnectionFailedError(
          `The page's Content-Security-Policy forbids the connection: add ${new URL(uri).origin} to its ${forbiddenBy}.`,
        )
      if (!wasConnected) return unreachable(uri, failure.socketError)
  }
  if (INVALID[code] !== undefined || code === 'not_supported') return callError(code, failure.errorMessage)
  const { socketError } = failure
  const text = LOST[code] ?? `The connection ended: ${failure.errorMessage}.`
  return new ConnectionLostError(code, text, reasonCode, reasonString, socketError === undefined ? undefined : { cause: socketError })
}

/** What a call into the module threw. Anything that is not the module's own error stays as it is. */
export function thrownError(thrown: unknown): unknown {
  if (thrown instanceof MqttError || (thrown as Partial<Error> | null | undefined)?.name !== 'MqttError') return thrown
  const { code, message } = thrown as Error & { code: ErrorCode }
  return callError(code, message)
}

/** Refused where it stands, without asking the broker. */
export function callError(code: ErrorCode, detail: string): MqttError {
  const invalid = INVALID[code]
  if (invalid !== undefined) return new InvalidArgumentError(detail ? `${invalid} (${detail})` : invalid, code)
  switch (code) {
    case 'queue_full':
      return new QueueFullError('The queue is full: await drained(), or choose another whenBlocked.')
    case 'not_connected':
      return new MqttError(code, "There is no connection now, and whenBlocked is 'fail'.")
    case 'not_supported':
      return new MqttError(code, `The broker, or this protocol version, does not offer this: look at negotiated. (${detail})`)
    case 'packet_too_large':
      return new MqttError(code, 'The message is larger than the broker takes: see negotiated.maximumPacketSize.')
    default:
      return new MqttError(code, detail || code)
  }
}

const GIVEN_UP: Partial<Record<ErrorCode, string>> = {
  queue_full: 'dropped to make room in the queue',
  cancelled: 'cancelled',
  stopped: 'the connection was ended before the broker answered',
  session_lost: 'the broker lost the session before it answered',
  packet_too_large: 'larger than the broker takes',
  broker_closed:
    'the broker closes every connection on which it is sent this, and does not say why. Look at its log, and at its limits: length and levels of the topic, packet size, rights',
  expired: 'its messageExpiryInterval passed before it could be sent',
}

/** A publish that ended without the broker's answer. */
export function publishFailed(code: ErrorCode, topic?: string): PublishError {
  const why = GIVEN_UP[code] ?? code
  return new PublishError(code, `The message${topic === undefined ? '' : ` to ${topic}`} was not delivered: ${why}.`, topic)
}

/** A publish that the broker refused. */
export function publishRefused(
  reasonCode: number,
  reasonString: string | undefined,
  describe: DescribeReason,
  topic?: string,
): PublishError {
  const text = reasonText({ reasonCode, reasonString }, describe)
  return new PublishError(
    'publish_refused',
    `The broker refused the message${topic === undefined ? '' : ` to ${topic}`}: ${text}`,
    topic,
    reasonCode,
    reasonString,
  )
}

/** A subscribe that failed: refused, or given up before the broker answered. */
export function subscribeError(failure: Failure, results: readonly FilterResult[], describe: DescribeReason): SubscribeError {
  const refused = results.filter((result) => result.reasonCode >= 0x80)
  if (refused.length === 0)
    return new SubscribeError(
      failure.error as ErrorCode,
      `The subscription was given up: ${failure.errorMessage || failure.error}.`,
      results,
    )
  const text = refused
    .map(({ filter, reasonCode }) => `${filter}: ${reasonText({ reasonCode, reasonString: failure.reasonString }, describe)}`)
    .join(' ')
  return new SubscribeError('subscribe_refused', `The broker refused the subscription. ${text}`, results)
}

function reasonText(reason: { reasonCode: number; reasonString?: string | undefined }, describe: DescribeReason): string {
  const { reasonCode, reasonString } = reason
  const said = reasonString ? `, "${reasonString}"` : ''
  const advice = REASON_ADVICE[reasonCode]
  return `${describe(reasonCode)} (0x${reasonCode.toString(16).padStart(2, '0')})${said}.${advice === undefined ? '' : ` ${advice}`}`
}
