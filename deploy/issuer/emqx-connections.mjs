// Connections at EMQX, and their ends, by its interface of version 5 as it is published. It was never run with EMQX.
import { URLSearchParams } from 'node:url'
import { BrokerApi, forEach, unfinished } from './broker-api.mjs'
import { isTheirs } from './revocations.mjs'

const pageSize = 1000

export class EmqxConnections {
  #api
  #lifetime
  #log
  isReady = true

  /** @param {import('./broker-api.mjs').ApiSettings & { lifetime: number, log: (text: string) => void }} options */
  constructor({ lifetime, log, ...api }) {
    this.#api = new BrokerApi(api)
    this.#lifetime = lifetime
    this.#log = log
  }

  /** EMQX itself ends a connection with its token. */
  note() {}

  /**
   * Bans a user or a uid for as long as nothing is issued, and ends their connections.
   * @param {string} who
   * @param {import('./revocations.mjs').Revocation} revocation
   * @returns {Promise<{ revoked: number, validUntil?: number }>} of how many uids; until when a token of before is good again
   */
  async end(who, { at, until }) {
    const isUser = who.split(':').length === 2
    try {
      // With no more than the rest of a second, only connections end.
      if (until > at + 1000)
        await this.#ban(isUser ? 'username_re' : 'username', isUser ? `^${who.replaceAll('.', '[.]')}:[a-z0-9]+$` : who, until)
      const names = await this.#connected(isUser ? `${who}:` : who)
      const uids = names.filter((uid) => isTheirs(uid, who))
      const failed = await forEach(uids, (uid) => this.#kick(uid), this.#log)
      if (failed.length > 0) throw unfinished()
      const last = at + this.#lifetime // the end of what was issued before
      return { revoked: uids.length, ...(until < last ? { validUntil: last } : {}) }
    } catch (error) {
      this.#log(`The broker's interface: ${/** @type {Error} */ (error).message}`)
      throw unfinished()
    }
  }

  async close() {}

  /** @param {string} as @param {string} who @param {number} until */
  async #ban(as, who, until) {
    const end = new Date(Math.ceil(until / 1000) * 1000).toISOString().replace('.000Z', 'Z')
    const body = { as, who, by: 'issuer', reason: 'revoked', until: end }
    const isThere = (/** @type {number} */ status, /** @type {unknown} */ code) => status === 400 && /^ALREADY_EXIST/.test(String(code))
    const answer = await this.#api.ask('POST', '/api/v5/banned', { body, accepts: isThere })
    if (!('code' in Object(answer))) return
    // Banned before, with another end.
    await this.#api.ask('DELETE', `/api/v5/banned/${as}/${encodeURIComponent(who)}`, { accepts: (status) => status === 404 })
    await this.#api.ask('POST', '/api/v5/banned', { body })
  }

  /** @param {string} part of a user name @returns {Promise<string[]>} client identifiers, which are user names as well */
  async #connected(part) {
    /** @type {string[]} */
    const all = []
    for (let page = 1; ; ++page) {
      const query = new URLSearchParams({ like_username: part, limit: String(pageSize), page: String(page) })
      const { data, meta } = Object(await this.#api.ask('GET', `/api/v5/clients?${query}`))
      if (!Array.isArray(data)) throw new Error('GET /api/v5/clients: no list')
      for (const { clientid } of data) if (typeof clientid === 'string') all.push(clientid)
      if (Object(meta).hasnext !== true || data.length === 0) return all
    }
  }

  /** @param {string} uid */
  #kick(uid) {
    return this.#api.ask('DELETE', `/api/v5/clients/${encodeURIComponent(uid)}`, { accepts: (status) => status === 404 })
  }
}
