// The WebAssembly module as JavaScript sees it: functions that Embind binds, and the classes of glue/. The calls are in
// the style of mqttws31.js; what is new has new names.

export type Payload = string | ArrayBuffer | ArrayBufferView

/** MQTT 5 properties, by name. Unknown names are refused. */
export interface Properties {
  payloadFormatIndicator?: number
  messageExpiryInterval?: number
  contentType?: string
  responseTopic?: string
  correlationData?: Uint8Array
  subscriptionIdentifier?: number | number[]
  sessionExpiryInterval?: number
  assignedClientIdentifier?: string
  serverKeepAlive?: number
  authenticationMethod?: string
  authenticationData?: Uint8Array
  requestProblemInformation?: number
  willDelayInterval?: number
  requestResponseInformation?: number
  responseInformation?: string
  serverReference?: string
  reasonString?: string
  receiveMaximum?: number
  topicAliasMaximum?: number
  topicAlias?: number
  maximumQos?: number
  retainAvailable?: number
  /** Name and value pairs: an object is for names that stand once. */
  userProperties?: [string, string][] | Record<string, string>
  maximumPacketSize?: number
  wildcardSubscriptionAvailable?: number
  subscriptionIdentifierAvailable?: number
  sharedSubscriptionAvailable?: number
}

/** An arrived message. Its payload is taken out of the received bytes when it is first read. */
export interface ArrivedMessage {
  readonly destinationName: string
  readonly topic: string
  readonly qos: 0 | 1 | 2
  readonly retained: boolean
  readonly duplicate: boolean
  /**
   * The same object at every read; it may be kept and changed. Above 64 bytes it may be a view of the WebSocket message
   * that it came in, at most 64 times as long as itself: mind `byteOffset`, and transfer a `slice()` of it, for other
   * messages may be in the same buffer.
   */
  readonly payloadBytes: Uint8Array
  /** Decoded at the first read. Throws `MqttError` (`invalid_utf8`) where it is not UTF-8. */
  readonly payloadString: string
  /** Decoded at the first read; empty below MQTT 5. */
  readonly properties: Properties
  /** As in `properties`: several where the broker sent one copy for several subscriptions. */
  readonly subscriptionIdentifier: number | number[] | undefined
  /** The interned topic's number: equal numbers mean equal topics until `topicEpoch` changes. */
  readonly topicId: number
}

/** A full ws: or wss: URI, or a function that is asked for one before each attempt, within its `timeout`. */
export type Address = string | (() => string | Promise<string>)

export interface WillOptions {
  topic: string
  payload: Payload
  qos?: 0 | 1 | 2
  retain?: boolean
  properties?: Properties
}

export interface Credentials {
  userName?: string
  password?: string | Uint8Array
}

export interface Outcome {
  invocationContext?: unknown
}

/** Why something failed. `error` is the engine's (`Errc`), `reasonCode` the broker's. */
export interface Failure extends Outcome {
  errorCode: number
  /** The enumerator's name in error.hpp, for example "connection_refused". */
  error: string
  errorMessage: string
  /** 0 where the broker said nothing. */
  reasonCode: number
  reasonString?: string
  properties?: Properties
  /** What a function of the application's threw, or that it did not answer, where that is the reason. */
  cause?: unknown
  /** The directive of the page's Content-Security-Policy that forbids the connection. */
  forbiddenBy?: string
  /** Of a connection, or an attempt at one: what the socket's constructor threw, or the error of its error event (Node). */
  socketError?: unknown
}

export interface ConnectionLoss extends Failure {
  /** Whether another attempt follows, and in how many milliseconds. */
  reconnect: boolean
  retryIn: number
  /** False: an attempt that never became a connection. */
  wasConnected: boolean
  uri: string
}

/** One of the engine's records: kind 1 is a message to send, kind 2 a QoS 2 message that arrived and is not released. */
export interface StoredRecord {
  kind: number
  /** Of its kind. */
  number: number
  record: Uint8Array
}

export interface StoreChanges {
  put: StoredRecord[]
  erased: { kind: number; number: number }[]
}

/** Where the session outlives the page. */
export interface SessionStore {
  /** What write() was given before: read once, at the first connect() with this store. */
  records?: StoredRecord[]
  /**
   * What has changed: each change within 5 to 10 ms, at once when the page is hidden or left, and at delete(). A message
   * that was acknowledged in between is not reported. A promise says when it is written.
   */
  write(changes: StoreChanges): void | Promise<void>
  /** Whether a QoS 2 message, and then its PUBREL, wait until they are written: a crash then does not double the message. */
  readonly isAwaited?: boolean
  /**
   * One of `records`, or of an earlier connect() with other options, is over: acknowledged, or released; or it failed:
   * `error` is a name as in `onPublishFailed`, else "none" with the broker's reason code.
   */
  onErased?(kind: number, number: number, error: string, reasonCode: number): void
}

