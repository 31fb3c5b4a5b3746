// Who sends a request: the site's session, by one of three ways.
import { randomBytes } from 'node:crypto'
import { sign, verified } from '../access/jwt.mjs'
import { AccessError, checkAccount } from '../access/rules.mjs'
import { parsed, textOfAnswer } from './answers.mjs'
import { Refusal, siteOf } from './http.mjs'

/**
 * @typedef {{ org: string, user: string }} Session
 * @typedef {(request: import('node:http').IncomingMessage) => Promise<Session> | Session} FindSession throws a Refusal
 */

const loggedOut = () => new Refusal(401, 'unauthenticated', 'There is no session. Log in to the site, then ask again.')

/** @param {unknown} value @returns {Session | undefined} what may stand in front of the colons of a uid */
function sessionOf(value) {
  const { org, user } = Object(value)
  if (typeof org !== 'string' || typeof user !== 'string') return undefined
  try {
    checkAccount({ role: 'webapp', name: `${org}:${user}:0000` })
    return { org, user }
  } catch (error) {
    if (error instanceof AccessError) return undefined
    throw error
  }
}

/** Characters of the site's answer, and milliseconds that it may take. */
const longestAnswer = 4096
const patience = 3000

/**
 * Asks the site, with the cookies and the Authorization of the request: 200 and `{"org", "user"}`, or 401 or 403.
 * @param {string} url
 * @returns {FindSession}
 */
export function askedSite(url) {
  const unreachable = (/** @type {string} */ why) =>
    new Refusal(503, 'session_check_failed', `The site's session check ${why}. Try again later.`, { 'Retry-After': '5' })
  return async ({ headers }) => {
    /** @type {Record<string, string>} */
    const sent = { Accept: 'application/json' }
    for (const name of /** @type {const} */ (['cookie', 'authorization'])) if (headers[name]) sent[name] = headers[name]
    if (!sent['cookie'] && !sent['authorization']) throw loggedOut()
    const response = await fetch(url, { headers: sent, redirect: 'manual', signal: AbortSignal.timeout(patience) }).catch(() => {
      throw unreachable('does not answer')
    })
    const text = await textOfAnswer(response, longestAnswer).catch(() => {
      throw unreachable('broke off')
    })
    if (response.status === 401 || response.status === 403) throw loggedOut()
    if (response.status !== 200) throw unreachable(`answered ${response.status}`)
    const session = sessionOf(parsed(text))
    if (!session) throw unreachable('answered something else than {"org", "user"} of letters, digits and _ . @ -')
    return session
  }
}

/** @param {string} token @param {string | Uint8Array} secret */
const signedBy = (token, secret) => sessionOf(verified(token, () => ({ alg: 'HS256', secret })))

/** The header in which a proxy that knows the session says whose it is. */
export const sessionHeader = 'x-issuer-session'

/**
 * Believes a header that the site has signed: a JSON Web Token (HS256) with `org`, `user` and `exp`. The proxy in front
 * sets it, and lets nobody else.
 * @param {string | Uint8Array} secret
 * @returns {FindSession}
 */
export function signedHeader(secret) {
  return ({ headers }) => {
    const token = headers[sessionHeader]
    const session = typeof token === 'string' ? signedBy(token, secret) : undefined
    if (!session) throw loggedOut()
    return session
  }
}

/** Browsers share cookies between the ports of a host: another demonstration beside this one has a name of its own. */
const cookieName = (/** @type {import('node:http').IncomingMessage} */ { headers }) =>
  `issuer_session_${/:(\d{1,5})$/.exec(headers.host ?? '')?.[1] ?? ''}`
const demoLife = 12 * 3600 // seconds

/** Users of a demonstration, who log in without a password. A session ends with the issuer, whose key is its own. */
export class DemoSessions {
  #key = randomBytes(32)
  #org
  #users

  /** @param {{ org: string, users: readonly string[] }} demo */
  constructor({ org, users }) {
    this.#org = org
    this.#users = users
  }

  /** @param {import('node:http').IncomingMessage} request @param {string} user @returns {string} the Set-Cookie */
  logIn(request, user) {
    if (!this.#users.includes(user))
      throw new Refusal(403, 'unknown_user', `The users of this demonstration are ${this.#users.join(', ')}.`)
    const claims = { org: this.#org, user, exp: Math.floor(Date.now() / 1000) + demoLife }
    const value = sign(claims, { alg: 'HS256', secret: this.#key })
    const secure = siteOf(request).startsWith('https:') ? '; Secure' : ''
    return `${cookieName(request)}=${value}; Path=/issuer/; Max-Age=${demoLife}; HttpOnly; SameSite=Strict${secure}`
  }

  /** @type {FindSession} */
  find = (request) => {
    const cookies = (request.headers.cookie ?? '').split(/;\s*/).map((each) => each.split('='))
    const wanted = cookieName(request)
    const [, token = ''] = cookies.find(([name]) => name === wanted) ?? []
    const session = signedBy(token, this.#key)
    if (!session) throw loggedOut()
    return session
  }
}
