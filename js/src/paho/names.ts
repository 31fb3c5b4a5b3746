// The types that applications name.
export type {
  Delivery,
  MQTTError,
  OnConnectedHandler,
  OnConnectionLostHandler,
  OnErrorHandler,
  OnMessageDeliveredHandler,
  OnMessageHandler,
} from './handlers.js'
export type { Qos, TypedArray } from './message.js'
export type { ConnectionOptions, ConnectProperties, ErrorWithInvocationContext, WithInvocationContext } from './options.js'
export type { OnSubscribeSuccessParams, SubscribeFailure, SubscribeOptions, UnsubscribeOptions } from './subscribe.js'
export type { TraceFunction } from './trace.js'