export interface ConnectOptions {
  /** 3, 4 (3.1.1) or 5. Default 5. */
  mqttVersion?: 3 | 4 | 5
  useSSL?: boolean
  /** Tried in turn; default: the constructor's. */
  uris?: Address[]
  userName?: string
  password?: string | Uint8Array
  /** Asked before every attempt, reconnections included. */
  credentials?: () => Credentials | Promise<Credentials>
  willMessage?: WillOptions
  /** Seconds; default 30; 0 switches it off. */
  keepAliveInterval?: number
  /** Default false: what is received counts. True: only sending and PINGRESP put off PINGREQ and the end. */
  keepAliveBySending?: boolean
  /** Default true: what was subscribed is subscribed again where the broker lost the session. */
  resubscribe?: boolean
  /** How many topic filters go into one packet; default 8. */
  subscribeBatch?: number
  /** Keeps QoS 1 and 2 messages in flight beyond the life of this object. */
  store?: SessionStore
  /** Seconds to CONNACK; default 30. */
  timeout?: number
  cleanSession?: boolean
  /** Default true: a lost connection is resumed, with backoff and jitter. */
  reconnect?: boolean
  /** Default false: a first connection that fails everywhere ends in onFailure. */
  retryFirstConnection?: boolean
  /** Milliseconds; the first wait is random up to this, and twice that after each round over all the URIs that fails. Default 2,500. */
  reconnectMinimum?: number
  /** Milliseconds, at most. Default 30,000. */
  reconnectMaximum?: number
  /** Milliseconds; twelve connections in a row that are closed sooner look taken over (`taken_over`). Default 2,500. */
  stableAfter?: number
  /** Milliseconds for which refusals that would be final at first are retried after a connection. Default 60,000. */
  refusalPatience?: number
  /** MQTT 5: seconds. Default 120 with `reconnect`, else 0. */
  sessionExpiryInterval?: number
  receiveMaximum?: number
  maximumPacketSize?: number
  topicAliasMaximum?: number
  outgoingTopicAliasMaximum?: number
  authenticationMethod?: string
  authenticationData?: Uint8Array
  /** Answers the broker's AUTH with the next authentication data. What it throws ends the connection, and goes to onError. */
  authenticate?: (data: Uint8Array, properties: Properties) => Uint8Array | Promise<Uint8Array>
  /** userProperties, requestProblemInformation, requestResponseInformation. */
  properties?: Properties
  queueMaximumMessages?: number
  queueMaximumBytes?: number
  outputHighWater?: number
  invocationContext?: unknown
  /** The first connection stands. */
  onSuccess?: (outcome: Outcome & { sessionPresent: boolean; properties: Properties }) => void
  /** The first connection did not come about and is not tried again. */
  onFailure?: (failure: Failure) => void
}

export interface SubscribeOptions {
  qos?: 0 | 1 | 2
  noLocal?: boolean
  retainAsPublished?: boolean
  retainHandling?: 0 | 1 | 2
  /** subscriptionIdentifier, userProperties. */
  properties?: Properties
  invocationContext?: unknown
  /** Every filter was granted. */
  onSuccess?: (outcome: Outcome & { grantedQos: Uint8Array; properties: Properties }) => void
  /** At least one filter was refused (`grantedQos` has all codes), or there was no answer. */
  onFailure?: (failure: Failure & { grantedQos?: Uint8Array }) => void
}

/** One filter with options of its own; absent ones are those of the call. */
export interface FilterOptions {
  topicFilter: string
  qos?: 0 | 1 | 2
  noLocal?: boolean
  retainAsPublished?: boolean
  retainHandling?: 0 | 1 | 2
}

export interface UnsubscribeOptions {
  properties?: Properties
  invocationContext?: unknown
  onSuccess?: (outcome: Outcome & { reasonCodes: Uint8Array }) => void
  onFailure?: (failure: Failure) => void
}

export interface PublishOptions {
  qos?: 0 | 1 | 2
  retain?: boolean
  whenBlocked?: 'wait' | 'drop_oldest' | 'drop_newest' | 'fail'
  properties?: Properties
}

export interface Negotiated {
  keepAlive: number
  sessionExpiryInterval: number
  receiveMaximum: number
  maximumPacketSize: number
  topicAliasMaximum: number
  maximumQos: 0 | 1 | 2
  retainAvailable: boolean
  wildcardSubscriptionAvailable: boolean
  subscriptionIdentifierAvailable: boolean
  sharedSubscriptionAvailable: boolean
}

/** Thrown by calls with invalid arguments, or at the wrong time. `code` is an enumerator's name in error.hpp. */
export interface MqttError extends Error {
  readonly name: 'MqttError'
  readonly code: string
}

