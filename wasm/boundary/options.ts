// The options of connect(), as fields of a block: a byte that names the field, the size of the value as four bytes, and
// the value. A number has four bytes. All are little-endian.
import type { ConnectOptions } from '../wsmq.js'

export enum OptionField {
  uri = 1,
  userName,
  password,
  askCredentials,
  willTopic,
  willPayload,
  willFlags,
  willProperties,
  authenticationMethod,
  authenticationData,
  properties,
  connectTimeout,
  isStored,
  mqttVersion,
  cleanSession,
  keepAliveInterval,
  sessionExpiryInterval,
  receiveMaximum,
  maximumPacketSize,
  topicAliasMaximum,
  outgoingTopicAliasMaximum,
  reconnect,
  retryFirstConnection,
  reconnectMinimum,
  reconnectMaximum,
  stableAfter,
  queueMaximumMessages,
  queueMaximumBytes,
  outputHighWater,
  resubscribe,
  keepAliveBySending,
  subscribeBatch,
  refusalPatience,
}

export enum WillFlag {
  qosMask = 3,
  retain = 1 << 2,
}

export const largestInteger = 0xffffffff

/** Options that are one integer: the field, the least and the largest. Truth values have no range. */
export const plainOptions = {
  mqttVersion: [OptionField.mqttVersion, 3, 5],
  cleanSession: [OptionField.cleanSession],
  keepAliveInterval: [OptionField.keepAliveInterval, 0, 0xffff],
  sessionExpiryInterval: [OptionField.sessionExpiryInterval, 0, largestInteger],
  receiveMaximum: [OptionField.receiveMaximum, 1, 0xffff],
  maximumPacketSize: [OptionField.maximumPacketSize, 64, largestInteger],
  topicAliasMaximum: [OptionField.topicAliasMaximum, 0, 0xffff],
  outgoingTopicAliasMaximum: [OptionField.outgoingTopicAliasMaximum, 0, 0xffff],
  reconnect: [OptionField.reconnect],
  retryFirstConnection: [OptionField.retryFirstConnection],
  reconnectMinimum: [OptionField.reconnectMinimum, 0, largestInteger],
  reconnectMaximum: [OptionField.reconnectMaximum, 0, largestInteger],
  stableAfter: [OptionField.stableAfter, 0, largestInteger],
  queueMaximumMessages: [OptionField.queueMaximumMessages, 0, largestInteger],
  queueMaximumBytes: [OptionField.queueMaximumBytes, 0, largestInteger],
  outputHighWater: [OptionField.outputHighWater, 1, largestInteger],
  resubscribe: [OptionField.resubscribe],
  keepAliveBySending: [OptionField.keepAliveBySending],
  subscribeBatch: [OptionField.subscribeBatch, 1, largestInteger],
  refusalPatience: [OptionField.refusalPatience, 0, largestInteger],
} as const satisfies Partial<
  Record<keyof ConnectOptions, readonly [field: OptionField] | readonly [field: OptionField, least: number, most: number]>
>
