// The errors that users see, made from what the module reports: what happened, in the module's words where they fit, and
// what to do about it.
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
import type { Failure, Module } from './module.js'
import { redactedUri } from './redacted-uri.js'
import { unreachable } from './unreachable.js'

export type DescribeReason = Module['describeReason']

interface Reason {
  reasonCode: number
  reasonString?: string | undefined
}

const OWN_CLIENT_ID = 'Give each client its own clientId.'

/** By the broker's reason code. Those that have none say it all in their description. */
const REASON_ADVICE: Partial<Record<number, string>> = {
  0x84: 'Set protocolVersion to 4 or 3.',
  0x85: 'Choose another clientId.',
  0x86: 'Check the user name and the password.',
  0x87: "Check the user's rights on the broker.",
  0x88: 'Try again later.',
  0x89: 'Try again later.',
  0x8e: OWN_CLIENT_ID,
  0x95: "Send less, or raise the broker's maximum packet size.",
  0x9a: 'Leave retain off.',
  0x9b: 'Use a lower QoS.',
  0x9c: 'Connect to the server that the broker names.',
  0x9d: 'Connect to the server that the broker names.',
}

/** By error code, after the module's own sentence. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  transport_closed: 'Check the network, proxies, and whether another client uses the same clientId.',
  keep_alive_timed_out: 'Check the network.',
  taken_over: OWN_CLIENT_ID,
  malformed_packet: 'Check the address, and proxies.',
  packet_too_large: 'See negotiated.maximumPacketSize.',
  invalid_topic: 'A topic has 1 to 65,535 bytes of UTF-8, and wildcards only in a filter (MQTT 5.0, 4.7).',
  invalid_utf8: 'Text is Unicode without U+0000: send anything else as bytes.',
  invalid_character: 'Remove it, or send it in the payload (MQTT 5.0, 1.5.4).',
  invalid_property: 'Check its name and its range (MQTT 5.0, 2.2.2.2).',
  queue_full: 'Await drained(), or choose another whenBlocked.',
  not_connected: "Wait for a connection, or choose another whenBlocked than 'fail'.",
  not_supported: 'See negotiated and protocolVersion.',
}

/** Of a lost connection, where the module's sentence is about something else. */
const LOST: Partial<Record<ErrorCode, string>> = {
  transport_failed: 'The connection to the broker broke. Check the network.',
  session_lost: `Another client with the same clientId took over the session. ${OWN_CLIENT_ID}`,
  packet_too_large: 'The broker sent a packet larger than maximumPacketSize: raise it.',
}

/** Of a message, for which the module reports the code alone. */
const NOT_DELIVERED: Partial<Record<ErrorCode, string>> = {
  queue_full: 'it was dropped because the queue was full',
  cancelled: 'it was cancelled',
  stopped: 'the connection was ended before the broker answered',
  session_lost: 'the broker lost the session before it answered',
  packet_too_large: 'it is larger than the broker accepts',
  broker_closed: 'the broker closes every connection on which it receives this. Look at its log, and at its limits and access rules',
  expired: 'its messageExpiryInterval passed before it could be sent',
}

/** An attempt to connect that failed, or a connection that was lost. */
export function connectionError(
  failure: Failure,
  uri: string,
  wasConnected: boolean,
  module: Pick<Module, 'describeReason' | 'isFinalRefusal'>,
): MqttError {
  const describe: DescribeReason = (reasonCode) => module.describeReason(reasonCode)
  const code = failure.error as ErrorCode
  const { reasonCode, reasonString, cause, forbiddenBy, socketError } = failure
  const broker = redactedUri(uri)
  const options = withCause(cause)
  switch (code) {
    case 'connection_refused':
      return new ConnectionRefusedError(
        `The broker at ${broker} refused the connection: ${reasonText(failure, describe)}`,
        reasonCode,
        reasonString,
        module.isFinalRefusal(reasonCode),
      )
    case 'connect_timed_out':
      return new ConnectTimeoutError(
        cause === undefined
          ? `The broker at ${broker} did not answer in time. Check the address, or raise connectTimeout.`
          : 'The address function did not answer in time. Check it, or raise connectTimeout.',
      )
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
      if (cause !== undefined) return new ConnectionFailedError('The address function failed: see the cause.', options)
      if (forbiddenBy !== undefined)
        return new ConnectionFailedError(
          `The page's Content-Security-Policy forbids the connection: add ${new URL(uri).origin} to its ${forbiddenBy}.`,
        )
      if (!wasConnected) return unreachable(uri, socketError)
  }
  if (isInvalid(code) || code === 'not_supported') return callError(code, failure.errorMessage)
  return new ConnectionLostError(code, LOST[code] ?? advised(code, failure.errorMessage), reasonCode, reasonString, withCause(socketError))
}

