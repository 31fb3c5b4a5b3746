// Why a connection cannot be made, and what a broker can do.
import { abortSignal, anything, checkOptions, flag, oneOf, type Shape, text, whole } from '../check.js'
import { type ConnectOptions, InvalidArgumentError } from '../index.js'
import type { Packet } from '../packets/packet.js'
import { resolveUris } from '../uris.js'
import { DEFAULT_ROOT } from '../webapp/root.js'
import { tryRules } from './access.js'
import { type Account, attempt, type Attempts, type Version } from './attempt.js'
import type { BrokerFacts, Diagnosis, Finding } from './diagnosis.js'
import { announced, probeAll, roundTrip, versionsOf } from './measure.js'
import { failed, finding, named, reach, type Reached } from './reach.js'

export { type BrokerFacts, type Diagnosis, type Finding, toText } from './diagnosis.js'

export interface DiagnoseOptions extends Account {
  /** As for `connect()`. A function is asked for each of some dozens of connections. */
  credentials?: ConnectOptions['credentials']
  clientId?: string
  /** The version to begin with: 5 by default, 4 is MQTT 3.1.1. */
  protocolVersion?: Version
  /** Milliseconds for each attempt to connect. Default: 5,000. */
  timeout?: number
  /** False: only whether a connection can be made. Default: true. */
  measure?: boolean
  /** Where the doctor may publish and subscribe; `/` and a random name follow. Default: `doctor`. */
  topic?: string
  /** Tries what this account can do under the access rules of the convention, and what it must not. */
  as?: 'webapp'
  /** Of `as`: the root of the convention's topics, `app/` by default, and who the account is for, `{org}:{user}:{rand}`. */
  root?: string
  uid?: string
  /** Seconds for which a connection is left idle, to find proxies that cut those. Default: 0, none. */
  idle?: number
  signal?: AbortSignal
}

const MOST_PACKETS = 200
const OPTIONS: Shape = {
  credentials: anything,
  clientId: text,
  protocolVersion: oneOf(3, 4, 5),
  timeout: whole(1, 2 ** 31 - 1),
  measure: flag,
  topic: text,
  as: oneOf('webapp'),
  root: text,
  uid: text,
  idle: anything,
  signal: abortSignal,
}

/**
 * Tries to connect, says in one sentence why that cannot be done and what to do about it, and otherwise measures what the
 * broker can do. It makes some dozens of short connections, and publishes small messages below `topic`; nothing stays.
 *
 * ```ts
 * const { ok, verdict } = await diagnose('wss://example.org/ws_mqtt', { credentials })
 * ```
 *
 * Rejects with the signal's reason alone: whatever else goes wrong is a finding.
 */
export async function diagnose(url: string | URL, options: DiagnoseOptions = {}): Promise<Diagnosis> {
  const { timeout = 5000, signal, credentials, clientId, protocolVersion = 5 } = options
  signal?.throwIfAborted()
  const attempts: Attempts = {
    timeout,
    signal,
    ...(credentials === undefined ? {} : { credentials }),
    ...(clientId === undefined ? {} : { clientId }),
  }
  let address: string
  try {
    checkOptions(options, OPTIONS)
    if (options.as !== undefined && (options.uid ?? clientId) === undefined)
      throw new InvalidArgumentError('To try the access rules, pass the uid of the account: {org}:{user}:{rand}.')
    address = String(resolveUris(url)[0])
  } catch (error) {
    return { ...failed(error, [finding('address', error)]), packets: [] }
  }
  const packets: Packet[] = []
  const watched: ConnectOptions = {
    packets: 0,
    prepare: (mq) => mq.on('packet', (packet) => packets.length < MOST_PACKETS && packets.push(packet)),
  }
  const reached = await reach(address, attempts, protocolVersion, watched)
  if (!('mq' in reached)) return { ...reached, packets }
  const { mq, findings, version } = reached
  let broker: BrokerFacts = { ...announced(mq), versions: [version] }
  try {
    if (options.measure !== false) broker = await measure(reached, address, attempts, options)
    // What follows has the same client identifier.
    await mq.disconnect().catch(() => {})
    if (options.measure !== false) broker = { ...broker, versions: await versionsOf(address, attempts, version) }
    if (options.as === 'webapp')
      findings.push(...(await tryRules(address, attempts, version, options.root ?? DEFAULT_ROOT, options.uid ?? clientId ?? '')))
    if (options.idle) findings.push(await leaveIdle(address, attempts, version, options.idle))
  } catch (error) {
    signal?.throwIfAborted()
    findings.push(finding('connection', error))
  } finally {
    await mq.disconnect().catch(() => {})
  }
  const worst = findings.find(({ status }) => status === 'error') ?? findings.find(({ status }) => status === 'warning')
  const isBad = worst?.status === 'error'
  const trip = broker.roundTrip === undefined ? '' : `, with a round trip of ${broker.roundTrip.median.toFixed(1)} ms`
  const verdict = isBad ? worst.text : `The broker can be used with ${named(version)}${trip}.${worst === undefined ? '' : ` ${worst.text}`}`
  return { ok: !isBad, verdict, url: address, broker, findings, packets }
}

async function measure(
  { mq, version, findings }: Reached,
  url: string,
  attempts: Attempts,
  { topic = 'doctor' }: DiagnoseOptions,
): Promise<BrokerFacts> {
  const prefix = `${topic}/${Math.random().toString(36).slice(2, 10)}/`
  const given = { url, attempts, version, prefix }
  const facts = { ...announced(mq), versions: [version] }
  const trip = await roundTrip(mq, `${prefix}0`).catch(() => undefined)
  attempts.signal?.throwIfAborted()
  findings.push(...(await probeAll(mq, given)))
  return trip === undefined ? facts : { ...facts, roundTrip: trip }
}

async function leaveIdle(url: string, attempts: Attempts, version: Version, seconds: number): Promise<Finding> {
  const mq = await attempt(url, attempts, { protocolVersion: version, keepAlive: 0 })
  const serverKeepAlive = mq.negotiated.keepAlive
  if (serverKeepAlive > 0 && serverKeepAlive <= seconds) {
    await mq.disconnect().catch(() => {})
    const text = `The broker sets a keep alive of ${serverKeepAlive} s: no connection is without traffic for longer.`
    return { check: 'idle', status: 'skipped', text }
  }
  const begun = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined
  const stood = new Promise<true>((resolve) => (timer = setTimeout(() => resolve(true), seconds * 1000)))
  try {
    if (await Promise.race([stood, mq.closed.then(() => false)]))
      return { check: 'idle', status: 'ok', text: `A connection without traffic stays for ${seconds} s.` }
    const after = Math.round((Date.now() - begun) / 1000)
    return {
      check: 'idle',
      status: 'error',
      text: `A connection without traffic is cut after ${after} s, by a proxy or the broker: set keepAlive below that, or raise the proxy's time limit.`,
    }
  } finally {
    clearTimeout(timer)
    await mq.disconnect().catch(() => {})
  }
}
