// Who has lost a credential: until when the issuer gives out nothing, and which tokens of before are void.
import { longestOfWebapp } from '../access/lifetime.mjs'
import { Refusal } from './http.mjs'
import { readOwn, writeOwn } from './own-file.mjs'

/** @typedef {{ at: number, until: number }} Revocation when it was said, and until when nothing is issued, in ms since 1970 */

/** Whether a uid is concerned where somebody is revoked. @param {string} uid @param {string} who a user or a uid */
export const isTheirs = (uid, who) => uid === who || uid.startsWith(`${who}:`)

const mostRevocations = 10_000
/** No token of before lives longer, whatever life the issuer is configured for. */
const longestLife = longestOfWebapp * 1000

/** Kept in a file, so that an issuer that starts anew knows them. */
export class Revocations {
  /** @type {Map<string, Revocation>} by user (`{org}:{user}`) or uid */
  #all = new Map()
  #file
  #lifetime
  #now
  /** @type {Promise<unknown>} */
  #lastWrite = Promise.resolve()

  /**
   * @param {object} options
   * @param {string} [options.file] without one they end with the issuer
   * @param {number} options.lifetime milliseconds of a credential
   * @param {() => number} [options.now] milliseconds since 1970
   */
  constructor({ file, lifetime, now = Date.now }) {
    this.#file = file
    this.#lifetime = lifetime
    this.#now = now
  }

  async open() {
    if (this.#file) this.#all = new Map(revocationsIn(await readOwn(this.#file, '[]'), this.#file))
    return this
  }

  /**
   * From now on nothing is issued, and what was is void.
   * @param {string} who a user or a uid
   * @param {number} [duration] milliseconds that nothing is issued; by default the life of a credential. With 0 a new one
   *   can be had at once, which is in the second after this one: a token says in seconds when it was issued
   * @returns {Promise<Revocation>}
   */
  async add(who, duration = this.#lifetime) {
    this.#forget()
    if (!this.#all.has(who) && this.#all.size >= mostRevocations)
      throw new Refusal(503, 'too_many', 'There are too many revocations of the last day. End the session at the site.')
    const at = this.#now()
    const until = Math.max(at + duration, (Math.floor(at / 1000) + 1) * 1000)
    this.#all.set(who, { at, until })
    await this.#write()
    return { at, until }
  }

  /** Throws the refusal where nothing is issued for a uid. @param {string} uid */
  check(uid) {
    const left = Math.max(...this.#of(uid).map(({ until }) => until - this.#now()))
    if (left <= 0) return
    throw new Refusal(403, 'revoked', 'The credentials of this user were revoked. Try again later, or ask the administrator.', {
      'Retry-After': String(Math.ceil(left / 1000)),
    })
  }

  /** Whether a token was issued before a revocation. @param {string} uid @param {number} issuedAt seconds since 1970 */
  isVoid(uid, issuedAt) {
    return this.#of(uid).some(({ at }) => issuedAt <= Math.floor(at / 1000))
  }

  /** @param {string} uid @returns {Revocation[]} */
  #of(uid) {
    const names = [uid, uid.slice(0, uid.lastIndexOf(':'))]
    return names.flatMap((name) => this.#all.get(name) ?? [])
  }

  #forget() {
    for (const [who, { at, until }] of this.#all) if (Math.max(until, at + longestLife) < this.#now()) this.#all.delete(who)
  }

  /** One after another, each with all that there is by then. */
  #write() {
    const file = this.#file
    if (!file) return Promise.resolve()
    const written = this.#lastWrite.then(() => writeOwn(file, [...this.#all]))
    this.#lastWrite = written.catch(() => {})
    return written
  }
}

/** @param {string} text @param {string} file @returns {[string, Revocation][]} */
function revocationsIn(text, file) {
  try {
    /** @type {[string, Revocation][]} */
    const all = JSON.parse(text)
    for (const [who, { at, until }] of all)
      if (typeof who !== 'string' || !Number.isFinite(at) || !Number.isFinite(until)) throw new Error('no revocation')
    return all
  } catch {
    throw new Error(`${file} holds no revocations of an issuer. Restore it, or remove it: then those of before are forgotten.`)
  }
}
