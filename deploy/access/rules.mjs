// Who may publish and subscribe what: rules.json, made concrete for one account under one root.
import { readFileSync } from 'node:fs'

/**
 * @typedef {object} Subscription
 * @property {string} filter
 * @property {boolean} [narrower] the same filter with names in the place of its wildcards is allowed as well
 * @property {string} [group] the share that it may also be subscribed in
 *
 * @typedef {{ account: string, publish: string[], subscribe: Subscription[] }} Rules
 * @typedef {{ role: string, name: string }} Account name: the uid of a webapp, the name of a service, the serial number
 */

/** @type {Record<string, Rules>} */
export const roles = JSON.parse(readFileSync(new URL('rules.json', import.meta.url), 'utf8'))

// Stricter than the wire convention: what has a meaning in some broker's rule language is no part of an account.
const part = String.raw`[A-Za-z0-9_.@-]{1,64}`
const names = /** @type {Record<string, RegExp>} */ ({
  webapp: new RegExp(`^(?!(?:service|backend|janitor):)${part}:${part}:[a-z0-9]{4}$`),
  device: new RegExp(`^${part}$`),
})
const otherName = /^[A-Za-z0-9_.-]{1,64}$/

/** What a rule is not sound for. */
export class AccessError extends Error {}

/**
 * `webapp=acme:ann:x7f3` as an account.
 * @param {string} text
 * @returns {Account}
 */
export function parseAccount(text) {
  const [role = '', ...rest] = text.split('=')
  const name = rest.join('=')
  if (!Object.hasOwn(roles, role)) throw new AccessError(`There is no role "${role}". There are: ${Object.keys(roles).join(', ')}.`)
  if (!(names[role] ?? otherName).test(name)) throw new AccessError(`"${name}" cannot be the name of a ${role}.`)
  return { role, name }
}

/** @param {string} root */
export function checkRoot(root) {
  if (/[+#$\p{Cc}\s"'\\{}%]/u.test(root) || (root !== '' && !root.endsWith('/'))) {
    throw new AccessError(`The root "${root}" has to be empty, or end in "/" and have no wildcards, blanks, quotes or braces.`)
  }
  return root
}

/**
 * The rules of one account. Each form of them is made from this.
 * @param {Account} account
 * @param {string} root
 * @param {string} [placeholder] stands for the account where a broker fills it in itself
 * @returns {Rules}
 */
export function rulesFor({ role, name }, root, placeholder) {
  const rules = roles[role]
  if (!rules) throw new AccessError(`There is no role "${role}".`)
  checkRoot(root)
  const account = placeholder ?? (role === 'webapp' ? name : rules.account.replace('{name}', name))
  /** @param {string} text */
  const fill = (text) => text.replaceAll('{account}', () => account).replaceAll('{name}', () => name)
  return {
    account,
    publish: rules.publish.map((topic) => root + fill(topic)),
    subscribe: rules.subscribe.map(({ filter, group, ...rest }) => ({
      ...rest,
      filter: root + fill(filter),
      ...(group === undefined ? {} : { group: fill(group) }),
    })),
  }
}
