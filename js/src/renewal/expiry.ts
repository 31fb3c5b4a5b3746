// When credentials, or an address with a token in it, end.
import type { Given } from './asking.js'

export interface Expiry {
  /** Milliseconds since 1970, by the clock of whoever issued them. */
  at: number
  /** Milliseconds from now. */
  left: number
}

/** Of a JSON Web Token (RFC 7519): its header, its claims and its signature, the first two of which are objects. */
const TOKEN = /\beyJ[\w-]*\.([\w-]+)\./g
/** Milliseconds: an earlier instant is given in seconds, as tokens have it. */
const IN_1973 = 1e11

/** The first of all ends; undefined where there is none. */
export function expiryOf(given: Given, now: number): Expiry | undefined {
  const { expiresAt, ...others } = typeof given === 'string' ? { expiresAt: undefined, given } : given
  const said = Number(expiresAt)
  const at = said < IN_1973 ? said * 1000 : said
  if (!Number.isNaN(at)) return { at, left: at - now }
  const texts = Object.values(others).map((each) => (typeof each === 'object' ? new TextDecoder().decode(each) : each))
  const ends = [...texts.join(' ').matchAll(TOKEN)].flatMap(([, claims = '']) => expiryOfToken(claims, now) ?? [])
  return ends.sort((one, other) => one.left - other.left)[0]
}

/** The signature is the broker's to verify. */
function expiryOfToken(encoded: string, now: number): Expiry | undefined {
  try {
    const { exp, iat } = JSON.parse(atob(encoded.replace(/-/g, '+').replace(/_/g, '/'))) as { exp?: unknown; iat?: unknown }
    if (typeof exp !== 'number') return undefined
    const at = exp * 1000
    const left = at - now
    // Issued in the future, or over on arrival: the two clocks differ, and the token is most likely new.
    const isSkewed = typeof iat === 'number' && (iat * 1000 > now || left <= 0)
    return { at, left: isSkewed ? (exp - iat) * 1000 : left }
  } catch {
    return undefined
  }
}

/**
 * Milliseconds until credentials are renewed that end in `left`: 80 to 90 % of that, at least 10 s before the end, but not
 * before half of it. `random`: 0 to 1, so that pages that were opened together do not all come back at once.
 */
export function renewalDelay(left: number, random: number): number {
  return Math.max(1000, left / 2, Math.min(left * (0.8 + 0.1 * random), left - 10_000))
}
