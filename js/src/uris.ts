import { InvalidArgumentError } from './errors.js'

/**
 * Full ws: and wss: addresses. On a page, an address without a scheme, such as `/ws_mqtt`, is one of the page's own
 * server, and http: and https: stand for ws: and wss:.
 */
export function resolveUris(target: string | URL | readonly (string | URL)[]): string[] {
  const targets = typeof target === 'string' || target instanceof URL ? [target] : target
  if (!Array.isArray(targets) || targets.length === 0)
    throw new InvalidArgumentError('Give the address of a broker, such as wss://example.org/mqtt.')
  return targets.map((one: string | URL) => resolve(String(one)))
}

function resolve(text: string): string {
  let url: URL
  try {
    url = new URL(text, typeof location === 'undefined' ? undefined : location.href)
  } catch {
    throw new InvalidArgumentError(`"${text}" is no address: write it as wss://example.org/mqtt.`)
  }
  if (url.protocol === 'https:') url.protocol = 'wss:'
  if (url.protocol === 'http:') url.protocol = 'ws:'
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw new InvalidArgumentError(`${url.protocol}// is not for web pages: use the broker's WebSocket listener, ws:// or wss://.`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('An address holds no user name and password: use the credentials option.')
  if (url.hash !== '') throw new InvalidArgumentError(`A WebSocket address has no "${url.hash}".`)
  return url.href
}
