// JSON Web Tokens (RFC 7519), signed with HMAC-SHA256 or RSA (RFC 7518).
import { createHmac, sign as signRsa } from 'node:crypto'
import { AccessError } from './rules.mjs'

/**
 * @typedef {{ kid?: string, alg: 'HS256', secret: string | Uint8Array } |
 *   { kid?: string, alg: 'RS256', privateKey: import('node:crypto').KeyObject }} Key kid: which one it is, for whoever verifies
 */

/** HMAC-SHA256 needs a key of at least the size of its hash (RFC 7518, 3.2). */
const shortestSecret = 32

/** @param {object} claims @param {Key} key @returns {string} */
export function sign(claims, key) {
  const header = { alg: key.alg, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${signature(signed, key).toString('base64url')}`
}

/** @param {string} text @param {Key} key */
function signature(text, key) {
  if (key.alg === 'RS256') return signRsa('sha256', Buffer.from(text), key.privateKey)
  if (Buffer.byteLength(key.secret) < shortestSecret)
    throw new AccessError(`The secret that signs tokens has at least ${shortestSecret} bytes. Make one: openssl rand -base64 48`)
  return createHmac('sha256', key.secret).update(text).digest()
}
