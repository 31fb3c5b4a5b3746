// What C++ imports beside Emscripten's own. Each entry calls a typed function of glue/imports.ts.
addToLibrary({
  wsmq_events: (connection, rows, count) => dispatchEvents(connection, rows, count),
  wsmq_events_ended: (connection) => endEvents(connection),
  wsmq_schedule: (connection) => schedule(connection),
  wsmq_random: () => randomNumber(),

  wsmq_socket_new__deps: ['$WS', 'emscripten_websocket_new'],
  wsmq_socket_new: (attributes) => newSocket(attributes),
  wsmq_socket_listen__deps: ['$WS', 'malloc', 'free'],
  wsmq_socket_listen: (handle, socket, connection) => listenToMessages(handle, socket, connection),
  wsmq_socket_has_failed__deps: ['$WS'],
  wsmq_socket_has_failed: (handle) => hasSocketFailed(handle),
  wsmq_socket_send__deps: ['$WS'],
  wsmq_socket_send: (handle, data, size) => sendOnSocket(handle, data, size),
  wsmq_socket_release__deps: ['$WS', 'emscripten_websocket_delete'],
  wsmq_socket_release: (handle) => releaseSocket(handle),

  wsmq_set_timer: (delay, timer) => setTimer(delay, timer),
  wsmq_clear_timer: (id) => clearTimer(id),

  wsmq_store_changed: (connection) => storeChanged(connection),
  wsmq_store_put: (connection, kind, number, record, size) => collectPut(kind, number, record, size),
  wsmq_store_erased: (connection, kind, number) => collectErased(kind, number),
  wsmq_record_over: (connection, kind, number, error, reason) => recordOver(connection, kind, number, error, reason),
})
