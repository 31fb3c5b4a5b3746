// Events of the engine, as rows of 32-bit cells in memory. A text or a block of bytes takes two cells: its address, and
// its size.

export const rowCells = 8
/** The first cell of each row: the kind in the low eight bits, flags above. */
export const kindMask = 0xff

export enum RowKind {
  message,
  completed,
  failed,
  connecting,
  connected,
  disconnected,
  credentialsRequested,
  authentication,
  subscriptionLost,
  queueDrained,
}

export enum MessageRow {
  topicId = 1,
  topic,
  topicSize,
  payload,
  payloadSize,
  properties,
  propertiesSize,
}
export enum MessageFlag {
  qosShift = 8,
  qosMask = 3,
  retain = 1 << 10,
  duplicate = 1 << 11,
  /** The topic is in the row. */
  newTopic = 1 << 12,
  /** Properties and payload are in the received chunk. */
  inChunk = 1 << 13,
  /** The payload is short and has no byte over 0x7F. */
  ascii = 1 << 14,
}

export enum CompletedRow {
  operation = 1,
  reason,
  reasonCodes,
  reasonCodesSize,
  properties,
  propertiesSize,
}

export enum FailedRow {
  operation = 1,
  error,
}

export enum ConnectingRow {
  attempt = 1,
  host,
}

export enum ConnectedRow {
  properties = 1,
  propertiesSize,
}
export enum ConnectedFlag {
  sessionPresent = 1 << 8,
  reconnected = 1 << 9,
}

export enum DisconnectedRow {
  error = 1,
  reason,
  /** Milliseconds. */
  retryIn,
  reasonString,
  reasonStringSize,
  properties,
  propertiesSize,
}
export enum DisconnectedFlag {
  wasConnected = 1 << 8,
  reconnecting = 1 << 9,
}

export enum AuthenticationRow {
  reason = 1,
  data,
  dataSize,
  properties,
  propertiesSize,
}

export enum SubscriptionLostRow {
  reason = 1,
  topicFilter,
  topicFilterSize,
}
