const SCHEMES = ['ws:', 'wss:', 'http:', 'https:']

/**
 * An address as errors and logs may contain it: without user name, password, query and fragment. `***` if the parts
 * cannot be distinguished.
 */
export function redactedUri(text: string): string {
  if (!/[:@?#]/.test(text)) return text
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return '***'
  }
  const { protocol, host, pathname, search, username, password, hash } = url
  // After a slash that was not escaped, the rest of the credentials looks like a path.
  if (!SCHEMES.includes(protocol) || pathname.includes('@')) return '***'
  if (search + hash + username + password === '') return text
  return `${protocol}//${host}${pathname}${search && '?***'}`
}
