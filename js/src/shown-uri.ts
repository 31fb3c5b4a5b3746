const SCHEMES = ['ws:', 'wss:', 'http:', 'https:']

/**
 * An address as the text of an error, or a trace, may have it: without user name, password, and what its query and its
 * fragment hold. Of a text of which that cannot be told apart, nothing.
 */
export function shownUri(text: string): string {
  if (!/[:@?#]/.test(text)) return text
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return '***'
  }
  const { protocol, host, pathname, search, username, password, hash } = url
  // Behind a slash that was not escaped the rest of the credentials looks like a path.
  if (!SCHEMES.includes(protocol) || pathname.includes('@')) return '***'
  if (search + hash + username + password === '') return text
  return `${protocol}//${host}${pathname}${search && '?***'}`
}
