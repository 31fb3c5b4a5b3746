// The messaging layer of a client, as JavaScript calls it and hears of it (wsmq-webapp.d.ts).

/**
 * @typedef {import('../wsmq-webapp').LayerHandlers} LayerHandlers
 * @typedef {import('../wsmq-webapp').RequestTarget} RequestTarget
 * @typedef {import('../wsmq-webapp').Value} Value
 */

/** The enumerators of wsmq::patterns::Error, in their order. */
const layerErrorNames = /** @type {import('../wsmq-webapp').LayerError[]} */ (
  `none invalid_root invalid_name invalid_json invalid_argument unknown_call no_credit unwanted not_supported too_many not_connected timed_out no_responder cancelled remote item_lost bad_response payload_too_large queue_full refused left session_lost`.split(
    ' ',
  )
)
const noCredit = layerErrorNames.indexOf('no_credit')
const remoteError = layerErrorNames.indexOf('remote')

/** The alternatives of wsmq::patterns::Event that are told, by their place. */
const layerEvent = {
  joined: 1,
  joinFailed: 2,
  response: 4,
  requestFailed: 5,
  progress: 6,
  request: 7,
  requestEnded: 8,
  creditGranted: 9,
  peerMessage: 10,
  roomMessage: 11,
  presenceChanged: 12,
  deviceStatus: 13,
  serviceChanged: 14,
  renamed: 15,
}
const presenceGone = 2
/** The enumerators of Webapp::RollCall, in their order. @type {import('../wsmq-webapp').LayerOptions['rollCall'][]} */
const rollCalls = ['auto', 'never', 'always']

/** Of the links that joined. @type {WeakMap<Link, LayerHandlers>} */
const layerHandlers = new WeakMap()

/** @param {number} error of wsmq::patterns::Error */
function describeLayerError(error) {
  return textAt(_wsmq_webapp_describe(error))
}

/** @param {number} start of a text that ends with a zero */
function textAt(start) {
  return decodeText(HEAPU8, start, HEAPU8.indexOf(0, start))
}

/**
 * @param {number} answer an error below 0
 * @param {string} subject
 */
function checkAnswer(answer, subject) {
  if (answer >= 0) return answer
  throw new MqttError(layerErrorNames[-answer], `${subject}: ${describeLayerError(-answer)}`)
}

/**
 * Puts texts where C++ looks for them.
 * @param {...(string | Uint8Array)} texts
 * @returns {number} the size
 */
function passTexts(...texts) {
  const block = new BlockWriter()
  for (const text of texts) {
    const bytes = bytesOf(text, 'A body')
    block.littleEndian(bytes.length, 4)
    block.bytes(bytes)
  }
  passArguments(block.taken())
  return block.size
}

/** @param {RequestTarget} target */
function targetOf(target) {
  if ('peer' in target) return { kind: 2, name: target.peer }
  return { kind: target.service === '' ? 1 : 0, name: target.service }
}

/**
 * Its body, and its content type, which is empty for JSON.
 * @param {Value} value
 * @returns {[type: string, body: string | Uint8Array]}
 */
function bodyOf(value) {
  if (value === undefined) return ['', '']
  return typeof value === 'string' ? ['', value] : [value.contentType, value.bytes]
}

class WebappClient extends Client {
  /**
   * @param {import('../wsmq-webapp').LayerOptions} options
   * @param {LayerHandlers} handlers
   */
  join({ root, state, since, willDelay, renames, rollCall }, handlers) {
    const link = linkOf(this)
    const size = passTexts(root, state, crypto.getRandomValues(new Uint8Array(16)))
    const answer = _wsmq_webapp_configure(
      link.connection,
      since,
      willDelay,
      Number(renames),
      rollCalls.indexOf(rollCall),
      randomNumber(),
      randomNumber(),
      size,
    )
    checkAnswer(answer, 'Joining')
    layerHandlers.set(link, handlers)
  }

