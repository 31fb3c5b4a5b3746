// The options of connect(), checked and written down for C++ (connect_arguments.hpp).

const largestInteger = 0xffffffff

/** Those that are a number or a truth value: their field, and the least and the largest. @type {Record<string, [number, number, number] | [number]>} */
const plainOptions = {
  mqttVersion: [2, 3, 5],
  cleanSession: [6],
  keepAliveInterval: [7, 0, 0xffff],
  sessionExpiryInterval: [12, 0, largestInteger],
  receiveMaximum: [13, 1, 0xffff],
  maximumPacketSize: [14, 64, largestInteger],
  topicAliasMaximum: [15, 0, 0xffff],
  outgoingTopicAliasMaximum: [16, 0, 0xffff],
  reconnect: [21],
  retryFirstConnection: [22],
  reconnectMinimum: [23, 0, largestInteger],
  reconnectMaximum: [24, 0, largestInteger],
  stableAfter: [25, 0, largestInteger],
  queueMaximumMessages: [26, 0, largestInteger],
  queueMaximumBytes: [27, 0, largestInteger],
  outputHighWater: [28, 1, largestInteger],
  resubscribe: [29],
  keepAliveBySending: [30],
  subscribeBatch: [32, 1, largestInteger],
  refusalPatience: [33, 0, largestInteger],
}

/** The others that take a value of their own, and their fields. */
const optionField = {
  uri: 1,
  userName: 3,
  password: 4,
  askCredentials: 5,
  willTopic: 8,
  willPayload: 9,
  willFlags: 10,
  willProperties: 11,
  authenticationMethod: 17,
  authenticationData: 18,
  properties: 19,
  connectTimeout: 20,
  isStored: 31,
}

const functionOptions = ['credentials', 'authenticate', 'onSuccess', 'onFailure']
const otherOptions = [
  ...functionOptions,
  ...['useSSL', 'uris', 'userName', 'password', 'willMessage', 'timeout'],
  ...['authenticationMethod', 'authenticationData', 'properties', 'store', 'invocationContext'],
]

/**
 * @param {ConnectOptions} options
 * @param {import('../wsmq').Address} uri the constructor's
 * @returns {Uint8Array}
 */
function encodeOptions(options, uri) {
  const block = new BlockWriter()
  const bytes = (/** @type {number} */ field, /** @type {Uint8Array} */ value) => {
    block.byte(field)
    block.littleEndian(value.length, 4)
    block.bytes(value)
  }
  const integer = (/** @type {number} */ field, /** @type {number} */ value) => {
    block.byte(field)
    block.littleEndian(4, 4)
    block.littleEndian(value, 4)
  }

  checkNames(options)
  // An address that is asked for is an empty one to C++.
  for (const each of urisOf(uri, options)) bytes(optionField.uri, typeof each === 'function' ? nothing : textEncoder.encode(each))
  const reconnect = options.reconnect ?? true
  /** @type {Record<string, unknown>} */
  const settled = {
    reconnect,
    sessionExpiryInterval: reconnect ? 120 : 0,
    .../** @type {Record<string, any>} */ (withoutUndefined(options)),
  }
  for (const [name, [field, least, most]] of Object.entries(plainOptions)) {
    const value = settled[name]
    if (value !== undefined)
      integer(field, least === undefined ? checkTruth(name, value) : checkInteger(name, value, least, /** @type {number} */ (most)))
  }
  const { userName, password, willMessage, timeout = 30, authenticationMethod, authenticationData } = options
  integer(optionField.connectTimeout, Math.round(checkNumber('timeout', timeout, largestInteger / 1000) * 1000))
  if (options.credentials !== undefined) integer(optionField.askCredentials, 1)
  if (options.store !== undefined) integer(optionField.isStored, 1)
  if (userName !== undefined) bytes(optionField.userName, encodeText(userName, 'userName'))
  if (password !== undefined) bytes(optionField.password, bytesOf(password, 'password'))
  if (authenticationMethod !== undefined) bytes(optionField.authenticationMethod, encodeText(authenticationMethod, 'authenticationMethod'))
  if (authenticationData !== undefined) bytes(optionField.authenticationData, bytesOf(authenticationData, 'authenticationData'))
  bytes(optionField.properties, encodeProperties(options.properties))
  if (willMessage !== undefined) encodeWill(willMessage, bytes, integer)
  return block.taken()
}

/**
 * @param {import('../wsmq').WillOptions} will
 * @param {(field: number, value: Uint8Array) => void} bytes
 * @param {(field: number, value: number) => void} integer
 */
function encodeWill(will, bytes, integer) {
  if (typeof will !== 'object' || will === null) refuse('willMessage is an object.')
  bytes(optionField.willTopic, encodeText(will.topic, 'willMessage.topic'))
  bytes(optionField.willPayload, bytesOf(will.payload, 'willMessage.payload'))
  const qos = checkInteger('willMessage.qos', will.qos ?? 0, 0, 2)
  integer(optionField.willFlags, qos | (checkTruth('willMessage.retain', will.retain ?? false) << 2))
  bytes(optionField.willProperties, encodeProperties(will.properties))
}

/** @param {ConnectOptions} options */
function checkNames(options) {
  if (typeof options !== 'object' || options === null) refuse('Options are an object.')
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(plainOptions, name) && !otherOptions.includes(name)) refuse(`There is no option "${name}".`)
    if (value !== undefined && functionOptions.includes(name) && typeof value !== 'function') refuse(`${name} is a function.`)
  }
}

/**
 * @param {import('../wsmq').Address} uri
 * @param {ConnectOptions} options
 */
function urisOf(uri, { uris = [uri], useSSL = false }) {
  if (!Array.isArray(uris) || uris.length === 0) refuse('uris is an array with at least one URI.')
  checkTruth('useSSL', useSSL)
  return uris.map((each) => (typeof each === 'function' ? each : connectUri(each, useSSL)))
}

/**
 * @param {string} uri
 * @param {boolean} useSSL
 */
function connectUri(uri, useSSL) {
  return checkUri(useSSL ? String(uri).replace(/^ws:/i, 'wss:') : uri)
}

/**
 * The browser would throw something of its own. A URI may hold a token, and so it is not repeated.
 * @param {string} uri
 */
function checkUri(uri) {
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

/**
 * @param {string} name
 * @param {unknown} value
 */
function checkTruth(name, value) {
  if (typeof value !== 'boolean') refuse(`${name} is true or false.`)
  return Number(value)
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} most
 * @returns {number}
 */
function checkNumber(name, value, most) {
  if (typeof value === 'number' && value >= 0 && value <= most) return value
  return refuse(`${name} is a number from 0 to ${most}.`)
}

/**
 * @param {string} name
 * @param {unknown} value
 * @param {number} least
 * @param {number} most
 * @returns {number}
 */
function checkInteger(name, value, least, most) {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value
  return refuse(`${name} is a whole number from ${least} to ${most}.`)
}

/**
 * @template {object} T
 * @param {T} object
 * @returns {T}
 */
function withoutUndefined(object) {
  return /** @type {T} */ (Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)))
}
