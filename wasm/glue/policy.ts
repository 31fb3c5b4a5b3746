// Which connections the page's Content-Security-Policy forbids: an event of the page names the directive, before the
// socket fails without a word.

/** The directives, by where the connection was to go. */
const forbidden: Map<string, string> = new Map()

export function noteViolation({ blockedURI, disposition, effectiveDirective }: SecurityPolicyViolationEvent) {
  if (disposition === 'enforce' && /^wss?:/.test(blockedURI)) forbidden.set(placeOf(blockedURI), effectiveDirective)
}

/** Without the query, which may be another one at each attempt. */
function placeOf(uri: string) {
  const { origin, pathname } = new URL(uri)
  return origin + pathname
}

/** @returns the directive */
export function forbiddenBy(uri: string): string | undefined {
  return forbidden.size === 0 ? undefined : forbidden.get(placeOf(uri))
}
