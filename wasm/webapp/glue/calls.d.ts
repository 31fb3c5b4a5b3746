// Functions of webapp_calls.cpp. A result below 0 is an error of wsmq::messaging, negated. `size`: of the texts in the
// arguments.

declare function _wsmq_webapp_configure(
  connection: number,
  since: number,
  willDelay: number,
  renames: number,
  rollCall: number,
  seedLow: number,
  seedHigh: number,
  size: number,
): number
declare function _wsmq_webapp_request(connection: number, targetKind: number, timeout: number, size: number): number
declare function _wsmq_webapp_cancel(connection: number, request: number): number
declare function _wsmq_webapp_grant(connection: number, request: number, items: number): number
declare function _wsmq_webapp_notify(connection: number, targetKind: number, size: number): number
declare function _wsmq_webapp_expose(connection: number, on: number): number
declare function _wsmq_webapp_respond(connection: number, call: number, size: number): number
declare function _wsmq_webapp_fail(connection: number, call: number, code: number, size: number): number
declare function _wsmq_webapp_progress(connection: number, call: number, size: number): number
declare function _wsmq_webapp_send(connection: number, toRoom: number, size: number): number
declare function _wsmq_webapp_room(connection: number, join: number, size: number): number
declare function _wsmq_webapp_set_state(connection: number, size: number): number
declare function _wsmq_webapp_watch_presence(connection: number, on: number, size: number): number
declare function _wsmq_webapp_watch_devices(connection: number, on: number, size: number): number
declare function _wsmq_webapp_discover(connection: number, size: number): number
declare function _wsmq_webapp_leave(connection: number): number
/** The address of a text that ends with a NUL. */
declare function _wsmq_webapp_describe(error: number): number
