// Events of the messaging layer, as rows of 32-bit cells in memory. A text takes two cells: its address, and its size. So
// does an integer of 64 bits: the low half, and the high half.

/** As many as the longest row has. */
export const layerRowCells = 14

/** The first cell of each row. */
export enum LayerEvent {
  none,
  joined,
  joinFailed,
  response,
  requestFailed,
  progress,
  request,
  requestEnded,
  creditGranted,
  peerMessage,
  roomMessage,
  presenceChanged,
  deviceStatus,
  serviceChanged,
  renamed,
}

export enum JoinFailedRow {
  error = 1,
  reason,
}
export enum ResponseRow {
  request = 1,
  requestHigh,
  /** The content type follows each value. */
  value,
  valueSize,
  contentType,
  contentTypeSize,
}
export enum RequestFailedRow {
  request = 1,
  requestHigh,
  code,
  codeHigh,
  error,
  message,
  messageSize,
  data,
  dataSize,
}
export enum ProgressRow {
  request = 1,
  requestHigh,
  value,
  valueSize,
}
export enum RequestRow {
  call = 1,
  callHigh,
  isNotification,
  from,
  fromSize,
  method,
  methodSize,
  value,
  valueSize,
  contentType,
  contentTypeSize,
  traceparent,
  traceparentSize,
}
export enum RequestEndedRow {
  call = 1,
  callHigh,
  error,
}
export enum CreditGrantedRow {
  call = 1,
  callHigh,
}
export enum PeerMessageRow {
  from = 1,
  fromSize,
  body,
  bodySize,
  contentType,
  contentTypeSize,
}
export enum RoomMessageRow {
  room = 1,
  roomSize,
  from,
  fromSize,
  body,
  bodySize,
  contentType,
  contentTypeSize,
}
export enum PresenceChangedRow {
  since = 1,
  sinceHigh,
  change,
  uid,
  uidSize,
  state,
  stateSize,
  tabs,
  tabsSize,
}
export enum DeviceStatusRow {
  serialNumber = 1,
  serialNumberSize,
  status,
  statusSize,
}
export enum ServiceChangedRow {
  online = 1,
  service,
  serviceSize,
  instance,
  instanceSize,
  record,
  recordSize,
}
export enum RenamedRow {
  uid = 1,
  uidSize,
}

/** All of wsmq::messaging::Error, in their order. */
// prettier-ignore
export const layerErrorNames = [
  'none', 'invalid_root', 'invalid_name', 'invalid_json', 'invalid_argument', 'unknown_call', 'no_credit', 'unwanted',
  'not_supported', 'too_many', 'not_connected', 'timed_out', 'no_responder', 'cancelled', 'remote', 'item_lost',
  'bad_response', 'payload_too_large', 'queue_full', 'refused', 'left', 'session_lost',
] as const

/** wsmq::messaging::Target::Kind. */
export enum TargetKind {
  service,
  backend,
  peer,
}
/** wsmq::messaging::Webapp::RollCall. */
export enum RollCall {
  automatic,
  never,
  always,
}
/** wsmq::messaging::PresenceChanged::Change. */
export enum PresenceChange {
  appeared,
  changed,
  gone,
}
