// Why no connection came about, as far as the environment tells: Node nearly everything, browsers next to nothing.
import { ConnectionFailedError } from './errors.js'
import { shownUri } from './shown-uri.js'

/** `cause`: what the socket's constructor threw, or its error event told. */
export function unreachable(uri: string, cause: unknown): ConnectionFailedError {
  const { code = '', message = '', name = '' } = (cause ?? {}) as { code?: string; message?: string; name?: string }
  const text = why(uri, code, message, name)
  // Browsers repeat the address, which may hold a token.
  const isSilent = cause === undefined || message.includes('://')
  const detail = isSilent || message === '' ? '' : ` (${message.trim()})`
  return new ConnectionFailedError(`${text}${detail}`, isSilent ? undefined : { cause })
}

function why(uri: string, code: string, message: string, name: string): string {
  const { host, hostname } = new URL(uri)
  const shown = shownUri(uri)
  const status = /server response: (\d+)/.exec(message)?.[1]
  if (status !== undefined)
    return `The server at ${shown} answered with the HTTP status ${status} instead of a WebSocket. Check the path, and what a proxy does with it.`
  if (/subprotocol/i.test(message)) return `The server at ${shown} speaks WebSocket, but not the subprotocol mqtt. Is it an MQTT broker?`
  if (/^(ENOTFOUND|EAI_)/.test(code)) return `The name ${hostname} could not be resolved. Check its spelling, and the network.`
  if (code === 'ECONNREFUSED') return `Nothing listens at ${host}. Is the broker running, and is this the port of its WebSocket listener?`
  if (/^(EHOST|ENET|ETIMEDOUT)/.test(code)) return `There is no way to ${host}. Check the network, and firewalls in between.`
  if (/CERT|TLS|SSL|EPROTO|SIGNATURE/.test(code)) return `TLS with ${host} failed. Check its certificate, and whether its port speaks TLS.`
  if (name === 'SecurityError')
    return `The browser does not allow ${shown}: a page that came over https: may use wss: alone, unless the broker is on this machine.`
  if ((globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false)
    return `There is no network, and so no way to the broker at ${shown}.`
  return `No MQTT broker could be reached at ${shown}. Check the address, the path and that it speaks MQTT over WebSocket${
    message === '' ? "; the browser's console says more" : ''
  }.`
}
