// Credentials for Mosquitto: accounts of its dynamic security plugin, each for one uid and for a time. What was issued stands
// in the broker itself, in the text of each account's role: an issuer that starts anew finds it there. Until when is known
// here alone, for the plugin writes its whole file at each change.
import { randomBytes } from 'node:crypto'
import { dynamicSecurity, dynamicSecurityRemoval, issuerAccount } from '../access/mosquitto.mjs'
import { DynamicSecurity, unreachable } from './dynamic-security.mjs'
import { Refusal } from './http.mjs'
import { isTheirs } from './revocations.mjs'

/**
 * @typedef {{ text: string, since: number }} Password
 * @typedef {object} Issued
 * @property {number} expiresAt milliseconds since 1970
 * @property {Password | undefined} password not known of one that an earlier issuer made
 */

/** Whose roles are the issuer's: nothing else is ever changed or removed. */
const mark = 'issued'
/** The rules that are the same for all, once: the plugin writes all its file at each change. */
const sharedRole = 'issuer:webapp'
const rolesAtOnce = 50 // of some 2 KB
const mostAccounts = 10_000
const mostOfUser = 50
const mostWaiting = 200
const exists = /already exists/i
const isMissing = /not found|does not exist/i

export class MosquittoCredentials {
  /** @type {Map<string, Issued>} */
  #issued = new Map()
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer
  #security
  #root
  #lifetime
  #passwordLife
  #roles
  #log
  #isClosed = false
  /** @type {Promise<unknown>} */
  #last = Promise.resolve()
  #waiting = 0

  /**
   * @param {object} options
   * @param {string} options.url
   * @param {string} options.password of the issuer's own account
   * @param {string} options.root
   * @param {number} options.lifetime milliseconds
   * @param {number} [options.passwordLife] milliseconds that a renewed account keeps its password: another one ends its
   *   connection, which then comes back
   * @param {string[]} [options.roles] of the plugin that every account has beside its own
   * @param {(text: string) => void} options.log
   */
  constructor({ url, password, root, lifetime, passwordLife = 24 * 3600_000, roles = [], log }) {
    this.#root = root
    this.#lifetime = lifetime
    this.#passwordLife = passwordLife
    this.#roles = roles.map((rolename) => ({ rolename, priority: 0 }))
    this.#log = log
    this.#security = new DynamicSecurity({ url, ...issuerAccount, password, log, onConnected: (send) => this.#start(send) })
  }

  get isReady() {
    return this.#security.isReady
  }

  get count() {
    return this.#issued.size
  }

