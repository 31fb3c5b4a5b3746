// Which connections the page's Content-Security-Policy forbids: an event of the page names the directive, before the
// socket fails without a word.

/** The directives, by where the connection was to go. @type {Map<string, string>} */
const forbidden = new Map()

/** @param {SecurityPolicyViolationEvent} violation */
function noteViolation({ blockedURI, disposition, effectiveDirective }) {
  if (disposition === 'enforce' && /^wss?:/.test(blockedURI)) forbidden.set(placeOf(blockedURI), effectiveDirective)
}

/**
 * Without the query, which may be another one at each attempt.
 * @param {string} uri
 */
function placeOf(uri) {
  const { origin, pathname } = new URL(uri)
  return origin + pathname
}

/**
 * @param {string} uri
 * @returns {string | undefined} the directive
 */
function forbiddenBy(uri) {
  return forbidden.size === 0 ? undefined : forbidden.get(placeOf(uri))
}
