// The types that applications import.
import type { ErrorWithInvocationContext, WithInvocationContext } from './options.js'
import type { OnSubscribeSuccessParams } from './subscribe.js'

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
export type { GrantedQos, OnSubscribeSuccessParams, SubscribeFailure, SubscribeOptions, UnsubscribeOptions } from './subscribe.js'
export type { TraceElement, TraceFunction } from './trace.js'

export type OnSuccessCallback = (outcome: WithInvocationContext) => void
export type OnSubscribeSuccessCallback = (outcome: OnSubscribeSuccessParams) => void
export type OnFailureCallback = (failure: ErrorWithInvocationContext) => void
