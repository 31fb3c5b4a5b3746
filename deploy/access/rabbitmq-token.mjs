// RabbitMQ: JSON Web Tokens for its OAuth 2 plugin, whose scopes are the rules of one account.
import { sign } from './jwt.mjs'
import { checkLifetime, defaultLifetime } from './lifetime.mjs'
import { checkDots } from './rabbitmq.mjs'
import { AccessError, accountOf, rulesFor } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/** The resource_server_id of RabbitMQ: whom tokens are for, and what scopes begin with. */
export const audience = 'rabbitmq'

/** A star of a pattern stands for anything, levels included; an encoded one is a star, which is what + of a filter becomes. */
const anything = '*'
const star = '%2A'

/**
 * The claims of a token for one account. RabbitMQ verifies the key, the audience and the end, and takes the rules from the
 * scopes; that user name and client identifier are those of the token is for rabbitmq-login.mjs.
 * @param {Account} account
 * @param {string} root
 * @param {{ lifetime?: number | undefined, now?: number, vhost?: string }} [options] lifetime in seconds; now in milliseconds
 */
export function claims(account, root, { lifetime = defaultLifetime, now = Date.now(), vhost = '/' } = {}) {
  const rules = rulesFor(account, root)
  checkDots(rules)
  checkLifetime(account, lifetime)
  const seconds = Math.floor(now / 1000)
  const place = encodeURIComponent(vhost)
  /** @param {string} permission @param {string} pattern */
  const topic = (permission, pattern) => `${audience}.${permission}:${place}/amq.topic/${pattern}`
  // The queue of a session has the client identifier in its name.
  const queues = ['0', '1'].map((qos) => `mqtt-subscription-${encodeURIComponent(rules.account)}qos${qos}`)
  const scope = [
    ...queues.flatMap((queue) => ['configure', 'write', 'read'].map((permission) => `${audience}.${permission}:${place}/${queue}`)),
    ...rules.publish.map((each) => topic('write', patternOf(each.topic, anything))),
    // Where more lies below than is allowed, the filter alone is: a pattern would let # through.
    ...rules.subscribe.map(({ filter, narrower, above }) => topic('read', patternOf(filter, narrower && !above ? anything : star))),
  ]
  return { sub: rules.account, client_id: rules.account, aud: [audience], iat: seconds, exp: seconds + lifetime, scope }
}

/** A topic as a routing key, in which dots are slashes. @param {string} filter @param {string} wildcard */
const patternOf = (filter, wildcard) =>
  filter
    .split('/')
    .map((level) => (level === '+' ? wildcard : encodeURIComponent(level)))
    .join('.')

/**
 * A JSON Web Token of these claims.
 * @param {ReturnType<typeof claims>} payload
 * @param {import('./jwt.mjs').Key} key
 */
export function token(payload, key) {
  const account = accountOf(payload.sub)
  if (payload.client_id !== payload.sub) throw new AccessError('A token is for the client identifier that is its user name.')
  checkLifetime(account, payload.exp - payload.iat)
  return sign(payload, key)
}
