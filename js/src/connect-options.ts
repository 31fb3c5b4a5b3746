// The options of connect(): their ranges, and how they become the module's.
import { abortSignal, anything, callable, either, flag, object, oneOf, text, UINT16, UINT32, whole } from './check.js'
import { defined } from './defined.js'
import { logOption } from './log.js'
import type { Credentials as ModuleCredentials, ModuleConnectOptions } from './module.js'
import type { ConnectOptions, CredentialsRequest, ExpiringCredentials } from './options.js'
import { encoded } from './payload.js'
import type { Asking } from './renewal/asking.js'
import type { Uri } from './uris.js'

const any32 = whole(0, UINT32)
const any16 = whole(0, UINT16)
const positive32 = whole(1, UINT32)

/** Of connect() and of join(). */
export const SHARED_OPTIONS = {
  protocolVersion: oneOf(3, 4, 5),
  credentials: either(callable, object({ username: text, password: anything })),
  keepAlive: any16,
  connectTimeout: positive32,
  reconnect: either(flag, object({ minDelay: any32, maxDelay: any32, stableAfter: any32, refusalPatience: any32, retryFirst: flag })),
  sessionExpiryInterval: any32,
  receiveMaximum: whole(1, UINT16),
  maximumPacketSize: whole(64, UINT32),
  topicAliasMaximum: any16,
  outgoingTopicAliasMaximum: any16,
  requestResponseInformation: flag,
  requestProblemInformation: flag,
  userProperties: anything,
  authentication: object({ method: text, data: anything, respond: callable }),
  queue: object({ messages: any32, bytes: any32 }),
  highWaterMark: positive32,
  signal: abortSignal,
  subscribeBatch: positive32,
  log: logOption,
  packets: either(flag, whole(0, 100_000)),
  timings: flag,
  outbox: either(
    flag,
    object({ name: text, maxMessages: positive32, maxBytes: positive32, whenFull: oneOf('reject', 'drop_oldest'), folder: text }),
  ),
}

export const workerOption = either(flag, object({ url: anything }))
export const SHARED_SHAPE = { name: text, via: oneOf('worker', 'tab'), url: anything }

export const CONNECT_OPTIONS = {
  ...SHARED_OPTIONS,
  clientId: text,
  cleanStart: flag,
  will: object({ topic: text, payload: anything, qos: oneOf(0, 1, 2), retain: flag, properties: anything }),
  prepare: callable,
  worker: workerOption,
  shared: either(flag, object(SHARED_SHAPE)),
} satisfies Record<keyof ConnectOptions, unknown>

/** `request` gives what the application's functions are called with; `asking` calls that for credentials. */
export function moduleOptions(
  uris: readonly Uri[],
  options: ConnectOptions,
  request: () => CredentialsRequest,
  asking: Pick<Asking, 'credentials' | 'note'>,
): ModuleConnectOptions {
  const { protocolVersion, cleanStart, keepAlive, connectTimeout, highWaterMark, credentials, will, reconnect = true } = options
  const { authentication, queue, userProperties, requestResponseInformation, requestProblemInformation } = options
  const { sessionExpiryInterval, receiveMaximum, maximumPacketSize, topicAliasMaximum, outgoingTopicAliasMaximum, subscribeBatch } = options
  const policy = typeof reconnect === 'object' ? reconnect : {}
  const properties = defined({
    userProperties,
    requestResponseInformation: requestResponseInformation === undefined ? undefined : Number(requestResponseInformation),
    requestProblemInformation: requestProblemInformation === undefined ? undefined : Number(requestProblemInformation),
  })
  return defined({
    uris: uris.map((uri) => (typeof uri === 'string' ? uri : async () => asking.note(await uri(request())))),
    mqttVersion: protocolVersion,
    cleanSession: cleanStart,
    keepAliveInterval: keepAlive,
    timeout: connectTimeout && connectTimeout / 1000,
    willMessage: will && defined({ ...will, payload: encoded(will.payload) }),
    reconnect: reconnect !== false,
    retryFirstConnection: policy.retryFirst,
    reconnectMinimum: policy.minDelay,
    reconnectMaximum: policy.maxDelay,
    stableAfter: policy.stableAfter,
    refusalPatience: policy.refusalPatience,
    queueMaximumMessages: queue?.messages,
    queueMaximumBytes: queue?.bytes,
    outputHighWater: highWaterMark,
    ...{ sessionExpiryInterval, receiveMaximum, maximumPacketSize, topicAliasMaximum, outgoingTopicAliasMaximum, subscribeBatch },
    properties: Object.keys(properties).length > 0 ? properties : undefined,
    authenticationMethod: authentication?.method,
    authenticationData: authentication?.data,
    authenticate: authentication?.respond.bind(authentication),
    ...(typeof credentials === 'function'
      ? { credentials: async () => moduleCredentials(await asking.credentials()) }
      : credentials && moduleCredentials(credentials)),
  })
}

/** A client identifier that nobody else has: 17 letters and digits, few enough for MQTT 3.1. */
export function randomClientId(): string {
  const random = crypto.getRandomValues(new Uint32Array(2))
  return `wsmq-${[...random].map((value) => (value % 36 ** 6).toString(36).padStart(6, '0')).join('')}`
}

function moduleCredentials({ username, password, authenticationData }: ExpiringCredentials): ModuleCredentials {
  return defined({ userName: username, password, authenticationData })
}
