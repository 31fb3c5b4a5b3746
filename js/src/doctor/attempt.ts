// One attempt to connect, and what else might work where it fails.
import { connect, type Connection, type ConnectOptions, ConnectionFailedError, ConnectionRefusedError, MqttError } from '../index.js'

export interface Account {
  readonly credentials?: ConnectOptions['credentials']
  readonly clientId?: string
}

export interface Attempts extends Account {
  /** Milliseconds for each. */
  readonly timeout: number
  readonly signal: AbortSignal | undefined
}

export type Version = 3 | 4 | 5

/** Never comes back by itself. */
export function attempt(url: string, { timeout, signal, credentials, clientId }: Attempts, more: ConnectOptions = {}): Promise<Connection> {
  return connect(url, {
    connectTimeout: timeout,
    reconnect: false,
    ...(signal === undefined ? {} : { signal }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(clientId === undefined ? {} : { clientId }),
    ...more,
  })
}

export async function works(url: string, attempts: Attempts, more?: ConnectOptions): Promise<boolean> {
  try {
    await (await attempt(url, attempts, more)).disconnect()
    return true
  } catch (error) {
    // That somebody is refused is an answer, too.
    attempts.signal?.throwIfAborted()
    return error instanceof ConnectionRefusedError && error.reasonCode !== 0x84
  }
}

/** Without the account: for an address that need not be trusted with it, where a refusal says enough. */
export function nameless({ timeout, signal }: Attempts): Attempts {
  return { timeout, signal }
}

/** A broker that said that it does not know the version, or that closed before it answered, which is not told from no broker. */
export function mayBeTheVersion(error: unknown): boolean {
  if (error instanceof ConnectionRefusedError) return error.reasonCode === 0x84 || error.reasonCode === 0x81 || error.reasonCode === 0x80
  return error instanceof ConnectionFailedError
}

export function isAboutTheAccount(error: unknown): error is ConnectionRefusedError {
  return error instanceof ConnectionRefusedError && [0x85, 0x86, 0x87].includes(error.reasonCode)
}

/** Nobody spoke MQTT: the address may be wrong. */
export function mayBeTheAddress(error: unknown): boolean {
  return error instanceof ConnectionFailedError || (error instanceof MqttError && error.code === 'malformed_packet')
}

const paths = ['/ws_mqtt', '/mqtt', '/ws', '/']

/** Other paths on the same server, and the other scheme, as far as a page may use it. */
export function otherAddresses(url: string): string[] {
  const given = new URL(url)
  const others = paths.filter((path) => path !== given.pathname).map((path) => new URL(path, given).href)
  const other = new URL(given)
  other.protocol = given.protocol === 'wss:' ? 'ws:' : 'wss:'
  // What was meant to be encrypted stays so: a query may hold a token.
  if (other.protocol === 'ws:') other.search = ''
  const isSecurePage = (globalThis as { location?: { protocol?: string } }).location?.protocol === 'https:'
  return isSecurePage && other.protocol === 'ws:' ? others : [...others, other.href]
}

/** In a browser, which says nothing: whether any web server answers there. Undefined: there is no way to tell. */
export async function hasWebServer(url: string, signal: AbortSignal | undefined): Promise<boolean | undefined> {
  if (typeof document === 'undefined') return undefined
  try {
    await fetch(url.replace(/^ws/, 'http'), { mode: 'no-cors', cache: 'no-store', ...(signal === undefined ? {} : { signal }) })
    return true
  } catch {
    return false
  }
}
