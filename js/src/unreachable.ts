// Why no connection could be made, as far as the environment says: Node says nearly everything, browsers almost nothing.
import { ConnectionFailedError } from './errors.js'
import { redactedUri } from './redacted-uri.js'

/** `cause`: what the socket's constructor threw, or its error event carried. */
export function unreachable(uri: string, cause: unknown): ConnectionFailedError {
  const { code = '', message = '', name = '' } = (cause ?? {}) as { code?: string; message?: string; name?: string }
  const text = why(uri, code, message, name)
  // Browsers repeat the address, which may contain a token.
  const isSilent = cause === undefined || message.includes('://')
  const detail = isSilent || message === '' ? '' : ` (${message.trim()})`
  return new ConnectionFailedError(`${text}${detail}`, isSilent ? undefined : { cause })
}

function why(uri: string, code: string, message: string, name: string): string {
  const { host, hostname } = new URL(uri)
  const address = redactedUri(uri)
  const status = /server response: (\d+)/.exec(message)?.[1]
  if (status !== undefined)
    return `The server at ${address} answered with HTTP status ${status}, not with a WebSocket. Check the path, and proxies.`
  if (/subprotocol/i.test(message))
    return `The server at ${address} does not support the WebSocket subprotocol mqtt. Check that it is an MQTT broker.`
  if (/^(ENOTFOUND|EAI_)/.test(code)) return `The name ${hostname} could not be resolved. Check its spelling, and the network.`
  if (code === 'ECONNREFUSED')
    return `Nothing listens at ${host}. Check that the broker is running, and the port of its WebSocket listener.`
  if (/^(EHOST|ENET|ETIMEDOUT)/.test(code)) return `${host} cannot be reached. Check the network, and firewalls.`
  if (/CERT|TLS|SSL|EPROTO|SIGNATURE/.test(code)) return `TLS with ${host} failed. Check its certificate, and that its port speaks TLS.`
  if (name === 'SecurityError')
    return `The browser does not allow ${address}: a page from https: can only use wss:, unless the broker is on this machine.`
  if ((globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false)
    return `There is no network connection to the broker at ${address}.`
  return `No MQTT broker could be reached at ${address}. Check the address, the path, and that it supports MQTT over WebSocket${
    message === '' ? "; the browser's console says more" : ''
  }.`
}
