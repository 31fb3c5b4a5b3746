// Where a broker is, in the forms that the constructor of Client takes.
import { refuse } from './errors.js'
import type { Address } from '../wsmq.js'
import { encodeText } from './bytes.js'
import { checkInteger, checkUri } from './options.js'

const longestClientId = 0xffff

export interface Place {
  /** Without the brackets of an IPv6 address. */
  host: string
  /** 0: the default of the scheme. */
  port: number
  path: string
}

/** @param given (host, port, path, clientId), (host, port, clientId) or (uri, clientId) */
export function readConstructorArguments(given: unknown[]): { place: Place; uri: Address; clientId: string } {
  if (given.length < 2 || given.length > 4) refuse('Give (host, port, path, clientId), (host, port, clientId) or (uri, clientId).')
  const clientId = given.at(-1)
  const [host, port, path = ''] = given.slice(0, -1)
  const isFunction = given.length === 2 && typeof host === 'function'
  if (!isFunction && (typeof host !== 'string' || host === ''))
    refuse(given.length === 2 ? 'The URI must be a string.' : 'The host must be a string that is not empty.')
  if (given.length > 2) checkInteger('The port', port, 1, 0xffff)
  if (typeof path !== 'string') refuse('The path must be a string.')
  if (typeof clientId !== 'string') refuse('The client identifier must be a string.')
  if (encodeText(clientId, 'The client identifier').length > longestClientId) refuse('The client identifier is longer than 65,535 bytes.')
  if (isFunction) return { place: placeOf(''), uri: host as Address, clientId }
  if (given.length === 2) return { place: placeOf(host as string), uri: checkUri(host as string), clientId }
  const place = { host: withoutBrackets(host as string), port: port as number, path: given.length === 3 ? '/mqtt' : withSlash(path) }
  const shown = place.host.includes(':') ? `[${place.host}]` : place.host
  return { place, uri: checkUri(`ws://${shown}:${place.port}${place.path}`), clientId }
}

function placeOf(uri: string): Place {
  const [, authority = '', path = ''] = /^(?:[^/?]*:\/\/)?([^/?]*)(.*)$/s.exec(uri) ?? []
  const [, host = '', port = ''] = /^(\[[^\]]*]|[^:]*)(?::(.*))?$/s.exec(authority) ?? []
  return { host: withoutBrackets(host), port: Number(port), path: path === '' ? '/' : path }
}

const withoutBrackets = (host: string) => host.replace(/^\[(.*)]$/s, '$1')
const withSlash = (path: string) => (path.startsWith('/') ? path : `/${path}`)
