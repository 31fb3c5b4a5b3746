// The options of connect(), checked and encoded for C++ (boundary/options.ts).
import { largestInteger, OptionField, plainOptions, WillFlag } from '../boundary/options.js'
import type { Address, ConnectOptions, WillOptions } from '../wsmq.js'
import { BlockWriter, bytesOf, encodeText, nothing, textEncoder } from './bytes.js'
import { refuse } from './errors.js'
import { encodeProperties } from './properties.js'

/** All the others, and which of them are functions. */
const otherOptions: Record<Exclude<keyof ConnectOptions, keyof typeof plainOptions>, boolean> = {
  credentials: true,
  authenticate: true,
  onSuccess: true,
  onFailure: true,
  useSSL: false,
  uris: false,
  userName: false,
  password: false,
  willMessage: false,
  timeout: false,
  authenticationMethod: false,
  authenticationData: false,
  properties: false,
  store: false,
  invocationContext: false,
}
const functions = new Map<string, boolean>(Object.entries(otherOptions))

/** @param uri the constructor's */
export function encodeOptions(options: ConnectOptions, uri: Address): Uint8Array {
  const block = new BlockWriter()
  const bytes = (field: number, value: Uint8Array) => {
    block.byte(field)
    block.littleEndian(value.length, 4)
    block.bytes(value)
  }
  const integer = (field: number, value: number) => {
    block.byte(field)
    block.littleEndian(4, 4)
    block.littleEndian(value, 4)
  }

  checkNames(options)
  // An address that is asked for is an empty one to C++.
  for (const each of urisOf(uri, options)) bytes(OptionField.uri, typeof each === 'function' ? nothing : textEncoder.encode(each))
  const reconnect = options.reconnect ?? true
  const settled: Record<string, unknown> = {
    reconnect,
    sessionExpiryInterval: reconnect ? 120 : 0,
    ...withoutUndefined(options),
  }
  for (const [name, [field, least, most]] of Object.entries(plainOptions)) {
    const value = settled[name]
    if (value !== undefined)
      integer(field, least === undefined ? checkTruth(name, value) : checkInteger(name, value, least, most as number))
  }
  const { userName, password, willMessage, timeout = 30, authenticationMethod, authenticationData } = options
  integer(OptionField.connectTimeout, Math.round(checkNumber('timeout', timeout, largestInteger / 1000) * 1000))
  if (options.credentials !== undefined) integer(OptionField.askCredentials, 1)
  if (options.store !== undefined) integer(OptionField.isStored, Number(options.store.isAwaited === true))
  if (userName !== undefined) bytes(OptionField.userName, encodeText(userName, 'userName'))
  if (password !== undefined) bytes(OptionField.password, bytesOf(password, 'password'))
  if (authenticationMethod !== undefined) bytes(OptionField.authenticationMethod, encodeText(authenticationMethod, 'authenticationMethod'))
  if (authenticationData !== undefined) bytes(OptionField.authenticationData, bytesOf(authenticationData, 'authenticationData'))
  bytes(OptionField.properties, encodeProperties(options.properties))
  if (willMessage !== undefined) encodeWill(willMessage, bytes, integer)
  return block.taken()
}

function encodeWill(will: WillOptions, bytes: (field: number, value: Uint8Array) => void, integer: (field: number, value: number) => void) {
  if (typeof will !== 'object' || will === null) refuse('willMessage must be an object.')
  bytes(OptionField.willTopic, encodeText(will.topic, 'willMessage.topic'))
  bytes(OptionField.willPayload, bytesOf(will.payload, 'willMessage.payload'))
  const qos = checkInteger('willMessage.qos', will.qos ?? 0, 0, 2)
  integer(OptionField.willFlags, qos | (checkTruth('willMessage.retain', will.retain ?? false) * WillFlag.retain))
  bytes(OptionField.willProperties, encodeProperties(will.properties))
}

function checkNames(options: ConnectOptions) {
  if (typeof options !== 'object' || options === null) refuse('The options must be an object.')
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(plainOptions, name) && !functions.has(name)) refuse(`There is no option "${name}".`)
    if (value !== undefined && functions.get(name) && typeof value !== 'function') refuse(`${name} is a function.`)
  }
}

function urisOf(uri: Address, { uris = [uri], useSSL = false }: ConnectOptions) {
  if (!Array.isArray(uris) || uris.length === 0) refuse('uris must be an array with at least one URI.')
  checkTruth('useSSL', useSSL)
  return uris.map((each) => (typeof each === 'function' ? each : connectUri(each, useSSL)))
}

export function connectUri(uri: string, useSSL: boolean) {
  return checkUri(useSSL ? String(uri).replace(/^ws:/i, 'wss:') : uri)
}

/** The browser would throw something of its own. A URI may hold a token, and so it is not repeated. */
export function checkUri(uri: string) {
  let url
  try {
    url = new URL(uri)
  } catch {
    refuse('The URI cannot be parsed.')
  }
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') refuse('The URI does not begin with ws: or wss:.')
  if (url.hash !== '' || uri.endsWith('#')) refuse('The URI has a fragment.')
  return uri
}

export function checkTruth(name: string, value: unknown) {
  if (typeof value !== 'boolean') refuse(`${name} is true or false.`)
  return Number(value)
}

function checkNumber(name: string, value: unknown, most: number): number {
  if (typeof value === 'number' && value >= 0 && value <= most) return value
  return refuse(`${name} is a number from 0 to ${most}.`)
}

export function checkInteger(name: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  return refuse(`${name} is a whole number from ${least} to ${most}.`)
}

export function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T
}
