// The engine's events, handed over as rows of eight integers (event_batch.hpp).

const rowKind = {
  message: 0,
  completed: 1,
  failed: 2,
  connecting: 3,
  connected: 4,
  disconnected: 5,
  credentialsRequested: 6,
  authentication: 7,
  subscriptionLost: 8,
  queueDrained: 9,
}
const newTopic = 1 << 12
const firstFlag = 1 << 8
const secondFlag = 1 << 9
const failedReason = 0x80
const continueAuthentication = 0x18

/** Topics of arrived messages by their number; the engine says which are new. @type {string[]} */
const arrivedTopics = []
let topicEpoch = 0

/**
 * Handlers may do anything: memory may grow, so that views of it are looked up anew for each row, and the client may
 * be deleted, after which the rest is only looked through for topics.
 * @param {number} connection
 * @param {number} rows
 * @param {number} count
 * @returns {boolean} whether something waits for the end of the events
 */
function walkEvents(connection, rows, count) {
  const link = /** @type {Link} */ (links.get(connection))
  link.walking = true
  for (let row = rows >>> 2, end = row + count * 8; row < end; row += 8) {
    if ((HEAPU32[row] & 0xff) === rowKind.message) walkMessage(link, row)
    else if (link.connection !== 0) walkOther(link, row)
  }
  link.walking = false
  return link.deferred.length > 0 && runDeferred(link, false)
}

/**
 * @param {Link} link
 * @param {number} row
 */
function walkMessage(link, row) {
  const flags = HEAPU32[row]
  const topicId = HEAPU32[row + 1]
  if (flags & newTopic) learnTopic(topicId, HEAPU32[row + 2], HEAPU32[row + 3])
  const { client } = link
  const handler = client.onMessageArrived
  if (typeof handler !== 'function' || link.connection === 0) return
  const chunk = flags & inChunk ? receivedChunk : undefined
  if (chunk !== undefined && chunk.bytes.length === 0) restoreChunk(chunk)
  const start = HEAPU32[row + 4]
  const message = new ArrivedMessage(
    arrivedTopics[topicId],
    topicId,
    flags,
    chunk,
    chunk === undefined ? start : start - chunk.address,
    HEAPU32[row + 5],
    HEAPU32[row + 7],
  )
  try {
    handler.call(client, message)
  } catch (thrown) {
    reportThrown(link, thrown)
  }
  if (chunk === undefined || chunk.bytes.length > largestKept) message._detach()
}

/**
 * @param {number} id
 * @param {number} address
 * @param {number} length
 */
function learnTopic(id, address, length) {
  if (arrivedTopics[id] !== undefined) topicEpoch++
  arrivedTopics[id] = decodeText(HEAPU8, address, address + length)
}

/**
 * @param {Link} link
 * @param {number} row
 */
function walkOther(link, row) {
  const { client } = link
  const flags = HEAPU32[row]
  const first = HEAPU32[row + 1]
  const second = HEAPU32[row + 2]
  switch (flags & 0xff) {
    case rowKind.completed:
      return walkCompleted(link, row)
    case rowKind.failed:
      return walkFailed(link, first, second)
    case rowKind.connecting:
      return walkConnecting(link, first, second)
    case rowKind.connected:
      return walkConnected(link, (flags & firstFlag) !== 0, (flags & secondFlag) !== 0, rowProperties(row))
    case rowKind.disconnected:
      return walkDisconnected(link, row)
    case rowKind.credentialsRequested:
      return askForCredentials(link)
    case rowKind.authentication:
      if (first === continueAuthentication) askForAuthentication(link, rowBytes(row + 4), rowProperties(row))
      return
    case rowKind.subscriptionLost:
      return callHandler(link, client.onSubscriptionLost, rowText(row + 4), first)
    case rowKind.queueDrained:
      return callHandler(link, client.onQueueDrained)
  }
}

/** @param {number} cell */
function rowBytes(cell) {
  return HEAPU8.slice(HEAPU32[cell], HEAPU32[cell] + HEAPU32[cell + 1])
}

