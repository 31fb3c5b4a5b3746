// What calls from JavaScript into C++ agree on, beside the options of connect().

/** Results of calls that name an operation are an error from here on: that of the low byte. */
export const firstFailure = 0xffffff00

/** Bytes. */
export const scratchSize = 64 * 1024
/** Bytes. */
export const receiveBufferSize = 64 * 1024
/** So many topics of publishes are known at a time. One more handle is for topics that are not kept. */
export const topicHandles = 16_384

/** Of QoS and of wsmq::WhenBlocked. */
export const twoBits = 3

/** QoS in the two lowest bits. */
export enum PublishFlag {
  retain = 1 << 2,
  /** Two bits. */
  whenBlockedShift = 3,
  mustBeConnected = 1 << 5,
}

/** Cells of what the broker and the client agreed on. */
export enum NegotiatedRow {
  keepAlive,
  sessionExpiryInterval,
  receiveMaximum,
  maximumPacketSize,
  topicAliasMaximum,
  maximumQos,
  retainAvailable,
  wildcardSubscriptionAvailable,
  subscriptionIdentifierAvailable,
  sharedSubscriptionAvailable,
}
