// JSON Web Tokens (RFC 7519), signed with HMAC-SHA256 or RSA (RFC 7518).
import { createHmac, sign as signRsa, timingSafeEqual, verify as verifyRsa } from 'node:crypto'
import { AccessError } from './rules.mjs'

/**
 * @typedef {{ kid?: string, alg: 'HS256', secret: string | Uint8Array } |
 *   { kid?: string, alg: 'RS256', privateKey: import('node:crypto').KeyObject }} Key kid: which one it is, for whoever verifies
 * @typedef {{ alg: 'HS256', secret: string | Uint8Array } | { alg: 'RS256', publicKey: import('node:crypto').KeyObject }} PublicKey
 *   what verifies; of a secret, the same
 */

/** HMAC-SHA256 needs a key of at least the size of its hash (RFC 7518, 3.2). */
const shortestSecret = 32

/** @param {object} claims @param {Key} key @returns {string} */
export function sign(claims, key) {
  const header = { alg: key.alg, typ: 'JWT', ...(key.kid === undefined ? {} : { kid: key.kid }) }
  const signed = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  return `${signed}.${signature(signed, key).toString('base64url')}`
}

/** Header and claims, and the signature, in base64url. */
const form = /^([\w-]{1,512}\.[\w-]{1,8192})\.([\w-]{1,1024})$/

/**
 * The claims of a token that has a signature of the key that it names, and has not ended.
 * @param {string} token
 * @param {(kid: unknown) => PublicKey | undefined} keyOf
 * @returns {unknown} undefined where it is not such a token
 */
export function verified(token, keyOf) {
  const [, signed = '', signature = ''] = form.exec(token) ?? []
  const [header, claims] = signed.split('.').map(parsed)
  const key = keyOf(Object(header).kid)
  if (key === undefined || Object(header).alg !== key.alg || !isSigned(signed, Buffer.from(signature, 'base64url'), key)) return undefined
  return Object(claims).exp > Date.now() / 1000 ? claims : undefined
}

/** @param {string} part @returns {unknown} */
function parsed(part) {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString())
  } catch {
    return undefined
  }
}

/** @param {string} text @param {Buffer} actual @param {PublicKey} key */
function isSigned(text, actual, key) {
  if (key.alg === 'RS256') return verifyRsa('sha256', Buffer.from(text), key.publicKey, actual)
  const expected = signature(text, key)
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** @param {string} text @param {Key} key */
function signature(text, key) {
  if (key.alg === 'RS256') return signRsa('sha256', Buffer.from(text), key.privateKey)
  if (Buffer.byteLength(key.secret) < shortestSecret)
    throw new AccessError(`The secret that signs tokens has at least ${shortestSecret} bytes. Make one: openssl rand -base64 48`)
  return createHmac('sha256', key.secret).update(text).digest()
}
