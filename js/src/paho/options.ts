// The options of connect(): checked like in mqttws31.js, and converted to the module's.
import type { Address, Credentials, ModuleConnectOptions, Properties } from '../module.js'
import { redactedUri } from '../redacted-uri.js'
import { error, type ErrorDetails } from './errors.js'
import { isMessage, type Message } from './message.js'
import type { Plan } from './plan.js'
import { asText, type Shape, validate } from './validate.js'

/** Any value, which callbacks receive: the community types say so, and code is written against them. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type InvocationContext = any

export interface WithInvocationContext {
  /** Undefined if the options had none. */
  invocationContext: InvocationContext
}

export type ErrorWithInvocationContext = ErrorDetails & WithInvocationContext

export interface ConnectionOptions {
  /** Seconds for one attempt; 0 is the default, 30. */
  timeout?: number
  userName?: string
  password?: string
  /** The will: published by the broker when the connection breaks. */
  willMessage?: Message
  /** Seconds, 0 to 65,535; 0 disables it. Default 60. */
  keepAliveInterval?: number
  /** Default true. */
  cleanSession?: boolean
  useSSL?: boolean
  /** Passed to the callbacks. */
  invocationContext?: InvocationContext
  /** Also called after every reconnection. */
  onSuccess?: (outcome: WithInvocationContext) => void
  /** Called if no address accepts the first connection. */
  onFailure?: (failure: ErrorWithInvocationContext) => void
  /** Hosts, with `ports`, or full addresses, which are tried in turn. */
  hosts?: string[]
  ports?: number[]
  /** Default false. */
  reconnect?: boolean
  /** 3, 4 or 5. Default: 4, then 3. */
  mqttVersion?: 3 | 4 | 5
  mqttVersionExplicit?: boolean
  /** Full addresses, which are tried in turn. */
  uris?: string[]
  /** Not in mqttws31.js, like all that follow. MQTT 5: properties of CONNECT. */
  properties?: ConnectProperties
  /** Called before every attempt. */
  credentials?: () => Credentials | Promise<Credentials>
  /** Called before every attempt for the full address, which may be signed. Replaces all other addresses. */
  address?: () => string | Promise<string>
  /** Whether subscriptions are renewed if the broker lost the session. Default false. */
  resubscribe?: boolean
  /** Restores behaviours of mqttws31.js that are fixed by default: see docs/migrating-from-paho.md. Default false. */
  strict?: boolean
}

/** MQTT 5: user properties, and what CONNECT can request. */
export type ConnectProperties = Properties & Pick<ModuleConnectOptions, (typeof CONNECT_PROPERTIES)[number]>

const CONNECT_PROPERTIES = [
  'sessionExpiryInterval',
  'receiveMaximum',
  'maximumPacketSize',
  'topicAliasMaximum',
  'authenticationMethod',
  'authenticationData',
] as const

const SHAPE: Shape = {
  timeout: 'number',
  userName: 'string',
  password: 'string',
  willMessage: 'object',
  keepAliveInterval: 'number',
  cleanSession: 'boolean',
  useSSL: 'boolean',
  invocationContext: 'object',
  onSuccess: 'function',
  onFailure: 'function',
  hosts: 'object',
  ports: 'object',
  reconnect: 'boolean',
  mqttVersion: 'number',
  mqttVersionExplicit: 'boolean',
  uris: 'object',
}
const EXTENSIONS: Shape = {
  properties: 'object',
  credentials: 'function',
  address: 'function',
  resubscribe: 'boolean',
  strict: 'boolean',
}
/** The path is required, as in mqttws31.js. */
const FULL_URI = /^wss?:\/\/(?:\[(?<ipv6>[^\]]+)\]|(?<name>[^/[\]]+?))(?::(?<port>\d+))?(?<path>\/.*)$/s

/** Throws an Error with a text of mqttws31.js. */
export function checkConnectOptions(options: ConnectionOptions): void {
  validate(options, SHAPE, EXTENSIONS)
  const { mqttVersion } = options
  if (mqttVersion !== undefined && ![3, 4, 5].includes(mqttVersion))
    throw error('INVALID_ARGUMENT', mqttVersion, 'connectOptions.mqttVersion')
  // Without the password: error texts are logged.
  if (options.userName === undefined && options.password !== undefined) throw error('INVALID_ARGUMENT', '******', 'connectOptions.password')
  checkWill(options.willMessage)
  checkHosts(options)
}

