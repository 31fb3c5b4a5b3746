// What is in the scope that the bundle shares with Emscripten's code.

declare let HEAPU8: Uint8Array<ArrayBuffer>
declare let HEAPU32: Uint32Array<ArrayBuffer>
/** What Embind binds. */
declare const Module: Pick<import('../wsmq.js').Module, 'describeReason' | 'describeError' | 'isFinalRefusal'> & {
  /** Returns the connection. */
  createConnection(uri: string, clientId: string): number
  uriOf(connection: number): string
  clientIdOf(connection: number): string
}
declare const WS: { getSocket(handle: number): WebSocket & { hasFailed?: boolean; failure?: unknown } }
declare function _emscripten_websocket_new(attributes: number): number
declare function _emscripten_websocket_delete(handle: number): number

/** 0: there is no memory. */
declare function _malloc(size: number): number
declare function _free(address: number): void

/** Newer than the oldest browsers that we support. */
interface String {
  isWellFormed?(): boolean
}

// Functions of C++, marked EMSCRIPTEN_KEEPALIVE. A connection, a socket and a place in memory are addresses.

declare function _wsmq_scratch(): number
declare function _wsmq_arguments(size: number): number
declare function _wsmq_receive_buffer(): number
declare function _wsmq_used_memory(): number

declare function _wsmq_timer_fired(timer: number): void

declare function _wsmq_socket_received(socket: number, data: number, size: number, timeStamp: number): void
declare function _wsmq_socket_received_invalid(socket: number): void

declare function _wsmq_set_topic(handle: number, size: number): number
declare function _wsmq_publish(connection: number, topic: number, size: number, flags: number, propertiesSize: number): number
declare function _wsmq_prepare_publish(connection: number, topic: number, size: number, flags: number, propertiesSize: number): number
declare function _wsmq_commit_publish(connection: number): number

declare function _wsmq_start(connection: number, size: number, seedLow: number, seedHigh: number): number
declare function _wsmq_stop(connection: number, reasonCode: number): void
declare function _wsmq_flush(connection: number): void
declare function _wsmq_is_started(connection: number): number
declare function _wsmq_is_connected(connection: number): number
declare function _wsmq_destroy(connection: number): void
declare function _wsmq_unfinished_messages(connection: number): number
declare function _wsmq_unfinished_bytes(connection: number): number
declare function _wsmq_cancel(connection: number, operation: number): void
declare function _wsmq_wake_up(connection: number): void
declare function _wsmq_subscribe(connection: number, filtersSize: number, propertiesSize: number): number
declare function _wsmq_unsubscribe(connection: number, filtersSize: number, propertiesSize: number): number
declare function _wsmq_provide_credentials(connection: number, userNameSize: number, passwordSize: number): void
declare function _wsmq_fail_credentials(connection: number): void
declare function _wsmq_provide_address(connection: number, size: number): void
declare function _wsmq_authenticate(connection: number, size: number): number
declare function _wsmq_fail_authentication(connection: number): void
declare function _wsmq_reauthenticate(connection: number, size: number): number
declare function _wsmq_negotiated(connection: number): number
declare function _wsmq_add_record(connection: number, kind: number, number: number, size: number): void
declare function _wsmq_take_changes(connection: number, all: number): number
declare function _wsmq_batches_stored(connection: number, count: number): void
