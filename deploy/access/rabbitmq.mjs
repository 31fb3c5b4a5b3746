// RabbitMQ: definitions with users, permissions and topic permissions, for `rabbitmqctl import_definitions`.
import { createHash, randomBytes } from 'node:crypto'
import { AccessError, rulesFor } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/**
 * Topic permissions are regular expressions over AMQP routing keys, in which the levels of a topic are joined by dots:
 * a name with a dot in it would be two levels, and is refused.
 * @param {{ account: Account, password: string }[]} accounts
 * @param {string} root
 * @param {string} [vhost]
 */
export function definitions(accounts, root, vhost = '/') {
  const all = accounts.map(({ account, password }) => ({ password, role: account.role, rules: rulesFor(account, root) }))
  for (const { rules } of all) {
    const dotted = [...rules.publish, ...rules.subscribe.map(({ filter }) => filter)].find((filter) => filter.includes('.'))
    if (dotted !== undefined) throw new AccessError(`RabbitMQ takes the dot in "${dotted}" for a slash.`)
  }
  return {
    vhosts: [{ name: vhost }],
    users: all.map(({ rules, password }) => ({
      name: rules.account,
      password_hash: passwordHash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: [],
    })),
    permissions: all.map(({ rules, role }) => {
      // The queue of a session has the client identifier in its name. Who may use no other queue than its own cannot take
      // up the session of another. Instances of a service have client identifiers that begin with its account.
      const instance = role === 'webapp' || role === 'device' ? '' : '(:[A-Za-z0-9_-]+)?'
      const queue = `mqtt-subscription-${escape(rules.account)}${instance}qos[01]`
      return { user: rules.account, vhost, configure: `^${queue}$`, write: `^(${queue}|amq\\.topic)$`, read: `^(${queue}|amq\\.topic)$` }
    }),
    topic_permissions: all.map(({ rules }) => ({
      user: rules.account,
      vhost,
      exchange: 'amq.topic',
      write: anyOf(rules.publish.map((topic) => expression(topic, '[^.*#]+'))),
      // A subscription is compared as its filter is written, with * for +.
      read: anyOf(rules.subscribe.map(({ filter, narrower }) => expression(filter, narrower ? '[^.#]+' : '\\*'))),
    })),
  }
}

/** @param {string[]} expressions */
const anyOf = (expressions) => (expressions.length === 0 ? '^$' : `^(${expressions.join('|')})$`)

/**
 * @param {string} filter
 * @param {string} wildcard
 */
function expression(filter, wildcard) {
  return filter
    .split('/')
    .map((level) => (level === '+' ? wildcard : escape(level)))
    .join('\\.')
}

/** @param {string} text */
const escape = (text) => text.replace(/[^A-Za-z0-9_:@-]/g, (character) => `\\${character}`)

/** As RabbitMQ computes it: a salt of four bytes, then SHA-256 of salt and password. @param {string} password */
function passwordHash(password) {
  const salt = randomBytes(4)
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64')
}