export interface Client {
  readonly host: string
  readonly port: number
  readonly path: string
  /** Of the current or the last attempt; empty where no function has given it yet. */
  readonly uri: string
  /** Ours, or the one that the broker assigned. */
  readonly clientId: string
  readonly negotiated: Negotiated
  /** Messages waiting or in flight, and their bytes. */
  readonly unfinishedMessages: number
  readonly unfinishedBytes: number

  // Handlers are plain properties, and may be set, replaced and cleared at any time. A handler that
  // throws is reported to onError (or, without one, as an uncaught exception in a task of its own)
  // and stops nothing.
  onConnected?: ((reconnected: boolean, uri: string, sessionPresent: boolean, properties: Properties) => void) | null
  /** A connection was lost, or an attempt failed that another follows; also after disconnect(), with errorCode 0. */
  onConnectionLost?: ((loss: ConnectionLoss) => void) | null
  /** An attempt begins: where a function gives its address, as soon as that is known. */
  onConnecting?: ((uri: string, attempt: number) => void) | null
  onMessageArrived?: ((message: ArrivedMessage) => void) | null
  /** A PUBACK or PUBCOMP, or a QoS 0 message that left the queue. For every operation that publish() named. */
  onPublished?: ((operation: number, reasonCode: number, properties: Properties) => void) | null
  /** The publish ended without the broker's answer. `error` is an enumerator's name in error.hpp. */
  onPublishFailed?: ((operation: number, error: string) => void) | null
  onSubscriptionLost?: ((topicFilter: string, reasonCode: number) => void) | null
  onQueueDrained?: (() => void) | null
  /** For logs: each WebSocket message as it is, before it is received or sent. Passwords are among the bytes. */
  onBytes?: ((bytes: Uint8Array, isSent: boolean) => void) | null
  onError?: ((error: unknown) => void) | null

  /** No handler is called before it returns. In a handler it takes effect when all earlier events are reported. */
  connect(options?: ConnectOptions): void
  /**
   * Ends the connection, or the attempts at one. 0x04 makes an MQTT 5 broker publish the will. Handlers are called
   * before it returns; called in a handler, it takes effect after what had arrived with it is delivered.
   */
  disconnect(reasonCode?: number): void
  isConnected(): boolean
  subscribe(filter: string | (string | FilterOptions)[], options?: SubscribeOptions): number
  unsubscribe(filter: string | string[], options?: UnsubscribeOptions): number
  /** The classic call: throws MqttError `not_connected` where there is no connection. */
  send(topic: string, payload: Payload, qos?: 0 | 1 | 2, retained?: boolean): number
  /**
   * The hot path. The result names the operation; 0: a QoS 0 message that was encoded at once, about
   * which nothing more will be heard. All that is published in one task leaves as one WebSocket
   * message at the end of its microtasks. Throws MqttError.
   */
  publish(topic: string, payload: Payload, options?: PublishOptions): number
  cancel(operation: number): void
  /** MQTT 5.0, 4.12.1. */
  reauthenticate(data: Uint8Array): void
  /**
   * The network or the page came back: reconnect at once, or probe the connection. Called by itself on `online`,
   * `pageshow`, `resume` and when the page becomes visible.
   */
  wakeUp(): void
  /** Sends what waits for the end of the task. */
  flush(): void
  /** Sends what was published, closes the socket without a DISCONNECT (the will is published), and frees the memory. */
  delete(): void
  isDeleted(): boolean
}

export interface ClientConstructor {
  new (host: string, port: number, path: string, clientId: string): Client
  /** The path is /mqtt. */
  new (host: string, port: number, clientId: string): Client
  new (uri: Address, clientId: string): Client
}

export interface Module {
  Client: ClientConstructor
  MqttError: new (code: string, message: string) => MqttError
  /** "Not authorized" and so on. */
  describeReason(reasonCode: number): string
  /** Whether a CONNACK with this reason code would be met again with the same options. */
  isFinalRefusal(reasonCode: number): boolean
  /** The sentence of an `errorCode`, without a full stop. */
  describeError(errorCode: number): string
  /** Changes whenever topic numbers of arrived messages were given to other topics. */
  readonly topicEpoch: number
  /** Bytes of WebAssembly memory, and of it in use. */
  memory(): { total: number; used: number }
}

export interface ModuleOptions {
  /** Where to find wsmq.wasm, in the flavour that does not embed it. */
  locateFile?: (file: string) => string
  wasmBinary?: ArrayBuffer | Uint8Array
  /** For a module that is compiled already: instantiates it, and hands the instance over. */
  instantiateWasm?: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => object
}

export default function createModule(options?: ModuleOptions): Promise<Module>
