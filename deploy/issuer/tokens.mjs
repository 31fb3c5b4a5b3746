// Credentials that are JSON Web Tokens, which the broker verifies by itself.
import * as emqx from '../access/emqx.mjs'
import { verified } from '../access/jwt.mjs'
import * as rabbitmq from '../access/rabbitmq-token.mjs'

/**
 * @typedef {import('./revocations.mjs').Revocation} Revocation
 *
 * @typedef {object} Keys
 * @property {() => import('../access/jwt.mjs').Key} current
 * @property {(kid: unknown) => import('../access/jwt.mjs').PublicKey | undefined} find
 * @property {() => object[]} published
 * @property {() => Promise<void>} renew
 *
 * @typedef {object} Connections at the broker, where it has an interface for administrators
 * @property {boolean} isReady
 * @property {(uid: string, end: number) => void} note of a login: until when its token is good, in milliseconds since 1970
 * @property {(who: string, revocation: Revocation) => Promise<{ revoked: number, validUntil?: number }>} end those of a user or a uid
 * @property {() => Promise<void>} close
 */

const renewEvery = 60_000 // ms between two looks whether it is time for another key

/** Tokens with the rules in them: for EMQX in their `acl` claim, for RabbitMQ as scopes. */
export class TokenCredentials {
  #keys
  #root
  #lifetime
  #connections
  #sign
  #timer

  /**
   * @param {object} options
   * @param {Keys} options.keys
   * @param {string} options.root
   * @param {number} options.lifetime milliseconds
   * @param {'emqx' | 'rabbitmq'} [options.form]
   * @param {Connections} [options.connections]
   * @param {(text: string) => void} options.log
   */
  constructor({ keys, root, lifetime, form = 'emqx', connections, log }) {
    this.#keys = keys
    this.#root = root
    this.#lifetime = lifetime
    this.#connections = connections
    this.#sign = form === 'emqx' ? signForEmqx : signForRabbitMq
    this.#timer = setInterval(() => {
      keys.renew().catch((error) => log(`The keys could not be renewed: ${error.message}`))
    }, renewEvery)
  }

  get isReady() {
    return this.#connections?.isReady ?? true
  }

  /** @param {string} uid whose session was checked */
  async issue(uid) {
    const { password, exp } = this.#sign(uid, this.#root, Math.floor(this.#lifetime / 1000), this.#keys.current())
    return { username: uid, password, expiresAt: exp * 1000 }
  }

  /**
   * Ends the connections of a user or a uid, where the broker can be told. Where it cannot, it takes a token until the end.
   * @param {string} who
   * @param {Revocation} revocation
   * @returns {Promise<{ revoked: number, validUntil?: number }>}
   */
  async revoke(who, revocation) {
    return this.#connections ? this.#connections.end(who, revocation) : { revoked: 0, validUntil: revocation.at + this.#lifetime }
  }

  /**
   * Whose token it is, where it is one of these and has not ended: RabbitMQ asks at each login.
   * @param {string} token
   * @returns {{ uid: string, issuedAt: number, end: number } | undefined} seconds since 1970
   */
  read(token) {
    const { sub, client_id: clientId, aud, iat, exp } = Object(verified(token, (kid) => this.#keys.find(kid)))
    if (typeof sub !== 'string' || clientId !== sub || !Array.isArray(aud) || !aud.includes(rabbitmq.audience)) return undefined
    return { uid: sub, issuedAt: iat, end: exp }
  }

  /** Somebody logs in with a token. @param {string} uid @param {number} end of the token, in seconds since 1970 */
  noteLogin(uid, end) {
    this.#connections?.note(uid, end * 1000)
  }

  /** A JSON Web Key Set for the broker. */
  published() {
    return { keys: this.#keys.published() }
  }

  async close() {
    clearInterval(this.#timer)
    await this.#connections?.close()
  }
}

/** @param {string} uid @param {string} root @param {number} lifetime @param {import('../access/jwt.mjs').Key} key */
function signForEmqx(uid, root, lifetime, key) {
  const payload = emqx.claims({ role: 'webapp', name: uid }, root, { lifetime })
  return { password: emqx.token(payload, key), exp: payload.exp }
}

/** @param {string} uid @param {string} root @param {number} lifetime @param {import('../access/jwt.mjs').Key} key */
function signForRabbitMq(uid, root, lifetime, key) {
  const payload = rabbitmq.claims({ role: 'webapp', name: uid }, root, { lifetime })
  return { password: rabbitmq.token(payload, key), exp: payload.exp }
}