/** What a call into the module threw. Anything that is not the module's own error stays as it is. */
export function thrownError(thrown: unknown): unknown {
  if (thrown instanceof MqttError || (thrown as Partial<Error> | null | undefined)?.name !== 'MqttError') return thrown
  const { code, message } = thrown as Error & { code: ErrorCode }
  return callError(code, message)
}

/** A call that was refused without asking the broker. `sentence` says what happened. */
export function callError(code: ErrorCode, sentence: string): MqttError {
  const text = advised(code, sentence)
  if (isInvalid(code)) return new InvalidArgumentError(text, code)
  return code === 'queue_full' ? new QueueFullError(text) : new MqttError(code, text)
}

/** A publish that ended without the broker's answer. */
export function publishFailed(code: ErrorCode, topic?: string): PublishError {
  return new PublishError(code, `The message${to(topic)} was not delivered: ${NOT_DELIVERED[code] ?? code}.`, topic)
}

/** A publish that the broker refused. */
export function publishRefused(
  reasonCode: number,
  reasonString: string | undefined,
  describe: DescribeReason,
  topic?: string,
): PublishError {
  const text = `The broker refused the message${to(topic)}: ${reasonText({ reasonCode, reasonString }, describe)}`
  return new PublishError('publish_refused', text, topic, reasonCode, reasonString)
}

/** A subscribe that failed: refused, or given up before the broker answered. */
export function subscribeError(failure: Failure, results: readonly FilterResult[], describe: DescribeReason): SubscribeError {
  const { error, errorMessage, reasonString } = failure
  const refused = results.filter(({ reasonCode }) => reasonCode >= 0x80)
  if (refused.length === 0) return new SubscribeError(error as ErrorCode, `The subscription failed: ${errorMessage || error}.`, results)
  const text = refused.map(({ filter, reasonCode }) => `${filter}: ${reasonText({ reasonCode, reasonString }, describe)}`).join(' ')
  return new SubscribeError('subscribe_refused', `The broker refused the subscription. ${text}`, results)
}

/** An unsubscribe that the broker refused, or over which it closed the connection. */
export function unsubscribeRefused(failure: Failure, filters: readonly string[], describe: DescribeReason): MqttError {
  const { error, errorMessage, reasonCode } = failure
  const why = reasonCode >= 0x80 ? reasonText(failure, describe) : advised(error as ErrorCode, errorMessage)
  return new MqttError('unsubscribe_refused', `The broker refused to unsubscribe ${filters.join(', ')}: ${why}`)
}

/** As MQTT writes reason codes: `0x87`. */
export function hex(reasonCode: number): string {
  return `0x${reasonCode.toString(16).padStart(2, '0')}`
}

function isInvalid(code: ErrorCode): boolean {
  return code.startsWith('invalid_')
}

function withCause(cause: unknown): ErrorOptions | undefined {
  return cause === undefined ? undefined : { cause }
}

function to(topic: string | undefined): string {
  return topic === undefined ? '' : ` to ${topic}`
}

/** What happened, and what to do about it where that is known. */
function advised(code: ErrorCode, sentence: string): string {
  return [(sentence || code).replace(/[^.)]$/, '$&.'), ADVICE[code] ?? []].flat().join(' ')
}

function reasonText({ reasonCode, reasonString }: Reason, describe: DescribeReason): string {
  const said = reasonString ? `, "${reasonString}"` : ''
  const advice = REASON_ADVICE[reasonCode]
  return `${describe(reasonCode)} (${hex(reasonCode)})${said}.${advice === undefined ? '' : ` ${advice}`}`
}