  /**
   * A webapp that joined says goodbye first.
   * @override
   * @param {number} [reasonCode]
   */
  disconnect(reasonCode = 0) {
    const link = linkOf(this)
    if (reasonCode === 0 && layerHandlers.has(link) && this.isConnected()) _wsmq_webapp_leave(link.connection)
    else super.disconnect(reasonCode)
  }

  /** @param {string} state */
  setState(state) {
    checkAnswer(_wsmq_webapp_set_state(linkOf(this).connection, passTexts(state)), 'Presence')
  }

  /**
   * @param {string} org
   * @param {string} user
   */
  watchPresence(org, user) {
    checkAnswer(_wsmq_webapp_watch_presence(linkOf(this).connection, passTexts(org, user)), 'Presence')
  }

  /** @param {import('../wsmq-webapp').LayerRequest} request */
  request({ target, method, params, timeout, traceparent = '' }) {
    const { kind, name } = targetOf(target)
    const size = passTexts(name, method, traceparent, ...bodyOf(params))
    return checkAnswer(_wsmq_webapp_request(linkOf(this).connection, kind, timeout, size), method)
  }

  /** @param {number} request */
  cancelRequest(request) {
    _wsmq_webapp_cancel(linkOf(this).connection, request)
  }

  /**
   * @param {number} request
   * @param {number} count
   */
  grant(request, count) {
    _wsmq_webapp_grant(linkOf(this).connection, request, count)
  }

  /**
   * @param {RequestTarget} target
   * @param {string} method
   * @param {string | undefined} params
   */
  notify(target, method, params = '') {
    const { kind, name } = targetOf(target)
    checkAnswer(_wsmq_webapp_notify(linkOf(this).connection, kind, passTexts(name, method, params)), method)
  }

  /** @param {boolean} on */
  expose(on) {
    checkAnswer(_wsmq_webapp_expose(linkOf(this).connection, Number(on)), 'Exposing')
  }

  /**
   * @param {number} call
   * @param {string} result
   */
  respond(call, result) {
    checkAnswer(_wsmq_webapp_respond(linkOf(this).connection, call, passTexts(result)), 'Responding')
  }

  /**
   * @param {number} call
   * @param {number} code
   * @param {string} message
   * @param {string} [data]
   */
  fail(call, code, message, data = '') {
    checkAnswer(_wsmq_webapp_fail(linkOf(this).connection, call, code, passTexts(message, data)), 'Responding')
  }

  /**
   * @param {number} call
   * @param {string} value
   * @returns {boolean}
   */
  progress(call, value) {
    const answer = _wsmq_webapp_progress(linkOf(this).connection, call, passTexts(value))
    return answer !== -noCredit && checkAnswer(answer, 'Progress') === 0
  }

  /**
   * @param {string} uid
   * @param {import('../wsmq-webapp').RawBody} body
   */
  sendToPeer(uid, { contentType, bytes }) {
    checkAnswer(_wsmq_webapp_send(linkOf(this).connection, 0, passTexts(uid, contentType, bytes)), 'Sending')
  }

  /**
   * @param {string} room
   * @param {import('../wsmq-webapp').RawBody} body
   */
  sendToRoom(room, { contentType, bytes }) {
    checkAnswer(_wsmq_webapp_send(linkOf(this).connection, 1, passTexts(room, contentType, bytes)), 'Sending')
  }

  /** @param {string} room */
  joinRoom(room) {
    checkAnswer(_wsmq_webapp_room(linkOf(this).connection, 1, passTexts(room)), `Room ${room}`)
  }

  /** @param {string} room */
  leaveRoom(room) {
    _wsmq_webapp_room(linkOf(this).connection, 0, passTexts(room))
  }

  /** @param {string[] | undefined} serialNumbers */
  watchDevices(serialNumbers = []) {
    checkAnswer(_wsmq_webapp_watch_devices(linkOf(this).connection, 1, passTexts(...serialNumbers)), 'Devices')
  }