/** @param {number} cell */
function rowText(cell) {
  return decodeText(HEAPU8, HEAPU32[cell], HEAPU32[cell] + HEAPU32[cell + 1])
}

/** @param {number} row */
function rowProperties(row) {
  return decodeProperties(HEAPU8, HEAPU32[row + 6], HEAPU32[row + 6] + HEAPU32[row + 7])
}

/**
 * What both kinds of outcomes have.
 * @param {{ invocationContext?: unknown }} options
 */
function outcomeOf({ invocationContext }) {
  return invocationContext === undefined ? {} : { invocationContext }
}

/**
 * @param {number} error of wsmq::Errc
 * @param {number} reasonCode
 * @param {string} [reasonString]
 * @param {Properties} [properties]
 */
function failureOf(error, reasonCode, reasonString, properties) {
  const sentences = error === 0 ? [] : [Module.describeError(error)]
  if (reasonCode !== 0) sentences.push(Module.describeReason(reasonCode))
  if (reasonString) sentences.push(reasonString)
  return {
    errorCode: error,
    error: errorNames[error],
    errorMessage: sentences.join(': '),
    reasonCode,
    ...(reasonString ? { reasonString } : {}),
    ...(properties === undefined || properties === noProperties ? {} : { properties }),
  }
}

/**
 * @param {Link} link
 * @param {number} row
 */
function walkCompleted(link, row) {
  const id = HEAPU32[row + 1]
  const reasonCode = HEAPU32[row + 2]
  const operation = link.operations.get(id)
  if (operation === undefined) {
    const { onPublished } = link.client
    if (onPublished) callHandler(link, onPublished, id, reasonCode, rowProperties(row))
    return
  }
  link.operations.delete(id)
  const { kind, options } = operation
  const codes = rowBytes(row + 3)
  const properties = rowProperties(row)
  const named = kind === 'subscribe' ? { grantedQos: codes } : { reasonCodes: codes }
  if (reasonCode < failedReason) return callHandler(link, options.onSuccess, { ...outcomeOf(options), ...named, properties })
  const failure = failureOf(0, reasonCode, properties.reasonString, properties)
  callHandler(link, options.onFailure, { ...outcomeOf(options), ...failure, ...named })
}

/**
 * @param {Link} link
 * @param {number} id
 * @param {number} error
 */
function walkFailed(link, id, error) {
  const operation = link.operations.get(id)
  if (operation === undefined) return callHandler(link, link.client.onPublishFailed, id, errorNames[error])
  link.operations.delete(id)
  callHandler(link, operation.options.onFailure, { ...outcomeOf(operation.options), ...failureOf(error, 0) })
}

/**
 * @param {Link} link
 * @param {number} attempt
 * @param {number} host
 */
function walkConnecting(link, attempt, host) {
  const { client, options } = link
  const begin = () => callHandler(link, client.onConnecting, client.uri, attempt)
  link.attempt++
  link.cause = undefined
  const address = (options.uris ?? [link.uri])[host]
  if (typeof address !== 'function') return begin()
  link.cause = new MqttError('connect_timed_out', 'The function that gives the address did not answer in time.')
  awaitAnswer(
    link,
    () => address.call(client),
    (answer) => {
      const uri = textEncoder.encode(connectUri(answer, options.useSSL ?? false))
      link.cause = undefined
      passArguments(uri)
      _wsmq_provide_address(link.connection, uri.length)
      begin()
    },
    (thrown) => {
      link.cause = thrown
      _wsmq_provide_address(link.connection, 0)
    },
  )
}

/**
 * @param {Link} link
 * @param {boolean} sessionPresent
 * @param {boolean} reconnected
 * @param {Properties} properties
 */
function walkConnected(link, sessionPresent, reconnected, properties) {
  const { client, options } = link
  link.cause = undefined
  if (link.connecting) {
    link.connecting = false
    callHandler(link, options.onSuccess, { ...outcomeOf(options), sessionPresent, properties })
  }
  if (link.connection !== 0) callHandler(link, client.onConnected, reconnected, client.uri, sessionPresent, properties)
}

/** Of the socket that was closed last, or could not be made: what its environment says. Browsers say nothing. @type {unknown} */
let lastSocketError

