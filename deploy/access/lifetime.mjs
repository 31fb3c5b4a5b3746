// How long a token may live.
import { AccessError } from './rules.mjs'

/** @typedef {import('./rules.mjs').Account} Account */

/** Seconds that a token lives if nobody says otherwise. */
export const defaultLifetime = 600

/** Seconds that the token of a webapp lives at most: it can ask for another one whenever it connects. */
export const longestOfWebapp = 86_400

/** Those of the others, which no browser holds, live for a month at most. @param {Account} account */
const longestLife = ({ role }) => (role === 'webapp' ? longestOfWebapp : 30 * 86_400)

/** @param {Account} account @param {number} lifetime in seconds */
export function checkLifetime(account, lifetime) {
  const longest = longestLife(account)
  if (!Number.isInteger(lifetime) || lifetime < 1 || lifetime > longest)
    throw new AccessError(`The token of a ${account.role} lives for 1 to ${longest} seconds, and not for ${lifetime}.`)
}