  unwatchDevices() {
    _wsmq_webapp_watch_devices(linkOf(this).connection, 0, passTexts())
  }

  /** @param {string} service */
  discover(service) {
    checkAnswer(_wsmq_webapp_discover(linkOf(this).connection, passTexts(service)), 'Services')
  }
}

/**
 * One event of the layer, as connection_layer.cpp lays it out. Everything is copied before the handler runs, which may
 * call the layer.
 * @param {number} connection
 * @param {number} address
 * @returns {boolean} whether something waits for the end of the events
 */
function walkLayerEvent(connection, address) {
  const link = links.get(connection)
  const on = link && layerHandlers.get(link)
  if (link === undefined || on === undefined) return false
  const cells = address >>> 2
  const number = (/** @type {number} */ cell) => HEAPU32[cells + cell] + (HEAPU32[cells + cell + 1] | 0) * 2 ** 32
  const small = HEAPU32[cells + 5]
  const view = (/** @type {number} */ index) => {
    const start = HEAPU32[cells + 6 + 2 * index]
    return { start, end: start + HEAPU32[cells + 7 + 2 * index] }
  }
  const text = (/** @type {number} */ index) => decodeText(HEAPU8, view(index).start, view(index).end)
  const optional = (/** @type {number} */ index) => (view(index).start === view(index).end ? undefined : text(index))
  const bytes = (/** @type {number} */ index) => HEAPU8.slice(view(index).start, view(index).end)
  /** JSON where there is no content type. @returns {Value} */
  const value = (/** @type {number} */ index) => {
    const contentType = text(index + 1)
    return contentType === '' ? text(index) : { bytes: bytes(index), contentType }
  }
  const call = (/** @type {Function} */ handler, /** @type {unknown[]} */ ...given) => {
    link.walking = true
    callHandler(link, handler, ...given)
    link.walking = false
    return link.deferred.length > 0 && runDeferred(link, false)
  }
  const first = number(1)
  switch (HEAPU32[cells]) {
    case layerEvent.joined:
      return call(on.onJoined)
    case layerEvent.joinFailed:
      return call(on.onJoinFailed, layerErrorNames[small], describeLayerError(small), first)
    case layerEvent.response:
      return call(on.onResult, first, value(0))
    case layerEvent.requestFailed: {
      const said = small === remoteError ? { code: number(3), message: text(0), data: optional(1) } : {}
      return call(on.onFailure, first, { error: layerErrorNames[small], text: describeLayerError(small), ...said })
    }
    case layerEvent.progress:
      return call(on.onProgress, first, text(0))
    case layerEvent.request: {
      const params = (small & 1) === 0 ? undefined : value(2)
      const isNotification = (small & 2) !== 0
      return call(on.onRequest, { call: first, from: text(0), method: text(1), params, isNotification, traceparent: optional(4) })
    }
    case layerEvent.requestEnded:
      return call(on.onEnded, first, layerErrorNames[small])
    case layerEvent.creditGranted:
      return call(on.onCredit, first)
    case layerEvent.peerMessage:
      return call(on.onPeerMessage, text(0), { bytes: bytes(1), contentType: text(2) })
    case layerEvent.roomMessage:
      return call(on.onRoomMessage, text(0), text(1), { bytes: bytes(2), contentType: text(3) })
    case layerEvent.presenceChanged:
      return call(on.onPresence, text(0), small === presenceGone ? undefined : text(1), number(3))
    case layerEvent.deviceStatus:
      return call(on.onDevice, text(0), optional(1))
    case layerEvent.serviceChanged:
      return call(on.onService, text(0), text(1), small === 0 ? undefined : optional(2))
    case layerEvent.renamed:
      return call(on.onRenamed, text(0))
  }
  return false
}

Object.assign(Module, { Client: WebappClient })
