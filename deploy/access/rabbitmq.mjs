// RabbitMQ: definitions with users, permissions and topic permissions, for `rabbitmqctl import_definitions`.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { AccessError, checkPassword, rulesFor } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/** Waiting messages of one session: past either bound the oldest ones go. */
const queueBounds = { 'max-length': 10_000, 'max-length-bytes': 4 * 1024 * 1024 }

/**
 * Topic permissions are regular expressions over AMQP routing keys, in which the levels of a topic are joined by dots:
 * a name with a dot in it would be two levels, and is refused.
 * @param {{ account: Account, password: string }[]} accounts
 * @param {string} root
 * @param {string} [vhost]
 */
export function definitions(accounts, root, vhost = '/') {
  const all = accounts.map(({ account, password }) => ({ password, rules: rulesFor(account, root) }))
  for (const { rules, password } of all) {
    checkPassword(password)
    checkDots(rules)
  }
  return {
    vhosts: [{ name: vhost }],
    users: all.map(({ rules, password }) => userOf(rules.account, password)),
    permissions: all.map(({ rules }) => {
      // The queue of a session has the client identifier in its name. Who may use no other queue than its own cannot take
      // up the session of another.
      const queue = `mqtt-subscription-${escape(rules.account)}qos[01]`
      const both = whole([queue, 'amq\\.topic'])
      return { user: rules.account, vhost, configure: whole([queue]), write: both, read: both }
    }),
    topic_permissions: all.map(({ rules }) => ({
      user: rules.account,
      vhost,
      exchange: 'amq.topic',
      write: whole(rules.publish.map(({ topic }) => expression(topic, '[^.*#]+'))),
      // A subscription is compared as its filter is written, with * for +.
      read: whole(rules.subscribe.map(({ filter, narrower }) => expression(filter, narrower ? '[^.#]+' : '\\*'))),
    })),
    policies: [{ vhost, name: 'sessions', pattern: '^mqtt-subscription-', 'apply-to': 'queues', priority: 0, definition: queueBounds }],
  }
}

/** @param {string} name @param {string} password @param {string[]} tags */
const userOf = (name, password, tags = []) => ({
  name,
  password_hash: passwordHash(password),
  hashing_algorithm: 'rabbit_password_hashing_sha256',
  tags,
})

/** Of no role of rules.json, whose names have no slash; HTTP's Basic authentication takes no colon. */
export const issuerUser = 'issuer/accounts'

/**
 * The issuer's account, which ends connections: RabbitMQ wants an administrator for that. It has no permissions in any
 * virtual host, so that it is of no use to an MQTT client.
 * @param {string} password
 */
export function userForIssuer(password) {
  checkPassword(password)
  return userOf(issuerUser, password, ['administrator'])
}

/** @param {import('./rules.mjs').Rules} rules */
export function checkDots({ publish, subscribe }) {
  const topics = [...publish.map(({ topic }) => topic), ...subscribe.map(({ filter }) => filter)]
  const dotted = topics.find((topic) => topic.includes('.'))
  if (dotted !== undefined) throw new AccessError(`RabbitMQ takes the dot in "${dotted}" for a slash.`)
}

/**
 * All of a text, and one of these; of none of them, nothing. In PCRE, $ would also match in front of a newline at the end.
 * @param {string[]} expressions
 */
const whole = (expressions) => (expressions.length === 0 ? '(?!)' : `^(?:${expressions.join('|')})\\z`)

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
function passwordHash(password, salt = randomBytes(4)) {
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString('base64')
}

/** @param {string} hash of `definitions` @param {string} password */
export function isPassword(hash, password) {
  const expected = Buffer.from(hash, 'base64')
  const actual = Buffer.from(passwordHash(password, expected.subarray(0, 4)), 'base64')
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}
