// What JavaScript knows of the engine's enumerations. The generated header compares it with core/include.

/** All of wsmq::Errc, in their order. */
// prettier-ignore
export const errorNames = [
  'none', 'malformed_packet', 'protocol_error', 'packet_too_large', 'receive_maximum_exceeded', 'topic_alias_invalid',
  'invalid_topic', 'invalid_utf8', 'invalid_character', 'invalid_property', 'invalid_argument', 'not_supported', 'not_started',
  'not_connected', 'queue_full', 'packet_identifiers_exhausted', 'cancelled', 'stopped', 'session_lost', 'broker_closed',
  'expired', 'transport_failed', 'transport_closed', 'connect_timed_out', 'keep_alive_timed_out', 'credentials_failed',
  'connection_refused', 'disconnected_by_broker', 'authentication_failed', 'taken_over',
] as const
export type ErrorName = (typeof errorNames)[number]

/** All of wsmq::WhenBlocked, in their order. */
export const whenBlockedNames = ['wait', 'drop_oldest', 'drop_newest', 'fail'] as const

/** Some of wsmq::ReasonCode. */
export enum ReasonCode {
  success = 0x00,
  continueAuthentication = 0x18,
  /** The first of the failures. */
  unspecifiedError = 0x80,
}

/** wsmq::PropertyType. The numbers up to 4 are widths in bytes. */
export enum PropertyType {
  variableByteInteger = 0,
  byte = 1,
  twoByteInteger = 2,
  fourByteInteger = 4,
  text,
  binary,
  textPair,
}

/** All properties: the identifier (MQTT 5.0, 2.2.2.2) and the type. */
export const properties = {
  payloadFormatIndicator: [0x01, PropertyType.byte],
  messageExpiryInterval: [0x02, PropertyType.fourByteInteger],
  contentType: [0x03, PropertyType.text],
  responseTopic: [0x08, PropertyType.text],
  correlationData: [0x09, PropertyType.binary],
  subscriptionIdentifier: [0x0b, PropertyType.variableByteInteger],
  sessionExpiryInterval: [0x11, PropertyType.fourByteInteger],
  assignedClientIdentifier: [0x12, PropertyType.text],
  serverKeepAlive: [0x13, PropertyType.twoByteInteger],
  authenticationMethod: [0x15, PropertyType.text],
  authenticationData: [0x16, PropertyType.binary],
  requestProblemInformation: [0x17, PropertyType.byte],
  willDelayInterval: [0x18, PropertyType.fourByteInteger],
  requestResponseInformation: [0x19, PropertyType.byte],
  responseInformation: [0x1a, PropertyType.text],
  serverReference: [0x1c, PropertyType.text],
  reasonString: [0x1f, PropertyType.text],
  receiveMaximum: [0x21, PropertyType.twoByteInteger],
  topicAliasMaximum: [0x22, PropertyType.twoByteInteger],
  topicAlias: [0x23, PropertyType.twoByteInteger],
  maximumQos: [0x24, PropertyType.byte],
  retainAvailable: [0x25, PropertyType.byte],
  userProperties: [0x26, PropertyType.textPair],
  maximumPacketSize: [0x27, PropertyType.fourByteInteger],
  wildcardSubscriptionAvailable: [0x28, PropertyType.byte],
  subscriptionIdentifierAvailable: [0x29, PropertyType.byte],
  sharedSubscriptionAvailable: [0x2a, PropertyType.byte],
} as const
