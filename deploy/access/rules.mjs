// Who may publish and subscribe what: rules.json, made concrete for one account under one root.
import { readFileSync } from 'node:fs'

/**
 * @typedef {object} Publication
 * @property {string} topic
 * @property {boolean} [retained] may be published with the RETAIN flag, if the broker can distinguish that
 *
 * @typedef {object} Subscription
 * @property {string} filter
 * @property {boolean} [narrower] the same filter with names in the place of its wildcards is allowed as well
 * @property {boolean} [above] there is more below it, which is not allowed
 * @property {string} [group] the share that it may also be subscribed in
 *
 * @typedef {{ account: string, publish: Publication[], subscribe: Subscription[] }} Rules account: the user name and the
 *   client identifier of one connection
 * @typedef {{ role: string, name: string }} Account name: the uid of a webapp; of a service, backend or janitor its name,
 *   or `{name}/{instance}` where there are several; the serial number of a device
 */

/** @type {Record<string, Rules>} */
export const roles = JSON.parse(readFileSync(new URL('rules.json', import.meta.url), 'utf8'))

// Stricter than the wire convention: what has a meaning in some broker's rule language is no part of an account.
const part = '[A-Za-z0-9_.@-]{1,64}'
const word = '[A-Za-z0-9_.-]{1,64}'
const otherName = `${word}(?:/(?!_)${word})?`

/**
 * What the name of an account looks like, without anchors, in the syntax that JavaScript and PCRE share. A uid cannot be
 * taken for the account of a service, nor a serial number for the administrator that Mosquitto's plugin makes.
 * @type {Record<string, string>}
 */
export const nameExpressions = {
  webapp: `(?!(?:service|backend|janitor):)${part}:${part}:[a-z0-9]{4,16}`,
  device: `(?!admin(?![A-Za-z0-9_.@-]))${part}`,
}

/** What a rule is not sound for. */
export class AccessError extends Error {}

/** @param {string} role */
function templatesOf(role) {
  const templates = Object.hasOwn(roles, role) ? roles[role] : undefined
  if (!templates) throw new AccessError(`There is no role "${role}". There are: ${Object.keys(roles).join(', ')}.`)
  return templates
}

/**
 * @param {Account} account
 * @returns {Account} the same, where it is sound
 */
export function checkAccount({ role, name }) {
  templatesOf(role)
  const expression = new RegExp(`^(?:${nameExpressions[role] ?? otherName})$`)
  if (typeof name !== 'string' || !expression.test(name)) throw new AccessError(`"${name}" cannot be the name of a ${role}.`)
  return { role, name }
}

/**
 * `webapp=acme:ann:x7f3` as an account.
 * @param {string} text
 */
export function parseAccount(text) {
  const [role = '', ...rest] = text.split('=')
  return checkAccount({ role, name: rest.join('=') })
}

/**
 * Whose user name it is: the reverse of `rulesFor(...).account`.
 * @param {string} userName
 */
export function accountOf(userName) {
  const [, role, name = ''] = /^(service|backend|janitor):([^/]*)$/.exec(userName) ?? []
  if (role) return checkAccount({ role, name: name.replace(':', '/') })
  return checkAccount({ role: String(userName).includes(':') ? 'webapp' : 'device', name: userName })
}

/** @param {string} password */
export function checkPassword(password) {
  if (typeof password !== 'string' || password === '') throw new AccessError('A password cannot be empty.')
}

/** @param {string} root */
export function checkRoot(root) {
  if (/[+#*$\p{Cc}\s"'\\{}%]/u.test(root) || (root !== '' && !root.endsWith('/'))) {
    throw new AccessError(`The root "${root}" has to be empty, or end in "/" and have no wildcards, blanks, quotes or braces.`)
  }
  return root
}

/**
 * The rules of one account, whose name is checked. Each form of them is made from this.
 * @param {Account} account
 * @param {string} root
 * @returns {Rules}
 */
export function rulesFor(account, root) {
  const { role, name } = checkAccount(account)
  return fill(
    role,
    root,
    name,
    templatesOf(role).account.replace('{name}', () => name.replace('/', ':')),
  )
}

/**
 * The rules of all webapps or devices, with a placeholder that a broker fills in itself.
 * @param {'webapp' | 'device'} role
 * @param {string} root
 * @param {string} placeholder
 */
export const rulesForAll = (role, root, placeholder) => fill(role, root, '', placeholder)

/**
 * @param {string} role
 * @param {string} root
 * @param {string} name
 * @param {string} account
 * @returns {Rules}
 */
function fill(role, root, name, account) {
  checkRoot(root)
  const { publish, subscribe } = templatesOf(role)
  const [service = ''] = name.split('/')
  /** @param {string} text */
  const concrete = (text) => text.replaceAll('{account}', () => account).replaceAll('{name}', () => service)
  return {
    account,
    publish: publish.map(({ topic, ...rest }) => ({ ...rest, topic: root + concrete(topic) })),
    subscribe: subscribe.map(({ filter, group, ...rest }) => ({
      ...rest,
      filter: root + concrete(filter),
      ...(group === undefined ? {} : { group: concrete(group) }),
    })),
  }
}