  /**
   * A credential for a uid, whose session was checked. One that is still good is prolonged: its password stays, and so does
   * a connection that uses it.
   * @param {string} uid
   * @returns {Promise<{ username: string, password: string, expiresAt: number }>}
   */
  issue(uid) {
    return this.#inTurn(async () => {
      const known = this.#issued.get(uid)
      if (!known) this.#checkNumbers(uid)
      const password = await (known ? this.#prolong(uid, known.password) : this.#create(uid))
      const expiresAt = Date.now() + this.#lifetime
      this.#issued.set(uid, { expiresAt, password })
      this.#schedule()
      return { username: uid, password: password.text, expiresAt }
    })
  }

  /**
   * Takes away what was issued to a user (`{org}:{user}`) or for a uid; connections that use it end.
   * @param {string} who
   * @returns {Promise<{ revoked: number }>} how many
   */
  async revoke(who) {
    // In turn: one that is being made is among them when it is there.
    const uids = await this.#inTurn(async () => [...this.#issued.keys()].filter((uid) => isTheirs(uid, who)))
    for (const uid of uids) await this.#inTurn(() => this.#remove(uid))
    return { revoked: uids.length }
  }

  /** What was issued stays, and is removed in its time by the next issuer, or this one when it is back. */
  async close() {
    this.#isClosed = true
    clearTimeout(this.#timer)
    await this.#last
    await this.#security.close()
  }

  /**
   * One after another: what is known here is what the broker has.
   * @template T
   * @param {() => Promise<T>} work
   * @returns {Promise<T>}
   */
  async #inTurn(work) {
    if (this.#waiting >= mostWaiting) throw unreachable()
    ++this.#waiting
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done.finally(() => --this.#waiting)
  }

  /** @param {string} uid */
  #checkNumbers(uid) {
    const user = uid.slice(0, uid.lastIndexOf(':') + 1)
    const ofUser = [...this.#issued.keys()].filter((each) => each.startsWith(user)).length
    if (ofUser >= mostOfUser || this.#issued.size >= mostAccounts)
      throw new Refusal(429, 'too_many', 'Too many connections have a credential at this time. Close some, or try again later.', {
        'Retry-After': '60',
      })
  }

  /**
   * The commands that make an account, and those of its rules that all accounts share.
   * @param {string} uid @param {Password} password
   */
  #creation(uid, password) {
    const [role, client] = /** @type {[{ acls: { topic: string }[] }, object]} */ (
      /** @type {unknown} */ (dynamicSecurity({ role: 'webapp', name: uid }, this.#root, password.text).commands)
    )
    const isOwn = (/** @type {{ topic: string }} */ { topic }) => topic.split('/').includes(uid)
    const roles = [uid, sharedRole].map((rolename) => ({ rolename, priority: 0 }))
    return {
      role: { ...role, command: 'createRole', ...textOf(password), acls: role.acls.filter(isOwn) },
      client: { ...client, command: 'createClient', roles: [...roles, ...this.#roles] },
      shared: role.acls.filter((acl) => !isOwn(acl)),
    }
  }

  /** @param {string} uid @returns {Promise<Password>} */
  async #create(uid) {
    const password = newPassword()
    const { role, client } = this.#creation(uid, password)
    const responses = await this.#security.send([role, client])
    const [wasRole, wasClient] = responses.map(({ error }) => error !== undefined && exists.test(error))
    if (wasRole && (await this.#isOurs(uid))) {
      check(wasClient ? await this.#security.send(this.#replacement(uid, password)) : responses.slice(1))
      return password
    }
    if (!wasRole && !wasClient) {
      check(responses)
      return password
    }
    // Nothing is left of the attempt.
    if (!wasRole) check(await this.#security.send([{ command: 'deleteRole', rolename: uid }]))
    if (!wasClient) check(await this.#security.send([{ command: 'deleteClient', username: uid }]))
    throw new Refusal(409, 'taken', 'The broker has an account of this name that was not issued here. Use another uid.')
  }

  /** One that was made without our hearing of it, or of which somebody else has removed the client. @param {string} uid */
  async #isOurs(uid) {
    const [response] = await this.#security.send([{ command: 'getRole', rolename: uid }])
    return response?.data?.role?.textname === mark
  }

  /** @param {string} uid @param {Password} password */
  #replacement(uid, password) {
    return [
      { command: 'setClientPassword', username: uid, password: password.text },
      { command: 'modifyRole', rolename: uid, ...textOf(password) },
    ]
  }

  /** @param {string} uid @param {Password | undefined} password @returns {Promise<Password>} */
  async #prolong(uid, password) {
    const isKept = password !== undefined && Date.now() - password.since < this.#passwordLife
    const current = isKept ? password : newPassword()
    const commands = isKept ? [{ command: 'getClient', username: uid }] : this.#replacement(uid, current)
    const responses = await this.#security.send(commands)
    const isGone = responses.some(({ error }) => error !== undefined && isMissing.test(error))
    if (isGone) return this.#create(uid) // somebody else has removed it
    check(responses)
    return current
  }

  /** @param {string} uid */
  async #remove(uid) {
    const responses = await this.#security.send(dynamicSecurityRemoval({ role: 'webapp', name: uid }).commands)
    check(responses.filter(({ error }) => !error || !isMissing.test(error)))
    this.#issued.delete(uid)
  }

  /**
   * What stands in the broker, which may have been restored from a backup meanwhile.
   * @param {(commands: import('./dynamic-security.mjs').Command[]) => Promise<import('./dynamic-security.mjs').Response[]>} send
   */
  async #start(send) {
    const role = { rolename: sharedRole, acls: this.#creation('any:any:0000', newPassword()).shared }
    const [created] = await send([{ command: 'createRole', ...role }])
    check(created?.error && exists.test(created.error) ? await send([{ command: 'modifyRole', ...role }]) : [created])
    await this.#readIssued(send)
  }

  /** @param {(commands: import('./dynamic-security.mjs').Command[]) => Promise<import('./dynamic-security.mjs').Response[]>} send */
  async #readIssued(send) {
    /** @type {Map<string, Issued>} */
    const found = new Map()
    for (let offset = 0; ; offset += rolesAtOnce) {
      const responses = await send([{ command: 'listRoles', verbose: true, count: rolesAtOnce, offset }])
      check(responses)
      /** @type {{ roles: { rolename: string, textname?: string, textdescription?: string }[] }} */
      const { roles } = responses[0]?.data ?? { roles: [] }
      for (const { rolename, textname, textdescription } of roles)
        if (textname === mark) found.set(rolename, this.#knownAs(rolename, sinceIn(textdescription)))
      if (roles.length < rolesAtOnce) break
    }
    this.#issued = found
    this.#schedule()
  }

  /**
   * Until when an earlier issuer had prolonged an account is not known: it gets one more life, if it is not too old. So
   * does one that a backup has brought back.
   * @param {string} uid
   * @param {number} since when its password was made
   * @returns {Issued}
   */
  #knownAs(uid, since) {
    const known = this.#issued.get(uid)
    if (known && (known.password?.since ?? since) === since) return known
    const isOld = Date.now() - since >= this.#passwordLife
    return { expiresAt: isOld ? 0 : Date.now() + this.#lifetime, password: undefined }
  }

  /** Removes what has expired, when it does. */
  #schedule() {
    clearTimeout(this.#timer)
    if (this.#isClosed || this.#issued.size === 0) return
    let first = Infinity
    for (const { expiresAt } of this.#issued.values()) first = Math.min(first, expiresAt)
    const delay = Math.min(Math.max(first - Date.now(), 0), 2 ** 31 - 1)
    this.#timer = setTimeout(() => void this.#sweep(), delay)
  }

  async #sweep() {
    try {
      for (const uid of [...this.#issued.keys()]) await this.#removeExpired(uid)
      this.#schedule()
    } catch (error) {
      this.#log(`What has expired could not be removed: ${/** @type {Error} */ (error).message}`)
      // Behind the next connection, #readIssued() tries again; a broker that answers late gets another chance before.
      clearTimeout(this.#timer)
      if (!this.#isClosed) this.#timer = setTimeout(() => void this.#sweep(), 5000)
    }
  }

  /** @param {string} uid */
  async #removeExpired(uid) {
    const hasExpired = () => (this.#issued.get(uid)?.expiresAt ?? Infinity) <= Date.now()
    if (!hasExpired()) return
    await this.#inTurn(async () => {
      if (!hasExpired()) return // it was prolonged meanwhile
      await this.#remove(uid)
      this.#log(`Expired: ${uid}`)
    })
  }
}

/** @param {Password} password */
const textOf = ({ since }) => ({ textname: mark, textdescription: JSON.stringify({ since }) })

const newPassword = () => ({ text: randomBytes(24).toString('base64url'), since: Date.now() })

/** @param {string | undefined} text @returns {number} */
function sinceIn(text = '') {
  try {
    const { since } = Object(JSON.parse(text))
    return typeof since === 'number' ? since : 0
  } catch {
    return 0
  }
}

/** @param {(import('./dynamic-security.mjs').Response | undefined)[]} responses */
function check(responses) {
  const failed = responses.find((each) => each?.error !== undefined)
  if (failed) throw new Error(`${failed.command}: ${failed.error}`)
}