/** @param {number} error of wsmq::Errc */
function takeSocketError(error) {
  const socketError = lastSocketError
  lastSocketError = undefined
  return socketError !== undefined && /^transport/.test(errorNames[error] ?? '') ? { socketError } : {}
}

/**
 * @param {Link} link
 * @param {number} row
 */
function walkDisconnected(link, row) {
  const { client, options } = link
  const flags = HEAPU32[row]
  const error = HEAPU32[row + 1]
  const reconnect = (flags & secondFlag) !== 0
  const wasConnected = (flags & firstFlag) !== 0
  const failure = {
    ...failureOf(error, HEAPU32[row + 2], rowText(row + 4), rowProperties(row)),
    ...(error === 0 || wasConnected ? {} : whyFailed(link, error)),
    ...takeSocketError(error),
  }
  const loss = { ...failure, reconnect, retryIn: HEAPU32[row + 3], wasConnected, uri: client.uri }
  link.attempt++
  if (link.connecting && !reconnect) {
    link.connecting = false
    const told = error === 0 ? failureOf(errorNames.indexOf('stopped'), 0) : failure
    callHandler(link, options.onFailure, { ...outcomeOf(options), ...told })
    // Who ended it knows that nothing was lost; the end is told all the same.
    if (error !== 0) return
  }
  callHandler(link, client.onConnectionLost, loss)
}

/**
 * What the page knows of an attempt that failed.
 * @param {Link} link
 * @param {number} error
 */
function whyFailed({ cause, client: { uri } }, error) {
  if (cause !== undefined) return { errorMessage: `${Module.describeError(error)}: ${cause}`, cause }
  const directive = errorNames[error] === 'transport_failed' ? forbiddenBy(uri) : undefined
  return directive === undefined ? {} : { forbiddenBy: directive }
}

/**
 * Calls what may answer with a promise; an answer that comes when the attempt is over is ignored.
 * @template T
 * @param {Link} link
 * @param {() => T | Promise<T>} ask
 * @param {(answer: T) => void} use
 * @param {(thrown: unknown) => void} fail
 */
function awaitAnswer(link, ask, use, fail) {
  const attempt = ++link.attempt
  const isCurrent = () => link.attempt === attempt && link.connection !== 0
  const failed = (/** @type {unknown} */ thrown) => {
    if (isCurrent()) fail(thrown)
  }
  const answered = (/** @type {T} */ answer) => {
    if (!isCurrent()) return
    try {
      use(answer)
    } catch (thrown) {
      failed(thrown)
    }
  }
  try {
    const answer = /** @type {any} */ (ask())
    if (typeof answer?.then === 'function') answer.then(answered, failed)
    else answered(answer)
  } catch (thrown) {
    failed(thrown)
  }
}

/** @param {Link} link */
function askForCredentials(link) {
  link.cause = new MqttError('credentials_failed', 'The credentials function did not answer in time.')
  awaitAnswer(
    link,
    () => link.options.credentials?.call(link.client) ?? {},
    ({ userName, password }) => {
      const name = userName === undefined ? undefined : encodeText(userName, 'userName')
      const secret = password === undefined ? undefined : bytesOf(password, 'password')
      link.cause = undefined
      passArguments(name ?? nothing, secret ?? nothing)
      _wsmq_provide_credentials(link.connection, name?.length ?? -1, secret?.length ?? -1)
    },
    (thrown) => {
      link.cause = thrown
      _wsmq_fail_credentials(link.connection)
    },
  )
}

/**
 * @param {Link} link
 * @param {Uint8Array} data
 * @param {Properties} properties
 */
function askForAuthentication(link, data, properties) {
  awaitAnswer(
    link,
    () => link.options.authenticate?.call(link.client, data, properties) ?? nothing,
    (answer) => {
      const bytes = bytesOf(answer, 'The authentication data')
      passArguments(bytes)
      const error = _wsmq_authenticate(link.connection, bytes.length)
      if (error !== 0) throw mqttError(error)
    },
    (thrown) => {
      link.cause = thrown
      reportThrown(link, thrown)
      _wsmq_fail_authentication(link.connection)
    },
  )
}
