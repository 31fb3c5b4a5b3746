// From the options of connect() to the module's.
import { anything, callable, either, flag, object, oneOf, abortSignal, text, UINT16, UINT32, whole } from './check.js'
import { encoded } from './payload.js'
import type { ModuleConnectOptions, Properties, WillOptions } from './module.js'
import type { ConnectOptions, Credentials, CredentialsRequest, Will } from './options.js'
import type { Uri } from './uris.js'

const SECONDS = whole(0, UINT32)
const MILLISECONDS = whole(0, UINT32)

/** Of connect() and of join(). */
export const SHARED_OPTIONS = {
  protocolVersion: oneOf(3, 4, 5),
  credentials: either(callable, object({ username: text, password: anything })),
  keepAlive: whole(0, UINT16),
  connectTimeout: whole(1, UINT32),
  reconnect: either(
    flag,
    object({
      minDelay: MILLISECONDS,
      maxDelay: MILLISECONDS,
      stableAfter: MILLISECONDS,
      refusalPatience: MILLISECONDS,
      retryFirst: flag,
    }),
  ),
  sessionExpiryInterval: SECONDS,
  receiveMaximum: whole(1, UINT16),
  maximumPacketSize: whole(64, UINT32),
  topicAliasMaximum: whole(0, UINT16),
  outgoingTopicAliasMaximum: whole(0, UINT16),
  requestResponseInformation: flag,
  requestProblemInformation: flag,
  userProperties: anything,
  authentication: object({ method: text, data: anything, respond: callable }),
  queue: object({ messages: whole(0, UINT32), bytes: whole(0, UINT32) }),
  highWaterMark: whole(1, UINT32),
  signal: abortSignal,
  subscribeBatch: whole(1, UINT32),
}

export const CONNECT_OPTIONS = {
  ...SHARED_OPTIONS,
  clientId: text,
  cleanStart: flag,
  will: object({ topic: text, payload: anything, qos: oneOf(0, 1, 2), retain: flag, properties: anything }),
  prepare: callable,
} satisfies Record<keyof ConnectOptions, unknown>

/** `request`: what the application's functions are told. */
export function moduleOptions(uris: readonly Uri[], options: ConnectOptions, request: () => CredentialsRequest): ModuleConnectOptions {
  const { credentials, will, reconnect = true, authentication, queue } = options
  const policy = typeof reconnect === 'object' ? reconnect : {}
  return defined({
    uris: uris.map((uri) => (typeof uri === 'string' ? uri : () => uri(request()))),
    mqttVersion: options.protocolVersion,
    cleanSession: options.cleanStart,
    keepAliveInterval: options.keepAlive,
    timeout: options.connectTimeout === undefined ? undefined : options.connectTimeout / 1000,
    willMessage: will === undefined ? undefined : moduleWill(will),
    reconnect: reconnect !== false,
    retryFirstConnection: policy.retryFirst,
    reconnectMinimum: policy.minDelay,
    reconnectMaximum: policy.maxDelay,
    stableAfter: policy.stableAfter,
    refusalPatience: policy.refusalPatience,
    sessionExpiryInterval: options.sessionExpiryInterval,
    receiveMaximum: options.receiveMaximum,
    maximumPacketSize: options.maximumPacketSize,
    topicAliasMaximum: options.topicAliasMaximum,
    outgoingTopicAliasMaximum: options.outgoingTopicAliasMaximum,
    queueMaximumMessages: queue?.messages,
    queueMaximumBytes: queue?.bytes,
    outputHighWater: options.highWaterMark,
    subscribeBatch: options.subscribeBatch,
    properties: connectProperties(options),
    authenticationMethod: authentication?.method,
    authenticationData: authentication?.data,
    authenticate: authentication === undefined ? undefined : authentication.respond.bind(authentication),
    ...moduleCredentials(credentials, request),
  })
}

/** A client identifier that nobody else has; 17 letters and digits at most, which MQTT 3.1 allows as well. */
export function randomClientId(): string {
  const random = crypto.getRandomValues(new Uint32Array(2))
  return `wsmq-${[...random].map((value) => (value % 36 ** 6).toString(36).padStart(6, '0')).join('')}`
}

function moduleCredentials(credentials: ConnectOptions['credentials'], request: () => CredentialsRequest): ModuleConnectOptions {
  if (credentials === undefined) return {}
  if (typeof credentials !== 'function') return translate(credentials)
  return { credentials: async () => translate(await credentials(request())) }
}

function translate({ username, password }: Credentials): { userName?: string; password?: string | Uint8Array } {
  return defined({ userName: username, password })
}

function moduleWill({ topic, payload, qos, retain, properties }: Will): WillOptions {
  return defined({ topic, payload: encoded(payload), qos, retain, properties })
}

function connectProperties(options: ConnectOptions): Properties | undefined {
  const { userProperties, requestResponseInformation, requestProblemInformation } = options
  const properties = defined({
    userProperties,
    requestResponseInformation: requestResponseInformation === undefined ? undefined : Number(requestResponseInformation),
    requestProblemInformation: requestProblemInformation === undefined ? undefined : Number(requestProblemInformation),
  })
  return Object.keys(properties).length === 0 ? undefined : properties
}

type Defined<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

/** Without the keys that hold undefined. */
function defined<T extends object>(object: T): Defined<T> {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as Defined<T>
}
