import type { Target } from './connect.js'
import { InvalidArgumentError } from './errors.js'
import type { Address, AddressRequest } from './options.js'

/** A full ws: or wss: address, or a function that returns one. */
export type Uri = string | ((request?: AddressRequest) => Promise<string>)

/**
 * Full ws: and wss: addresses. On a page, an address without a scheme, such as `/ws_mqtt`, is relative to the page, and
 * http: and https: become ws: and wss:.
 */
export function resolveUris(target: Target): [Uri, ...Uri[]] {
  const [first, ...others] = (Array.isArray(target) ? target : [target]) as Address[]
  const place = (number: number) => (others.length === 0 ? 'The address' : `Address ${number}`)
  return [toUri(first, place(1)), ...others.map((one, index) => toUri(one, place(index + 2)))]
}

function toUri(address: Address | undefined, place: string): Uri {
  if (typeof address !== 'function') return resolve(address, place)
  return async (request = { lastError: undefined }) => resolve(await address(request), place)
}

/** A relative address by the rules, or `host:` as a scheme, which nobody means. */
const LIKE_A_HOST = /^(localhost|[\w-]+(\.[\w-]+)+|[\w.-]+(?=:\d)|\[[\da-f:.]+\])(:\d*)?([/?]|$)/i

/** What an address without a scheme is relative to. A page in about:srcdoc or a worker in blob: has no address of its own. */
function base(): string | undefined {
  if (typeof document !== 'undefined') return document.baseURI
  if (typeof location === 'undefined') return undefined
  return location.href.startsWith('blob:') ? location.origin : location.href
}

/** Undefined if it is not an address. On a page, it may be relative to the page's. */
export function urlOf(text: string): URL | undefined {
  try {
    return new URL(text, base())
  } catch {
    return undefined
  }
}

/** An address may contain a token: errors name it by its position. */
function resolve(address: string | URL | undefined, place: string): string {
  const text = typeof address === 'string' ? address : (address as Partial<URL> | null | undefined)?.href
  if (text === undefined) throw new InvalidArgumentError('The address of the broker is missing: pass one, such as wss://example.org/mqtt.')
  const [bare = ''] = text.split(/[?#]/)
  if (LIKE_A_HOST.test(text) && !text.includes('@'))
    throw new InvalidArgumentError(
      `${place} has no scheme: write ws://${bare} or wss://${bare}; a path on the page's own server begins with / or ./.`,
    )
  const url = /^$|\s/.test(text) ? undefined : urlOf(text)
  if (url === undefined) throw new InvalidArgumentError(`${place} cannot be parsed: write it as wss://example.org/mqtt.`)
  if (url.protocol === 'https:') url.protocol = 'wss:'
  if (url.protocol === 'http:') url.protocol = 'ws:'
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
    throw new InvalidArgumentError(`${place} does not begin with ws:// or wss://: use the broker's WebSocket listener.`)
  if (url.username !== '' || url.password !== '')
    throw new InvalidArgumentError(`${place} has a user name or a password: use the credentials option.`)
  if (url.href.includes('#'))
    throw new InvalidArgumentError(`${place} has a fragment (#), which WebSockets do not allow: write %23 for a #.`)
  return url.href
}