/** The addresses to try in turn; `uri` is from the constructor. */
export function connectUris(options: ConnectionOptions, uri: string, path: string): Address[] {
  const { hosts, ports, uris, useSSL, address: given } = options
  const secured = (one: string) => (useSSL === true ? one.replace(/^ws:/, 'wss:') : one)
  if (given !== undefined) return [async () => secured(await given())]
  let list = uris ?? [uri]
  if (hosts !== undefined) list = hosts.map((host, index) => (FULL_URI.test(host) ? host : address(host, ports?.[index] ?? NaN, path)))
  return list.map(secured)
}

/** The path is used as it is, like in mqttws31.js. */
export function address(host: string, port: number, path: string): string {
  const bracketed = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  return `ws://${bracketed}${Number.isNaN(port) ? '' : `:${port}`}${path}`
}

export interface UriParts {
  host: string
  port: number
  path: string
}

/** For the form of the constructor that has one address. */
export function parseUri(uri: string): UriParts {
  const parts = FULL_URI.exec(uri)?.groups
  if (parts === undefined) throw error('INVALID_ARGUMENT', redactedUri(uri), 'host')
  return { host: parts['ipv6'] ?? parts['name'] ?? '', port: parseInt(parts['port'] ?? '', 10), path: parts['path'] ?? '' }
}

export function moduleOptions(plan: Plan): ModuleConnectOptions {
  const { options } = plan
  const { userName, password, willMessage, credentials } = options
  const { properties, ...asked } = connectProperties(plan)
  return {
    uris: plan.uris,
    mqttVersion: plan.version,
    timeout: plan.timeout,
    keepAliveInterval: options.keepAliveInterval ?? 60,
    keepAliveBySending: plan.strict,
    cleanSession: plan.cleanSession,
    reconnect: options.reconnect === true && !plan.strict,
    resubscribe: options.resubscribe ?? false,
    ...asked,
    ...(userName === undefined ? {} : { userName }),
    ...(password === undefined ? {} : { password }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(properties === undefined ? {} : { properties }),
    ...(willMessage == null ? {} : { willMessage: moduleWill(willMessage) }),
  }
}

/** Separates the properties that are options of the module from the others. */
function connectProperties({ options, version }: Plan): ModuleConnectOptions {
  if (options.properties == null || version < 5) return {}
  const rest: Record<string, unknown> = { ...options.properties }
  const asked: Record<string, unknown> = {}
  for (const name of CONNECT_PROPERTIES) {
    if (rest[name] !== undefined) asked[name] = rest[name]
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    delete rest[name]
  }
  return { ...asked, properties: rest }
}

function moduleWill(will: Message): NonNullable<ModuleConnectOptions['willMessage']> {
  const { destinationName, raw, qos, retained, properties } = will
  return { topic: destinationName, payload: raw, qos, retain: retained, ...(properties === undefined ? {} : { properties }) }
}

function checkWill(will: Message | undefined): void {
  if (will == null) return
  if (!isMessage(will)) throw error('INVALID_TYPE', asText(will), 'connectOptions.willMessage')
  if (typeof will.destinationName === 'undefined') throw error('INVALID_TYPE', 'undefined', 'connectOptions.willMessage.destinationName')
}

function checkHosts({ hosts, ports }: ConnectionOptions): void {
  if (hosts == null) return
  if (!Array.isArray(hosts)) throw error('INVALID_ARGUMENT', asText(hosts), 'connectOptions.hosts')
  if (hosts.length < 1) throw error('INVALID_ARGUMENT', asText(hosts), 'connectOptions.hosts')
  let full: boolean | undefined
  hosts.forEach((host: unknown, index) => {
    if (typeof host !== 'string') throw error('INVALID_TYPE', typeof host, `connectOptions.hosts[${index}]`)
    const isFull = FULL_URI.test(host)
    if (full !== undefined && full !== isFull) throw error('INVALID_ARGUMENT', redactedUri(host), `connectOptions.hosts[${index}]`)
    full = isFull
  })
  if (full === true) return
  if (!Array.isArray(ports) || ports.length !== hosts.length) throw error('INVALID_ARGUMENT', asText(ports), 'connectOptions.ports')
  ports.forEach((port: unknown, index) => {
    if (typeof port !== 'number' || port < 0) throw error('INVALID_TYPE', typeof port, `connectOptions.ports[${index}]`)
  })
}
