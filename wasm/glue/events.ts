// The engine's events: rows of cells (boundary/events.ts) to handlers.
import {
  AuthenticationRow,
  CompletedRow,
  ConnectedFlag,
  ConnectedRow,
  ConnectingRow,
  DisconnectedFlag,
  DisconnectedRow,
  FailedRow,
  kindMask,
  MessageFlag,
  MessageRow,
  rowCells,
  RowKind,
  SubscriptionLostRow,
} from '../boundary/events.js'
import { ReasonCode } from '../boundary/engine.js'
import type { Properties } from '../wsmq.js'
import { askForAddress, askForAuthentication, askForCredentials } from './answers.js'
import { decodeText } from './bytes.js'
import { errorNumber, nameOfError } from './errors.js'
import { failureOf, outcomeOf } from './failure.js'
import { callHandler, type Link, links, reportThrown } from './link.js'
import { ArrivedMessage, largestKept } from './message.js'
import { forbiddenBy } from './policy.js'
import { decodeProperties } from './properties.js'
import { receivedChunk, restoreChunk } from './receive.js'
import { takeLastSocketError } from './socket.js'

/** Topics of arrived messages by their number; the engine says which are new. */
const arrivedTopics: string[] = []
export let topicEpoch = 0

/**
 * Handlers may do anything: memory may grow, so that views of it are looked up anew for each row, and the client may
 * be deleted, after which the rest is only searched for topics.
 * @returns whether calls are deferred to the end of the events
 */
export function dispatchEvents(connection: number, rows: number, count: number): boolean {
  const link = links.get(connection)!
  link.dispatch.isRunning = true
  for (let row = rows >>> 2, end = row + count * rowCells; row < end; row += rowCells) {
    if ((HEAPU32[row] & kindMask) === RowKind.message) dispatchMessage(link, row)
    else if (link.connection !== 0) dispatchOther(link, row)
  }
  return link.dispatch.endBatch()
}

function dispatchMessage(link: Link, row: number) {
  const flags = HEAPU32[row]
  const topicId = HEAPU32[row + MessageRow.topicId]
  if (flags & MessageFlag.newTopic) learnTopic(topicId, HEAPU32[row + MessageRow.topic], HEAPU32[row + MessageRow.topicSize])
  const { client } = link
  const handler = client.onMessageArrived
  if (typeof handler !== 'function' || link.connection === 0) return
  const chunk = flags & MessageFlag.inChunk ? receivedChunk : undefined
  if (chunk !== undefined && chunk.bytes.length === 0) restoreChunk(chunk)
  const start = HEAPU32[row + MessageRow.payload]
  const message = new ArrivedMessage(
    arrivedTopics[topicId],
    topicId,
    flags,
    chunk,
    chunk === undefined ? start : start - chunk.address,
    HEAPU32[row + MessageRow.payloadSize],
    HEAPU32[row + MessageRow.propertiesSize],
  )
  try {
    handler.call(client, message)
  } catch (thrown) {
    reportThrown(link, thrown)
  }
  if (chunk === undefined || chunk.bytes.length > largestKept) message.detach()
}

function learnTopic(id: number, address: number, length: number) {
  if (arrivedTopics[id] !== undefined) topicEpoch++
  arrivedTopics[id] = decodeText(HEAPU8, address, address + length)
}

function dispatchOther(link: Link, row: number) {
  const { client } = link
  const kind = (HEAPU32[row] & kindMask) as Exclude<RowKind, RowKind.message>
  switch (kind) {
    case RowKind.completed:
      return dispatchCompleted(link, row)
    case RowKind.failed:
      return dispatchFailed(link, HEAPU32[row + FailedRow.operation], HEAPU32[row + FailedRow.error])
    case RowKind.connecting:
      return dispatchConnecting(link, HEAPU32[row + ConnectingRow.attempt], HEAPU32[row + ConnectingRow.host])
    case RowKind.connected:
      return dispatchConnected(link, HEAPU32[row], rowProperties(row + ConnectedRow.properties))
    case RowKind.disconnected:
      return dispatchDisconnected(link, row)
    case RowKind.credentialsRequested:
      return askForCredentials(link)
    case RowKind.authentication:
      if ((HEAPU32[row + AuthenticationRow.reason] as ReasonCode) === ReasonCode.continueAuthentication)
        askForAuthentication(link, rowBytes(row + AuthenticationRow.data), rowProperties(row + AuthenticationRow.properties))
      return
    case RowKind.subscriptionLost: {
      const filter = rowText(row + SubscriptionLostRow.topicFilter)
      return callHandler(link, client.onSubscriptionLost, filter, HEAPU32[row + SubscriptionLostRow.reason])
    }
    case RowKind.queueDrained:
      return callHandler(link, client.onQueueDrained)
    default:
      return kind satisfies never
  }
}

