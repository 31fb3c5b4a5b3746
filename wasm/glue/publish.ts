// The hot path: a topic becomes a number, a payload is written where C++ reads it.
import { firstFailure, PublishFlag, scratchSize, topicHandles } from '../boundary/calls.js'
import { whenBlockedNames } from '../boundary/engine.js'
import type { Payload, Properties, PublishOptions } from '../wsmq.js'
import { bytesOf, checkText, hasLoneSurrogate, passArguments, textEncoder } from './bytes.js'
import { errorNumber, MqttError, mqttError, operationOrThrow, refuse } from './errors.js'
import { type Link, scheduleFlush } from './link.js'
import { encodeProperties } from './properties.js'

const longestKnownTopic = 512
const scratch = _wsmq_scratch()
/** From here on a payload is written straight into its place in the packet. */
const largePayload = 16 * 1024

const invalidTopic = errorNumber('invalid_topic')

const handleOfTopic: Map<string, number> = new Map()
const topicOfHandle: string[] = []
let nextHandle = 0
let lastTopic = ''
let lastHandle = -1

function topicHandle(topic: string): number {
  if (topic === lastTopic && lastHandle >= 0) return lastHandle
  const handle = handleOfTopic.get(topic) ?? newTopicHandle(topic)
  lastTopic = topic
  lastHandle = handle
  return handle
}

function newTopicHandle(topic: string): number {
  if (typeof topic !== 'string') refuse(`A topic must be a string, not ${typeof topic}.`)
  const isKept = topic.length <= longestKnownTopic
  const handle = isKept ? nextHandle : topicHandles
  const { read, written } = textEncoder.encodeInto(topic, HEAPU8.subarray(scratch, scratch + scratchSize))
  const error = read < topic.length || hasLoneSurrogate(topic) ? invalidTopic : setTopic(handle, written)
  if (error !== 0) {
    const shown = topic.length > 80 ? `${topic.slice(0, 80)}…` : topic
    throw error === invalidTopic ? new MqttError('invalid_topic', `"${shown}" is no topic name.`) : mqttError(error, `"${shown}"`)
  }
  if (!isKept) return handle
  const former = topicOfHandle[handle]
  if (former !== undefined) handleOfTopic.delete(former)
  nextHandle = (nextHandle + 1) % topicHandles
  topicOfHandle[handle] = topic
  handleOfTopic.set(topic, handle)
  return handle
}

/**
 * The handle may be that of the last topic, which it does not mean any more.
 * @returns 0, or an error
 */
function setTopic(handle: number, size: number): number {
  const error = _wsmq_set_topic(handle, size)
  if (error === 0) lastHandle = -1
  return error
}

export function publishFlags({ qos = 0, retain = false, whenBlocked = 'wait' }: PublishOptions): number {
  if (qos !== 0 && qos !== 1 && qos !== 2) refuse('qos is 0, 1 or 2.')
  const blocked = whenBlockedNames.indexOf(whenBlocked)
  if (blocked < 0) refuse(`whenBlocked is one of ${whenBlockedNames.join(', ')}.`)
  return qos | (retain ? PublishFlag.retain : 0) | (blocked << PublishFlag.whenBlockedShift)
}

/**
 * Text up to this length is written by a loop; the browser's own way costs as much as this many characters.
 */
const loopedText = 96
const loopedBytes = 16

export function publishNow(link: Link, topic: string, payload: Payload, flags: number, properties: Properties | undefined): number {
  if (link.dispatch.isStopping)
    throw new MqttError(flags & PublishFlag.mustBeConnected ? 'not_connected' : 'not_started', 'The client is disconnecting.')
  const handle = topicHandle(topic)
  // From here on nothing else uses the scratch buffer.
  let size = -1
  if (typeof payload === 'string') size = writeText(payload)
  else if (payload instanceof Uint8Array && payload.length < largePayload) size = writeBytes(payload)
  if (size < 0 || properties !== undefined) return publishRare(link, handle, topic, payload, flags, properties)
  const operation = _wsmq_publish(link.connection, handle, size, flags, 0) >>> 0
  if (operation >= firstFailure) throw mqttError(operation & 0xff, `Publishing to "${topic}"`)
  link.quiet = 0
  if (!link.scheduled) scheduleFlush(link)
  return operation
}

/** Large payloads, properties, and kinds of payloads that are not met often. */
function publishRare(
  link: Link,
  handle: number,
  topic: string,
  payload: Payload,
  flags: number,
  properties: Properties | undefined,
): number {
  const block = encodeProperties(properties)
  const bytes = bytesOf(payload, 'A payload')
  passArguments(block)
  let operation
  if (bytes.length < largePayload) {
    HEAPU8.set(bytes, scratch)
    operation = _wsmq_publish(link.connection, handle, bytes.length, flags, block.length)
  } else {
    const place = _wsmq_prepare_publish(link.connection, handle, bytes.length, flags, block.length) >>> 0
    if (place <= 0xff) throw mqttError(place, `Publishing to "${topic}"`)
    HEAPU8.set(bytes, place)
    operation = _wsmq_commit_publish(link.connection)
  }
  scheduleFlush(link)
  return operationOrThrow(operation, `Publishing to "${topic}"`)
}

/**
 * Into the scratch buffer.
 * @returns its size, or -1 where it may not fit
 */
function writeText(text: string): number {
  const { length } = text
  if (length <= loopedText) {
    const heap = HEAPU8
    let at = 0
    for (; at < length; at++) {
      const unit = text.charCodeAt(at)
      if (unit > 0x7f) break
      heap[scratch + at] = unit
    }
    if (at === length) return length
  }
  if (length * 3 > scratchSize) return -1
  checkText(text, 'A payload')
  return textEncoder.encodeInto(text, HEAPU8.subarray(scratch, scratch + scratchSize)).written
}

/** Into the scratch buffer. */
function writeBytes(bytes: Uint8Array): number {
  const { length } = bytes
  if (length <= loopedBytes) {
    const heap = HEAPU8
    for (let at = 0; at < length; at++) heap[scratch + at] = bytes[at]
  } else {
    HEAPU8.set(bytes, scratch)
  }
  return length
}
