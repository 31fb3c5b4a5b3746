// The keys that sign tokens. With RS256 the issuer makes them itself, and renews them without a gap: a new key is published
// before the first token is signed with it, and an old one until the last has expired.
import { createHash, createPrivateKey, createPublicKey, generateKeyPair } from 'node:crypto'
import { promisify } from 'node:util'
import { readOwn, writeOwn } from './own-file.mjs'

/**
 * @typedef {import('../access/jwt.mjs').Key} Key
 * @typedef {{ kid: string, createdAt: number, pem: string }} StoredKey
 */

/**
 * One secret that the broker has as well (HS256). Another one takes a restart of both, and ends the tokens of before.
 * @param {string} secret
 */
export function sharedSecret(secret) {
  const kid = createHash('sha256').update(`kid ${secret}`).digest('base64url').slice(0, 12)
  const key = { alg: /** @type {const} */ ('HS256'), kid, secret }
  return {
    current: () => key,
    find: (/** @type {unknown} */ name) => (name === kid ? key : undefined),
    published: () => [],
    renew: async () => {},
  }
}

/** Pairs of keys in a file of the issuer's own, the newest at the end. */
export class KeyFile {
  /** @type {StoredKey[]} */
  #keys = []
  #file
  #rotation
  #announcement
  #lifetime
  #now

  /**
   * @param {object} options
   * @param {string} options.file
   * @param {number} options.rotation milliseconds that a key signs
   * @param {number} options.announcement milliseconds that a key is published before it signs: longer than the broker's
   *   interval between two looks
   * @param {number} options.lifetime milliseconds of the longest token
   * @param {() => number} [options.now] milliseconds since 1970
   */
  constructor({ file, rotation, announcement, lifetime, now = Date.now }) {
    this.#file = file
    this.#rotation = rotation
    this.#announcement = announcement
    this.#lifetime = lifetime
    this.#now = now
  }

  /** Reads the file, or makes it. */
  async open() {
    this.#keys = keysIn(await readOwn(this.#file, '[]'), this.#file)
    await this.renew()
    return this
  }

  /** Makes a new key where it is time, and forgets those of which no token is left. To be called now and then. */
  async renew() {
    const now = this.#now()
    const newest = this.#keys.at(-1)
    const isTime = !newest || now >= newest.createdAt + this.#rotation
    const kept = this.#keys.filter((_, index) => !this.#isOver(index, now))
    if (!isTime && kept.length === this.#keys.length) return
    const keys = isTime ? [...kept, await newKey(now)] : kept
    await writeOwn(this.#file, keys)
    this.#keys = keys
  }

  /** The one that signs: the newest that has been published for long enough, or the only one. @returns {Key} */
  current() {
    const { kid, pem } = /** @type {StoredKey} */ (
      this.#keys.findLast(({ createdAt }) => this.#now() >= createdAt + this.#announcement) ?? this.#keys[0]
    )
    return { alg: 'RS256', kid, privateKey: createPrivateKey(pem) }
  }

  /** The one that a token names. @param {unknown} kid @returns {import('../access/jwt.mjs').PublicKey | undefined} */
  find(kid) {
    const key = this.#keys.find((each) => each.kid === kid)
    return key && { alg: 'RS256', publicKey: createPublicKey(key.pem) }
  }

  /** A JSON Web Key Set (RFC 7517, 5): every key that a sound token may be signed with. */
  published() {
    return this.#keys.map(({ kid, pem }) => ({ ...createPublicKey(pem).export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }))
  }

  /** @param {number} index @param {number} now */
  #isOver(index, now) {
    const next = this.#keys[index + 1]
    return next !== undefined && now > next.createdAt + this.#announcement + this.#lifetime
  }
}

/** @param {string} text @param {string} file @returns {StoredKey[]} */
function keysIn(text, file) {
  try {
    /** @type {StoredKey[]} */
    const keys = JSON.parse(text)
    for (const { pem, createdAt, kid } of keys) {
      createPrivateKey(pem)
      if (typeof kid !== 'string' || typeof createdAt !== 'number') throw new Error('no key')
    }
    return keys
  } catch {
    throw new Error(`${file} holds no keys of an issuer. Restore it, or remove it: then tokens of before are refused.`)
  }
}

/** @param {number} createdAt @returns {Promise<StoredKey>} */
async function newKey(createdAt) {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  return { kid: createHash('sha256').update(publicKey).digest('base64url').slice(0, 12), createdAt, pem: privateKey }
}
