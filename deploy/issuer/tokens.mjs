// Credentials that are JSON Web Tokens: the broker verifies them by itself, and ends the connection when they end.
import { claims, token } from '../access/emqx.mjs'
import { Refusal } from './http.mjs'

/**
 * @typedef {object} Keys
 * @property {() => import('../access/jwt.mjs').Key} current
 * @property {() => object[]} published
 * @property {() => Promise<void>} renew
 */

const renewEvery = 60_000 // ms between two looks whether it is time for another key

/** Tokens for EMQX, with the rules in their `acl` claim. */
export class TokenCredentials {
  #keys
  #root
  #lifetime
  #timer
  isReady = true

  /** @param {{ keys: Keys, root: string, lifetime: number, log: (text: string) => void }} options lifetime in milliseconds */
  constructor({ keys, root, lifetime, log }) {
    this.#keys = keys
    this.#root = root
    this.#lifetime = lifetime
    this.#timer = setInterval(() => {
      keys.renew().catch((error) => log(`The keys could not be renewed: ${error.message}`))
    }, renewEvery)
  }

  /** @param {string} uid whose session was checked */
  async issue(uid) {
    const payload = claims({ role: 'webapp', name: uid }, this.#root, { lifetime: Math.floor(this.#lifetime / 1000) })
    return { username: uid, password: token(payload, this.#keys.current()), expiresAt: payload.exp * 1000 }
  }

  /** @returns {Promise<number>} */
  async revoke() {
    const seconds = this.#lifetime / 1000
    throw new Refusal(
      501,
      'not_revocable',
      `The broker takes a token until it ends, ${seconds} s after it was issued at the latest. End the session, and ban the client in EMQX where that is too long.`,
    )
  }

  /** A JSON Web Key Set for the broker. */
  published() {
    return { keys: this.#keys.published() }
  }

  async close() {
    clearInterval(this.#timer)
  }
}
