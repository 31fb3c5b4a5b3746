// What C++ imports, beside Emscripten's own. The functions that it calls are in glue/.
addToLibrary({
  wsmq_events: (connection, rows, count) => walkEvents(connection, rows, count),
  wsmq_events_ended: (connection) => runDeferred(links.get(connection), true),
  wsmq_schedule: (connection) => scheduleFlush(links.get(connection)),
  wsmq_random: () => randomNumber(),

  // Emscripten's socket, where an exception of the browser's does not unwind through C++.
  // An error is followed by a close, which tells of both; but not in Chromium, where the Content-Security-Policy forbids
  // the connection. Where nobody listens, the `ws` package throws errors.
  wsmq_socket_new__deps: ['$WS', 'emscripten_websocket_new'],
  wsmq_socket_new: (attributes) => {
    lastSocketError = undefined
    try {
      const handle = _emscripten_websocket_new(attributes)
      const socket = handle > 0 && WS.getSocket(handle)
      if (socket)
        socket.onerror = (event) => {
          socket.hasFailed = true
          socket.failure = event.error ?? undefined
          setTimeout(() => socket.readyState === 3 && socket.onclose?.({ wasClean: false, code: 1006, reason: '' }))
        }
      return handle
    } catch (thrown) {
      lastSocketError = thrown
      return 0
    }
  },
  wsmq_socket_listen__deps: ['$WS', 'malloc', 'free'],
  wsmq_socket_listen: (handle, socket) => {
    // Events know their time, which costs less than to ask for it. Outside browsers it may be another clock's (jsdom,
    // mock-socket), or be missing: the first one tells.
    let isOurClock
    WS.getSocket(handle).onmessage = ({ data, timeStamp }) => {
      isOurClock ??= Math.abs(timeStamp - performance.now()) < 60_000
      receiveData(socket, data, isOurClock ? timeStamp : performance.now())
    }
  },
  wsmq_socket_has_failed__deps: ['$WS'],
  wsmq_socket_has_failed: (handle) => {
    const { hasFailed, failure } = WS.getSocket(handle)
    lastSocketError = failure
    return hasFailed === true
  },
  wsmq_socket_send__deps: ['$WS'],
  wsmq_socket_send: (handle, data, size) => {
    try {
      sendBytes(WS.getSocket(handle), data, size)
      return true
    } catch {
      return false
    }
  },
  wsmq_socket_release__deps: ['$WS', 'emscripten_websocket_delete'],
  wsmq_socket_release: (handle) => {
    const socket = WS.getSocket(handle)
    _emscripten_websocket_delete(handle)
    socket.onerror = () => {}
    try {
      socket.close(1000)
    } catch {
      // It never was a socket to speak of.
    }
  },
})
