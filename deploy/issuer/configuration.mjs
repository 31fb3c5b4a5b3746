// What the environment says, checked; docs/deployment.md lists the variables.
import { AccessError, checkRoot } from '../access/rules.mjs'

/** @typedef {Record<string, string | undefined>} Environment */

/** A wrong setting, as a sentence for the operator. */
export class ConfigurationError extends Error {}

/** @param {Environment} env @param {string} name */
function required(env, name) {
  const value = env[name]
  if (!value) throw new ConfigurationError(`${name} is not set.`)
  return value
}

/** @param {Environment} env @param {string} name @param {number} otherwise @param {number} least @param {number} most */
function numberOf(env, name, otherwise, least, most) {
  const value = env[name] ? Number(env[name]) : otherwise
  if (!Number.isFinite(value) || value < least || value > most)
    throw new ConfigurationError(`${name} is "${env[name]}", which is no number from ${least} to ${most}.`)
  return value
}

/** @param {Environment} env @param {string} name @param {string[]} choices @returns {string} */
function choiceOf(env, name, choices) {
  const value = required(env, name)
  if (!choices.includes(value)) throw new ConfigurationError(`${name} is "${value}". Choose one of ${choices.join(', ')}.`)
  return value
}

/** @param {Environment} env @param {string} name */
function addressIn(env, name) {
  const value = required(env, name)
  if (!URL.canParse(value)) throw new ConfigurationError(`${name} is "${value}", which is no address.`)
  return value
}

/** @param {Environment} env @param {string} name */
function secretIn(env, name) {
  const value = required(env, name)
  if (Buffer.byteLength(value) < 32) throw new ConfigurationError(`${name} has less than 32 bytes. Make one: openssl rand -base64 48`)
  return value
}

/** @param {string | undefined} text */
const words = (text = '') => text.split(/[\s,]+/).filter(Boolean)

/**
 * @typedef {{ kind: 'site', url: string }} SiteSettings
 * @typedef {{ kind: 'header', secret: string }} HeaderSettings
 * @typedef {{ kind: 'demo', org: string, users: string[] }} DemoSettings
 */

/** @param {Environment} env @returns {SiteSettings | HeaderSettings | DemoSettings} */
function sessionsIn(env) {
  const kind = choiceOf(env, 'ISSUER_SESSIONS', ['site', 'header', 'demo'])
  if (kind === 'site') return { kind, url: addressIn(env, 'ISSUER_SESSION_URL') }
  if (kind === 'header') return { kind, secret: secretIn(env, 'ISSUER_HEADER_SECRET') }
  return { kind: 'demo', org: env['ISSUER_DEMO_ORG'] || 'acme', users: words(required(env, 'ISSUER_DEMO_USERS')) }
}

const minute = 60_000

/**
 * @typedef {{ kind: 'mosquitto', url: string, password: string, passwordLife: number, roles: string[] }} MosquittoSettings
 * @typedef {{ kind: 'secret', secret: string }} SecretSettings tokens are signed with a secret that the broker has as well
 * @typedef {{ kind: 'keys', file: string, rotation: number, announcement: number, lifetime: number }} KeySettings tokens
 *   are signed with keys that the broker fetches
 * @typedef {{ kind: 'tokens', form: 'emqx' | 'rabbitmq', signing: SecretSettings | KeySettings,
 *   api?: import('./broker-api.mjs').ApiSettings }} TokenSettings api: the broker's interface for administrators
 */

/** @param {Environment} env @param {number} lifetime @returns {MosquittoSettings | TokenSettings} */
function brokerIn(env, lifetime) {
  const kind = choiceOf(env, 'ISSUER_BROKER', ['mosquitto', 'emqx', 'rabbitmq'])
  if (kind === 'mosquitto')
    return {
      kind: 'mosquitto',
      url: addressIn(env, 'ISSUER_BROKER_URL'),
      password: required(env, 'ISSUER_BROKER_PASSWORD'),
      passwordLife: numberOf(env, 'ISSUER_PASSWORD_HOURS', 24, 0, 8760) * 60 * minute,
      roles: words(env['ISSUER_ROLES']),
    }
  // RabbitMQ keeps a connection whose token has ended, unless it is told.
  if (kind === 'rabbitmq') return { kind: 'tokens', form: 'rabbitmq', signing: keysIn(env, lifetime), api: apiIn(env) }
  const signing = env['ISSUER_KEY_FILE']
    ? keysIn(env, lifetime)
    : { kind: /** @type {const} */ ('secret'), secret: secretIn(env, 'ACCESS_SECRET') }
  return { kind: 'tokens', form: 'emqx', signing, ...(env['ISSUER_API_URL'] ? { api: apiIn(env) } : {}) }
}

/** @param {Environment} env @param {number} lifetime @returns {KeySettings} */
const keysIn = (env, lifetime) => ({
  kind: 'keys',
  file: required(env, 'ISSUER_KEY_FILE'),
  lifetime,
  rotation: numberOf(env, 'ISSUER_ROTATION_DAYS', 30, 1 / 24, 365) * 24 * 60 * minute,
  announcement: numberOf(env, 'ISSUER_ANNOUNCEMENT', 600, 1, 86_400) * 1000,
})

/** @param {Environment} env */
function apiUserIn(env) {
  const user = required(env, 'ISSUER_API_USER')
  if (user.includes(':'))
    throw new ConfigurationError(`ISSUER_API_USER is "${user}". HTTP's Basic authentication takes no colon in a name.`)
  return user
}

/** @param {Environment} env */
const apiIn = (env) => ({
  url: addressIn(env, 'ISSUER_API_URL'),
  user: apiUserIn(env),
  password: required(env, 'ISSUER_API_PASSWORD'),
})

/** @param {Environment} env */
export function configurationIn(env) {
  const lifetime = numberOf(env, 'ISSUER_LIFETIME', 600, 20, 86_400) * 1000
  return {
    host: env['ISSUER_HOST'] || '127.0.0.1',
    port: numberOf(env, 'ISSUER_PORT', 9003, 0, 65_535),
    root: rootIn(env),
    lifetime,
    origins: words(env['ISSUER_ORIGINS']),
    // Who may revoke must be able to rely on it, also after a restart.
    administratorToken: env['ISSUER_ADMIN_TOKEN'] ? secretIn(env, 'ISSUER_ADMIN_TOKEN') : '',
    revocationFile: env['ISSUER_ADMIN_TOKEN'] ? required(env, 'ISSUER_REVOCATION_FILE') : env['ISSUER_REVOCATION_FILE'],
    sessions: sessionsIn(env),
    broker: brokerIn(env, lifetime),
  }
}

/** @param {Environment} env */
function rootIn(env) {
  try {
    return checkRoot(env['ISSUER_ROOT'] ?? 'app/')
  } catch (error) {
    throw error instanceof AccessError ? new ConfigurationError(`ISSUER_ROOT: ${error.message}`) : error
  }
}
