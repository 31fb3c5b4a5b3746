// The service: who may have which credential, over HTTP. docs/deployment.md has its requests and answers.
import { timingSafeEqual, createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { AccessError, checkAccount } from '../access/rules.mjs'
import { addressOf, durationOf, readForm, readObject, Refusal, send, sendRefusal, siteOf, textOf } from './http.mjs'
import { RateLimit } from './rate-limit.mjs'
import { Revocations } from './revocations.mjs'

/**
 * @typedef {object} Credentials
 * @property {boolean} isReady
 * @property {(uid: string) => Promise<{ username: string, password: string, expiresAt: number }>} issue
 * @property {(who: string, revocation: import('./revocations.mjs').Revocation) => Promise<{ revoked: number, validUntil?: number }>} revoke
 * @property {() => { keys: object[] }} [published]
 * @property {(token: string) => { uid: string, issuedAt: number, end: number } | undefined} [read]
 * @property {(uid: string, end: number) => void} [noteLogin]
 * @property {() => Promise<void>} close
 *
 * @typedef {object} IssuerOptions
 * @property {Credentials} credentials
 * @property {import('./sessions.mjs').FindSession} findSession
 * @property {import('./sessions.mjs').DemoSessions} [demo] lets anybody log in as one of its users
 * @property {readonly string[]} [origins] of further sites whose pages may ask, as browsers write them
 * @property {string} [administratorToken] without it nobody revokes
 * @property {Revocations} [revocations] that are known already
 * @property {{ burst: number, perSecond: number }} [addressRate]
 * @property {{ burst: number, perSecond: number }} [userRate]
 * @property {(text: string) => void} [log]
 *
 * @typedef {import('node:http').IncomingMessage} Request
 * @typedef {import('node:http').ServerResponse} Answer
 */

const patience = 5000 // ms for what is in hand when the issuer ends

export class Issuer {
  #server
  #options
  #log
  #byAddress
  #byUser
  #revocations
  /** @type {Record<string, (request: Request, response: Answer) => Promise<void> | void>} */
  #routes = {
    'POST /issuer/login': (request, response) => this.#logIn(request, response),
    'POST /issuer/credential': (request, response) => this.#issue(request, response),
    'POST /issuer/revoke': (request, response) => this.#revoke(request, response),
    'POST /issuer/introspect': (request, response) => this.#introspect(request, response),
    'GET /issuer/health': (_, response) => this.#tellHealth(response),
    'GET /issuer/jwks.json': (_, response) => this.#tellKeys(response),
  }

  /** @param {IssuerOptions} options */
  constructor(options) {
    this.#options = options
    this.#log = options.log ?? (() => {})
    this.#revocations = options.revocations ?? new Revocations({ lifetime: 600_000 })
    // An address may be a whole company, whose pages all come back together.
    this.#byAddress = new RateLimit(options.addressRate ?? { burst: 200, perSecond: 20 })
    this.#byUser = new RateLimit(options.userRate ?? { burst: 30, perSecond: 0.5 })
    this.#server = createServer(
      { requestTimeout: 10_000, headersTimeout: 5000 },
      (request, response) => void this.#answer(request, response),
    )
    this.#server.maxConnections = 1000
  }

  /** @param {number} port 0 for a free one @param {string} [host] @returns {Promise<number>} the port */
  async listen(port, host = '127.0.0.1') {
    await new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => resolve(undefined))
    })
    return /** @type {import('node:net').AddressInfo} */ (this.#server.address()).port
  }

  /** Takes no more requests, answers those in hand, and leaves the broker. */
  async close() {
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeIdleConnections()
    const impatience = setTimeout(() => this.#server.closeAllConnections(), patience)
    await closed
    clearTimeout(impatience)
    await this.#options.credentials.close()
  }

  /** @param {Request} request @param {Answer} response */
  async #answer(request, response) {
    try {
      await this.#routeOf(request)(request, response)
    } catch (error) {
      if (response.headersSent || response.destroyed) return
      if (error instanceof Refusal) return sendRefusal(response, error)
      this.#log(`${request.method} ${JSON.stringify(request.url?.slice(0, 100))}: ${/** @type {Error} */ (error).message}`)
      sendRefusal(response, new Refusal(500, 'internal', 'The issuer failed. Its log says why.'))
    }
  }

  /** @param {Request} request */
  #routeOf({ method = '', url = '' }) {
    const [path = ''] = url.split('?')
    const name = `${method} ${path}`
    const route = Object.hasOwn(this.#routes, name) ? this.#routes[name] : undefined
    if (route) return route
    const allowed = Object.keys(this.#routes).find((each) => each.endsWith(` ${path}`))
    if (!allowed) throw new Refusal(404, 'not_found', 'There is nothing at this address.')
    const [allow = ''] = allowed.split(' ')
    throw new Refusal(405, 'method_not_allowed', `This address takes ${allow} alone.`, { Allow: allow })
  }

  /**
   * A page of another site could use its visitor's session: browsers say whose page it is, and no page can change that.
   * @param {Request} request
   */
  #checkOrigin(request) {
    const { origin, 'sec-fetch-site': relation } = request.headers
    if (origin === undefined && (relation === undefined || relation === 'same-origin' || relation === 'none')) return
    if (origin !== undefined && (origin === siteOf(request) || this.#options.origins?.includes(origin))) return
    throw new Refusal(403, 'foreign_origin', 'Pages of this site may not ask here.')
  }

  /** @param {Request} request @param {Answer} response */
  async #logIn(request, response) {
    this.#byAddress.take(addressOf(request))
    this.#checkOrigin(request)
    const { demo } = this.#options
    if (!demo) throw new Refusal(404, 'not_found', 'The site itself logs its users in.')
    const user = textOf(await readObject(request), 'user')
    send(response, 204, undefined, { 'Set-Cookie': demo.logIn(request, user) })
  }

  /** @param {Request} request @param {Answer} response */
  async #issue(request, response) {
    this.#byAddress.take(addressOf(request))
    this.#checkOrigin(request)
    const uid = textOf(await readObject(request), 'uid')
    const { org, user } = await this.#options.findSession(request)
    this.#byUser.take(`${org}:${user}`)
    checkUid(uid)
    if (!uid.startsWith(`${org}:${user}:`))
      throw new Refusal(403, 'not_yours', `A session of ${org}:${user} gets credentials for uids that begin with ${org}:${user}: alone.`)
    this.#revocations.check(uid)
    const credential = await this.#options.credentials.issue(uid)
    this.#log(`Issued: ${uid} until ${new Date(credential.expiresAt).toISOString()}`)
    send(response, 200, credential)
  }

  /** @param {Request} request @param {Answer} response */
  async #revoke(request, response) {
    this.#byAddress.take(addressOf(request))
    const { administratorToken } = this.#options
    const [, token = ''] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? []
    if (!administratorToken || !isSame(token, administratorToken))
      throw new Refusal(401, 'unauthenticated', "Revocation takes the administrator's token, in Authorization: Bearer.", {
        'WWW-Authenticate': 'Bearer',
      })
    const body = await readObject(request)
    const isUser = Object.hasOwn(body, 'user')
    const who = textOf(body, isUser ? 'user' : 'uid')
    checkUid(isUser ? `${who}:0000` : who)
    // It stands, and is not forgotten, before anything is asked of the broker, which may not answer.
    const revocation = await this.#revocations.add(who, durationOf(body, 'seconds'))
    this.#log(`Revoked: ${who}, until ${new Date(revocation.until).toISOString()}`)
    send(response, 200, { refusedUntil: revocation.until, ...(await this.#options.credentials.revoke(who, revocation)) })
  }

  /**
   * Whether a token is good (RFC 7662), for RabbitMQ's login: nginx does not hand it on.
   * @param {Request} request @param {Answer} response
   */
  async #introspect(request, response) {
    const { credentials } = this.#options
    if (!credentials.read) throw new Refusal(404, 'not_found', 'These credentials are not tokens.')
    const read = credentials.read((await readForm(request)).get('token') ?? '')
    if (read === undefined || this.#revocations.isVoid(read.uid, read.issuedAt)) return send(response, 200, { active: false })
    credentials.noteLogin?.(read.uid, read.end)
    send(response, 200, { active: true, username: read.uid, client_id: read.uid, iat: read.issuedAt, exp: read.end })
  }

  /** @param {Answer} response */
  #tellHealth(response) {
    if (!this.#options.credentials.isReady) throw new Refusal(503, 'broker_unreachable', 'The issuer has no connection to the broker.')
    send(response, 200, { status: 'ok' })
  }

  /** @param {Answer} response */
  #tellKeys(response) {
    const keys = this.#options.credentials.published?.()
    if (!keys) throw new Refusal(404, 'not_found', 'These credentials are not signed.')
    send(response, 200, keys)
  }
}

/** @param {string} uid */
function checkUid(uid) {
  try {
    checkAccount({ role: 'webapp', name: uid })
  } catch (error) {
    if (!(error instanceof AccessError)) throw error
    throw new Refusal(400, 'malformed', 'A uid is {org}:{user}:{rand}: letters, digits and _ . @ -, and 4 to 16 of a-z0-9.')
  }
}

/** In a time that says nothing of where they differ. @param {string} one @param {string} other */
function isSame(one, other) {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(/** @type {Buffer} */ (a), /** @type {Buffer} */ (b))
}
