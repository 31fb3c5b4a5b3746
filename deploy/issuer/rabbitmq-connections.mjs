// Connections at RabbitMQ, and their ends. RabbitMQ 3.10 keeps a connection whose token has ended: it goes on receiving, and
// what it publishes is lost without an acknowledgement. So the issuer ends it, a moment before.
import { BrokerApi, forEach, unfinished } from './broker-api.mjs'
import { nameExpressions } from '../access/rules.mjs'
import { isTheirs } from './revocations.mjs'

/** Milliseconds: between two looks, and how long before its token's end a connection is ended. */
const interval = 1000
const ahead = 3000
/** Milliseconds after which what logged in while it was revoked has become a connection. */
const settled = 2000
/** Milliseconds after which RabbitMQ's statistics have every connection of before the issuer: they are 5 s behind. */
const discovery = 30_000
const discoverEvery = 5000

const isWebapp = new RegExp(`^(?:${nameExpressions['webapp']})$`)

export class RabbitMqConnections {
  /** When the connection of a uid is to be ended, in milliseconds since 1970. @type {Map<string, number>} */
  #ends = new Map()
  #api
  #lifetime
  #log
  #startedAt = Date.now()
  #discoveredAt = 0
  #isBusy = false
  #hasFailed = false
  #timer

  /** @param {import('./broker-api.mjs').ApiSettings & { lifetime: number, log: (text: string) => void }} options */
  constructor({ lifetime, log, ...api }) {
    this.#api = new BrokerApi(api)
    this.#lifetime = lifetime
    this.#log = log
    this.#timer = setInterval(() => void this.#look(), interval)
    void this.#look()
  }

  /** Whether RabbitMQ has answered. */
  get isReady() {
    return this.#discoveredAt > 0
  }

  /** A login with a token. @param {string} uid @param {number} end of the token, in milliseconds since 1970 */
  note(uid, end) {
    this.#ends.set(uid, end - ahead)
  }

  /**
   * Ends those of a user or a uid.
   * @param {string} who
   * @returns {Promise<{ revoked: number }>} of how many uids
   */
  async end(who) {
    const connected = await this.#connections('disable_stats=true').catch((error) => {
      this.#log(`The broker's interface: ${error.message}`)
    })
    const uids = new Set([...(connected ?? []).map(({ user }) => user), ...this.#ends.keys()].filter((uid) => isTheirs(uid, who)))
    const failed = connected ? await this.#endAll(uids) : [...uids]
    // What failed is tried again by itself; whoever asks again hears whether it was done.
    for (const uid of uids) this.#ends.set(uid, Date.now() + (failed.includes(uid) ? 0 : settled))
    if (!connected || failed.length > 0) throw unfinished()
    return { revoked: uids.size }
  }

  async close() {
    clearInterval(this.#timer)
  }

  async #look() {
    if (this.#isBusy) return
    this.#isBusy = true
    try {
      const now = Date.now()
      if (now >= this.#discoveredAt + discoverEvery && this.#discoveredAt <= this.#startedAt + discovery) await this.#discover(now)
      const due = [...this.#ends].filter(([, end]) => end <= now)
      const failed = await this.#endAll(
        due.map(([uid]) => uid),
        (text) => this.#tell(text),
      )
      // Who has logged in meanwhile, with another token, has another end.
      for (const [uid, end] of due) if (!failed.includes(uid) && this.#ends.get(uid) === end) this.#ends.delete(uid)
      if (failed.length === 0) this.#hasFailed = false
    } catch (error) {
      this.#tell(`The broker's interface: ${/** @type {Error} */ (error).message}`)
    } finally {
      this.#isBusy = false
    }
  }

  /** What fails is tried again each second; once is enough for the log. @param {string} text */
  #tell(text) {
    if (!this.#hasFailed) this.#log(text)
    this.#hasFailed = true
  }

  /** Those that logged in before this issuer ran: their tokens were issued before they connected. @param {number} now */
  async #discover(now) {
    const connected = (await this.#connections('columns=user,connected_at')).filter(({ user }) => !this.#ends.has(user))
    const accounts = connected.length > 0 ? await this.#accounts() : new Set()
    for (const { user, connected_at: since } of connected)
      if (typeof since === 'number' && !accounts.has(user)) this.note(user, since + this.#lifetime)
    this.#discoveredAt = now
  }

  /** Whose connections have a password, which does not end: RabbitMQ itself knows no user of a token. @returns {Promise<Set<string>>} */
  async #accounts() {
    return new Set((await this.#list('/api/users?columns=name')).map(({ name }) => name))
  }

  /** @param {string} query @returns {Promise<{ user: string, connected_at?: number }[]>} those of webapps */
  async #connections(query) {
    return (await this.#list(`/api/connections?${query}`)).filter(({ user }) => isWebapp.test(user))
  }

  /** @param {string} path @returns {Promise<any[]>} of objects */
  async #list(path) {
    const all = await this.#api.ask('GET', path)
    if (!Array.isArray(all)) throw new Error(`GET ${path}: no list`)
    return all.map(Object)
  }

  /** @param {Iterable<string>} uids */
  #endAll(uids, log = this.#log) {
    const path = (/** @type {string} */ uid) => `/api/connections/username/${encodeURIComponent(uid)}`
    return forEach(uids, (uid) => this.#api.ask('DELETE', path(uid), { accepts: (status) => status === 404 }), log)
  }
}
