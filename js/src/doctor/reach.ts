// The first connection, or why it cannot be made and what would work.
import { type Connection, type ConnectionRefusedError, type ConnectOptions, MqttError } from '../index.js'
import {
  attempt,
  type Attempts,
  hasWebServer,
  isAboutTheAccount,
  mayBeTheAddress,
  mayBeTheVersion,
  nameless,
  otherAddresses,
  type Version,
  works,
} from './attempt.js'
import type { Diagnosis, Finding } from './diagnosis.js'
import { unreachable } from '../unreachable.js'

/** The packets are whoever's who watches. */
export type Failed = Omit<Diagnosis, 'packets'>

export interface Reached {
  readonly mq: Connection
  readonly version: Version
  readonly findings: Finding[]
}

/** `watched`: options of the attempts. */
export async function reach(url: string, attempts: Attempts, version: Version, watched: ConnectOptions): Promise<Reached | Failed> {
  try {
    const mq = await attempt(url, attempts, { ...watched, protocolVersion: version })
    return {
      mq,
      version,
      findings: [{ check: 'connection', status: 'ok', text: `The broker accepts the connection with ${named(version)}.` }],
    }
  } catch (thrown) {
    attempts.signal?.throwIfAborted()
    // Without a network, what an attempt loads first cannot be loaded either, and that would be said.
    const isOffline = (globalThis as { navigator?: { onLine?: boolean } }).navigator?.onLine === false
    const error = isOffline ? unreachable(url, undefined) : thrown
    const older = mayBeTheVersion(error) ? await withOlderVersion(url, attempts, version, watched) : undefined
    if (older?.mq !== undefined) return { mq: older.mq, version: older.version, findings: [older.finding] }
    const why = older?.refusal ?? error
    if (mayBeTheAddress(why)) return elsewhere(url, attempts, why)
    const findings = [...(older === undefined ? [] : [older.finding]), finding('connection', why)]
    const more = isAboutTheAccount(why) ? await lookAtAccount(url, attempts, older?.version ?? version, why) : undefined
    if (more !== undefined) findings.push(more)
    return failed(more ?? why, findings)
  }
}

interface Older {
  readonly version: Version
  readonly finding: Finding
  readonly mq?: Connection
  /** Whoever is refused was understood. */
  readonly refusal?: ConnectionRefusedError
}

async function withOlderVersion(url: string, attempts: Attempts, version: Version, watched: ConnectOptions): Promise<Older | undefined> {
  for (const older of ([4, 3] as const).filter((each) => each < version)) {
    const text = `The broker does not accept ${named(version)}, but ${named(older)}: set protocolVersion to ${older}.`
    const found = { version: older, finding: { check: 'version', status: 'warning', text } } as const
    try {
      return { ...found, mq: await attempt(url, attempts, { ...watched, protocolVersion: older }) }
    } catch (error) {
      attempts.signal?.throwIfAborted()
      if (isAboutTheAccount(error)) return { ...found, refusal: error }
    }
  }
  return undefined
}

async function lookAtAccount(
  url: string,
  attempts: Attempts,
  version: Version,
  { reasonCode }: ConnectionRefusedError,
): Promise<Finding | undefined> {
  const { credentials, clientId } = attempts
  if (credentials === undefined) {
    if (reasonCode === 0x85) return undefined
    return {
      check: 'credentials',
      status: 'error',
      text: 'No credentials were given, and the broker wants some: pass the credentials option.',
    }
  }
  // Many brokers bind an account to the client identifier that is its name.
  const username = typeof credentials === 'function' ? undefined : credentials.username
  if (username === undefined || username === '' || username === clientId) return undefined
  if (!(await succeeds(url, { ...attempts, clientId: username }, version))) return undefined
  const text = 'The broker binds this account to the client identifier that is its user name: pass it as clientId.'
  return { check: 'client-identifier', status: 'error', text }
}

async function succeeds(url: string, attempts: Attempts, version: Version): Promise<boolean> {
  const mq = await attempt(url, attempts, { protocolVersion: version }).catch(() => undefined)
  attempts.signal?.throwIfAborted()
  await mq?.disconnect().catch(() => {})
  return mq !== undefined
}

/** Whether the broker can be reached at another path, or by the other scheme. */
async function elsewhere(url: string, attempts: Attempts, error: unknown): Promise<Failed> {
  const findings = [finding('connection', error)]
  const tries = otherAddresses(url)
  const answers = await Promise.all(tries.map((each) => works(each, nameless(attempts))))
  const better = tries.find((_, index) => answers[index])
  if (better !== undefined) {
    const [given, found] = [new URL(url), new URL(better)]
    const text =
      given.protocol === found.protocol
        ? `The broker answers at the path ${found.pathname}, and not at ${given.pathname}: change the address.`
        : `The broker answers with ${found.protocol}, and not with ${given.protocol}. Change the scheme${found.protocol === 'ws:' ? ', or enable TLS at that port' : ''}.`
    findings.push({ check: 'address', status: 'error', text })
  } else if ((await hasWebServer(url, attempts.signal)) === true) {
    findings.push({
      check: 'address',
      status: 'error',
      text: `A web server answers at ${new URL(url).host}, but none of its usual paths is an MQTT broker: check the path, and the proxy's location for it.`,
    })
  }
  return failed(findings.at(-1), findings)
}

export function finding(check: string, error: unknown): Finding {
  return { check, status: 'error', text: error instanceof Error ? error.message : String(error) }
}

export function failed(why: unknown, findings: readonly Finding[]): Failed {
  const verdict = why instanceof MqttError ? why.message : String((why as Partial<Finding> | undefined)?.text ?? why)
  return { ok: false, verdict, url: undefined, broker: undefined, findings }
}

export function named(version: Version): string {
  return { 3: 'MQTT 3.1', 4: 'MQTT 3.1.1', 5: 'MQTT 5' }[version]
}
