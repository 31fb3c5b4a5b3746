// EMQX: acl.conf (Erlang terms), and the `acl` claim of a JSON Web Token.
import { sign } from './jwt.mjs'
import { checkLifetime, defaultLifetime } from './lifetime.mjs'
import { AccessError, accountOf, nameExpressions, rulesFor, rulesForAll } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

export { defaultLifetime }

/**
 * The filter of a subscription as EMQX takes it. A rule's `+` also allows the subscriber's `#`, in the versions that
 * compare level by level; where more lies below than is allowed, the filter is compared as a text.
 * @param {import('./rules.mjs').Subscription} subscription
 */
const isExact = ({ filter, narrower, above }) => (!narrower || above === true) && filter.includes('+')

/**
 * acl.conf for webapps, devices and the given services. The client identifier is the account of webapps and devices, so
 * that authentication has to bind it (see docs/deployment.md); a service has to have both, user name and client identifier.
 * @param {Account[]} accounts
 * @param {string} root
 */
export function aclConf(accounts, root) {
  const lines = ['%% The first rule that matches decides. Authentication has to bind the client identifier to the account.']
  for (const role of /** @type {const} */ (['webapp', 'device'])) {
    // In PCRE, $ would also match in front of a newline at the end.
    const who = `{clientid, {re, "^(?:${nameExpressions[role]})\\\\z"}}`
    lines.push(...terms(who, rulesForAll(role, root, '${clientid}')))
  }
  for (const account of accounts.filter(({ role }) => role !== 'webapp' && role !== 'device')) {
    const rules = rulesFor(account, root)
    lines.push(...terms(`{'and', [{username, "${rules.account}"}, {clientid, "${rules.account}"}]}`, rules))
  }
  lines.push('{deny, all}.')
  return `${lines.join('\n')}\n`
}

/**
 * @param {string} who
 * @param {import('./rules.mjs').Rules} rules
 */
function terms(who, { publish, subscribe }) {
  /** @param {string} action @param {string[]} topics */
  const allow = (action, topics) => (topics.length === 0 ? [] : [`{allow, ${who}, ${action}, [${topics.join(', ')}]}.`])
  /** @param {import('./rules.mjs').Publication[]} publications */
  const quoted = (publications) => publications.map(({ topic }) => `"${topic}"`)
  return [
    ...allow('publish', quoted(publish.filter(({ retained }) => retained))),
    ...allow('{publish, [{retain, false}]}', quoted(publish.filter(({ retained }) => !retained))),
    ...allow(
      'subscribe',
      subscribe.map((each) => (isExact(each) && !each.filter.includes('${') ? `{eq, "${each.filter}"}` : `"${each.filter}"`)),
    ),
  ]
}

/**
 * The claims of a token for one account. With `verify_claims` of username and clientid, it is good for that account alone.
 * EMQX ends the connection when the token ends; a page then connects again with a new one.
 * @param {Account} account
 * @param {string} root
 * @param {{ lifetime?: number | undefined, now?: number }} [options] lifetime in seconds; now in milliseconds
 */
export function claims(account, root, { lifetime = defaultLifetime, now = Date.now() } = {}) {
  const rules = rulesFor(account, root)
  checkLifetime(account, lifetime)
  const seconds = Math.floor(now / 1000)
  const acl = [
    ...rules.publish.map(({ topic, retained }) => ({
      permission: 'allow',
      action: 'publish',
      topic,
      ...(retained ? {} : { retain: false }),
    })),
    ...rules.subscribe.map((each) => ({
      permission: 'allow',
      action: 'subscribe',
      topic: isExact(each) ? `eq ${each.filter}` : each.filter,
    })),
    { permission: 'deny', action: 'all', topic: '#' },
  ]
  return { username: rules.account, clientid: rules.account, iat: seconds, exp: seconds + lifetime, acl }
}

/**
 * A JSON Web Token of these claims.
 * @param {ReturnType<typeof claims>} payload
 * @param {string | Uint8Array | import('./jwt.mjs').Key} key a secret of at least 32 bytes, of a cryptographic source
 *   (HS256), or a key of either kind
 */
export function token(payload, key) {
  const account = accountOf(payload.username)
  if (payload.clientid !== payload.username) throw new AccessError('A token is for the client identifier that is its user name.')
  checkLifetime(account, payload.exp - payload.iat)
  return sign(payload, typeof key === 'string' || key instanceof Uint8Array ? { alg: 'HS256', secret: key } : key)
}
