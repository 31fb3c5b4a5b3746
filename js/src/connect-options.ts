// From the options of connect() to the module's.
import { InvalidArgumentError } from './errors.js'
import type { ModuleConnectOptions, Properties, WillOptions } from './module.js'
import type { ConnectOptions, Credentials, CredentialsRequest, Will } from './options.js'
import type { Uri } from './uris.js'

type Ranged =
  | 'keepAlive'
  | 'connectTimeout'
  | 'sessionExpiryInterval'
  | 'receiveMaximum'
  | 'maximumPacketSize'
  | 'topicAliasMaximum'
  | 'outgoingTopicAliasMaximum'
  | 'highWaterMark'

const UINT16 = 65_535
const UINT32 = 4_294_967_295
const RANGES: Record<Ranged, readonly [number, number]> = {
  keepAlive: [0, UINT16],
  connectTimeout: [1, UINT32],
  sessionExpiryInterval: [0, UINT32],
  receiveMaximum: [1, UINT16],
  maximumPacketSize: [64, UINT32],
  topicAliasMaximum: [0, UINT16],
  outgoingTopicAliasMaximum: [0, UINT16],
  highWaterMark: [1, UINT32],
}

/** Throws InvalidArgumentError. */
export function checkOptions(options: ConnectOptions): void {
  for (const [name, [least, most]] of Object.entries(RANGES) as [Ranged, readonly [number, number]][])
    check(name, options[name], least, most)
  const { reconnect, queue, protocolVersion, clientId } = options
  if (typeof reconnect === 'object') {
    check('reconnect.minDelay', reconnect.minDelay, 0, UINT32)
    check('reconnect.maxDelay', reconnect.maxDelay, 0, UINT32)
    check('reconnect.stableAfter', reconnect.stableAfter, 0, UINT32)
  }
  check('queue.messages', queue?.messages, 0, UINT32)
  check('queue.bytes', queue?.bytes, 0, UINT32)
  if (protocolVersion !== undefined && ![3, 4, 5].includes(protocolVersion)) throw new InvalidArgumentError('protocolVersion is 3, 4 or 5.')
  if (clientId !== undefined && typeof clientId !== 'string') throw new InvalidArgumentError('clientId is a text.')
}

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
    sessionExpiryInterval: options.sessionExpiryInterval,
    receiveMaximum: options.receiveMaximum,
    maximumPacketSize: options.maximumPacketSize,
    topicAliasMaximum: options.topicAliasMaximum,
    outgoingTopicAliasMaximum: options.outgoingTopicAliasMaximum,
    queueMaximumMessages: queue?.messages,
    queueMaximumBytes: queue?.bytes,
    outputHighWater: options.highWaterMark,
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
  return defined({ topic, payload, qos, retain, properties })
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

function check(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return
  throw new InvalidArgumentError(`${name} is a whole number from ${least} to ${most}, and not ${value}.`)
}