function rowBytes(cell: number) {
  return HEAPU8.slice(HEAPU32[cell], HEAPU32[cell] + HEAPU32[cell + 1])
}

function rowText(cell: number) {
  return decodeText(HEAPU8, HEAPU32[cell], HEAPU32[cell] + HEAPU32[cell + 1])
}

function rowProperties(cell: number) {
  return decodeProperties(HEAPU8, HEAPU32[cell], HEAPU32[cell] + HEAPU32[cell + 1])
}

function dispatchCompleted(link: Link, row: number) {
  const id = HEAPU32[row + CompletedRow.operation]
  const reasonCode = HEAPU32[row + CompletedRow.reason]
  const operation = link.operations.get(id)
  if (operation === undefined) {
    const { onPublished } = link.client
    if (onPublished) callHandler(link, onPublished, id, reasonCode, rowProperties(row + CompletedRow.properties))
    return
  }
  link.operations.delete(id)
  const { kind, options } = operation
  const codes = rowBytes(row + CompletedRow.reasonCodes)
  const properties = rowProperties(row + CompletedRow.properties)
  const named = kind === 'subscribe' ? { grantedQos: codes } : { reasonCodes: codes }
  if (reasonCode < ReasonCode.unspecifiedError) return callHandler(link, options.onSuccess, { ...outcomeOf(options), ...named, properties })
  const failure = failureOf(0, reasonCode, properties.reasonString, properties)
  callHandler(link, options.onFailure, { ...outcomeOf(options), ...failure, ...named })
}

function dispatchFailed(link: Link, id: number, error: number) {
  const operation = link.operations.get(id)
  if (operation === undefined) return callHandler(link, link.client.onPublishFailed, id, nameOfError(error))
  link.operations.delete(id)
  callHandler(link, operation.options.onFailure, { ...outcomeOf(operation.options), ...failureOf(error, 0) })
}

function dispatchConnecting(link: Link, attempt: number, host: number) {
  const { client, options } = link
  const begin = () => callHandler(link, client.onConnecting, client.uri, attempt)
  link.attempt++
  link.cause = undefined
  const address = (options.uris ?? [link.uri])[host]
  if (typeof address === 'function') askForAddress(link, address, begin)
  else begin()
}

function dispatchConnected(link: Link, flags: number, properties: Properties) {
  const { client, options } = link
  const sessionPresent = (flags & ConnectedFlag.sessionPresent) !== 0
  const reconnected = (flags & ConnectedFlag.reconnected) !== 0
  link.cause = undefined
  if (link.connecting) {
    link.connecting = false
    callHandler(link, options.onSuccess, { ...outcomeOf(options), sessionPresent, properties })
  }
  if (link.connection !== 0) callHandler(link, client.onConnected, reconnected, client.uri, sessionPresent, properties)
}

/** @param error of wsmq::Errc */
function takeSocketError(error: number) {
  const socketError = takeLastSocketError()
  return socketError !== undefined && nameOfError(error).startsWith('transport') ? { socketError } : {}
}

function dispatchDisconnected(link: Link, row: number) {
  const { client, options } = link
  const flags = HEAPU32[row]
  const error = HEAPU32[row + DisconnectedRow.error]
  const reason = HEAPU32[row + DisconnectedRow.reason]
  const reconnect = (flags & DisconnectedFlag.reconnecting) !== 0
  const wasConnected = (flags & DisconnectedFlag.wasConnected) !== 0
  const failure = {
    ...failureOf(error, reason, rowText(row + DisconnectedRow.reasonString), rowProperties(row + DisconnectedRow.properties)),
    ...(error === 0 || wasConnected ? {} : whyFailed(link, error)),
    ...takeSocketError(error),
  }
  const loss = { ...failure, reconnect, retryIn: HEAPU32[row + DisconnectedRow.retryIn], wasConnected, uri: client.uri }
  link.attempt++
  if (link.connecting && !reconnect) {
    link.connecting = false
    const reported = error === 0 ? failureOf(errorNumber('stopped'), 0) : failure
    callHandler(link, options.onFailure, { ...outcomeOf(options), ...reported })
    // A connection that disconnect() ended is not lost; its end is reported all the same.
    if (error !== 0) return
  }
  callHandler(link, client.onConnectionLost, loss)
}

/** What the page knows about an attempt that failed. */
function whyFailed({ cause, client: { uri } }: Link, error: number) {
  if (cause !== undefined) return { errorMessage: `${Module.describeError(error)}: ${cause}`, cause }
  const directive = nameOfError(error) === 'transport_failed' ? forbiddenBy(uri) : undefined
  return directive === undefined ? {} : { forbiddenBy: directive }
}
