// EMQX: acl.conf (Erlang terms), and the `acl` claim of a JSON Web Token.
import { createHmac } from 'node:crypto'
import { rulesFor } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/**
 * The filter of a subscription as EMQX takes it. A rule's `+` also allows the subscriber's `#`, in the versions that
 * compare level by level; where more lies below than is allowed, the filter is compared as a text.
 * @param {import('./rules.mjs').Subscription} subscription
 */
const isExact = ({ filter, narrower }) => !narrower && filter.includes('+')

/**
 * acl.conf for webapps, devices and the given services. The client identifier is the account of webapps and devices, so
 * that authentication has to bind it (see docs/deployment.md); that of a service is its user name.
 * @param {Account[]} accounts
 * @param {string} root
 */
export function aclConf(accounts, root) {
  const lines = ['%% The first rule that matches decides. Authentication has to bind the client identifier to the account.']
  const webapp = '{clientid, {re, "^[A-Za-z0-9_.@-]+:[A-Za-z0-9_.@-]+:[a-z0-9]{4}$"}}'
  lines.push(...terms(webapp, rulesFor({ role: 'webapp', name: '' }, root, '${clientid}')))
  lines.push(...terms('{clientid, {re, "^[A-Za-z0-9_.@-]+$"}}', rulesFor({ role: 'device', name: '' }, root, '${clientid}')))
  for (const account of accounts.filter(({ role }) => role !== 'webapp' && role !== 'device')) {
    const rules = rulesFor(account, root)
    lines.push(...terms(`{username, "${rules.account}"}`, rules))
  }
  lines.push('{deny, all}.')
  return `${lines.join('\n')}\n`
}

/**
 * @param {string} who
 * @param {import('./rules.mjs').Rules} rules
 */
function terms(who, { publish, subscribe }) {
  /** @param {string[]} topics */
  const list = (topics) => `[${topics.join(', ')}]`
  const filters = subscribe.map((each) => (isExact(each) && !each.filter.includes('${') ? `{eq, "${each.filter}"}` : `"${each.filter}"`))
  return [
    `{allow, ${who}, publish, ${list(publish.map((topic) => `"${topic}"`))}}.`,
    ...(filters.length === 0 ? [] : [`{allow, ${who}, subscribe, ${list(filters)}}.`]),
  ]
}

/**
 * The claims of a token for one account. With `verify_claims` of username and clientid, it is good for that account alone.
 * @param {Account} account
 * @param {string} root
 * @param {{ clientId?: string | undefined, lifetime?: number, now?: number }} [options] lifetime in seconds; now in milliseconds
 */
export function claims(account, root, { clientId, lifetime = 3600, now = Date.now() } = {}) {
  const rules = rulesFor(account, root)
  const seconds = Math.floor(now / 1000)
  const acl = [
    ...rules.publish.map((topic) => ({ permission: 'allow', action: 'publish', topic })),
    ...rules.subscribe.map((each) => ({
      permission: 'allow',
      action: 'subscribe',
      topic: isExact(each) ? `eq ${each.filter}` : each.filter,
    })),
    { permission: 'deny', action: 'all', topic: '#' },
  ]
  return { username: rules.account, clientid: clientId ?? rules.account, iat: seconds, exp: seconds + lifetime, acl }
}

/**
 * A JSON Web Token, signed by HMAC-SHA256 (RFC 7519, RFC 7515).
 * @param {object} payload
 * @param {string} secret
 */
export function token(payload, secret) {
  const [head, body] = [{ alg: 'HS256', typ: 'JWT' }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
  const signed = `${head}.${body}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}
