// The page's connection: alone, or as a participant of the convention; its state, and what to tell about it.
import { computed, signal } from '@preact/signals'
import { connect, type Connection, load, type StateChange, Webapp } from 'websocket-mq/webapp/wasm'
import wasmUrl from 'websocket-mq/wsmq-webapp.wasm'
import { isOwnServer, type Place, type Settings } from '../store/settings.js'
import { sentence } from '../ui/text.js'
import { findIssuer } from './issuer.js'
import { connectOptions, joinOptions } from './options.js'
import type { App, DemoSchema } from './schema.js'

export type LinkState = 'closed' | 'connecting' | 'connected' | 'reconnecting' | 'failed'

/** `wait`: how long it may take, which is not read out each time that it changes. */
export const status = signal<{ state: LinkState; text: string; wait: string }>({ state: 'closed', text: 'Not connected', wait: '' })
/** What the user should know; empty: nothing. */
export const notice = signal('')
/** The connection, also while it is interrupted. */
export const connection = signal<Connection | undefined>(undefined)
/** Its webapp, in that role. */
export const app = signal<App | undefined>(undefined)
export const uid = signal('')
/** Counts the times that a connection was established: what was negotiated may be another each time. */
export const established = signal(0)
/** Where the connection runs. */
export const place = signal<Place>('page')
/** Whether the credentials came from the page's own server. */
export const isIssued = signal(false)

export const isConnected = computed(() => status.value.state === 'connected')
export const isOff = computed(() => status.value.state === 'closed' || status.value.state === 'failed')

let attempt: AbortController | undefined
/** Counts the calls of `open()`: of several that wait for the same end, the last one connects. */
let turn = 0
let countdown: ReturnType<typeof setInterval> | undefined

let loaded: Promise<void> | undefined

/** Loads the module into the page. A worker has its own. */
export function loadModule(): Promise<void> {
  // The package finds the file beside its own script, which is a part of a bundle here.
  loaded ??= load({ wasmUrl: new URL(wasmUrl, import.meta.url) })
  return loaded
}

/** Connects, and goes on until `disconnect()` or an error that is final. Never rejects. */
export async function open(settings: Settings, password: string): Promise<void> {
  const ownTurn = ++turn
  await close()
  if (turn !== ownTurn) return
  const own = (attempt = new AbortController())
  notice.value = ''
  place.value = settings.runsIn
  show('connecting', 'Connecting', '…')
  try {
    if (settings.runsIn === 'page') await loadModule()
    const credentials = await credentialsOf(settings, password, own.signal)
    own.signal.throwIfAborted()
    const mq = settings.role === 'webapp' ? await join(settings, credentials, own) : await plain(settings, credentials, own)
    const { error } = await mq.closed
    end(own, error)
  } catch (error) {
    end(own, own.signal.aborted ? undefined : error)
  }
}

/** Ends the connection, or the attempt. */
export async function close(): Promise<void> {
  const [own, webapp, mq] = [attempt, app.value, connection.value]
  if (own === undefined) return
  const isUp = mq?.state === 'connected'
  if (webapp !== undefined) await webapp.leave(isUp ? { signal: AbortSignal.timeout(2000) } : {})
  else if (mq === undefined || mq.state === 'connecting') own.abort()
  else await mq.disconnect({ timeout: isUp ? 2000 : 0 })
  end(own, undefined)
}

async function credentialsOf({ address, user, username }: Settings, password: string, signal: AbortSignal) {
  isIssued.value = false
  if (username !== '') return { username, ...(password === '' ? {} : { password }) }
  // What the page's own server issues is for the broker behind it, and no other.
  const issuer = isOwnServer(address) ? await findIssuer(user, signal) : undefined
  isIssued.value = issuer !== undefined
  return issuer
}

type Credentials = Awaited<ReturnType<typeof credentialsOf>>

async function join(settings: Settings, credentials: Credentials, { signal }: AbortController): Promise<Connection> {
  const joined: App = await Webapp.join<DemoSchema>(settings.address, {
    ...joinOptions(settings, credentials),
    signal,
    // Until it has joined, only the log tells about its attempts.
    log: (level, _, details) => {
      const { retryIn, attempt: number, error } = details as Partial<StateChange>
      if (app.value !== undefined || attempt?.signal !== signal || level === 'debug') return
      if (retryIn !== undefined || number !== undefined) changed({ state: 'connecting', retryIn, attempt: number, error })
    },
  })
  joined.on('state', changed)
  joined.on('identity', (renaming) => (uid.value = renaming.uid))
  joined.on('error', tell)
  uid.value = joined.uid
  app.value = joined
  connection.value = joined.mq
  changed({ state: joined.state })
  return joined.mq
}

function plain(settings: Settings, credentials: Credentials, { signal }: AbortController): Promise<Connection> {
  return connect(settings.address, {
    ...connectOptions(settings, credentials),
    signal,
    prepare: (mq) => {
      mq.on('state', changed)
      mq.on('error', tell)
      connection.value = mq
    },
  })
}

function end(own: AbortController, error: unknown): void {
  if (attempt !== own) return
  attempt = undefined
  stopCountdown()
  connection.value = undefined
  app.value = undefined
  uid.value = ''
  if (error === undefined) show('closed', 'Not connected')
  else {
    show('failed', 'Connection failed')
    tell(error)
  }
}

function changed({ state, retryIn, attempt: number, error }: Partial<StateChange>): void {
  stopCountdown()
  if (state === 'connected') {
    notice.value = ''
    established.value++
    show('connected', 'Connected')
  } else if (state === 'connecting' || state === 'reconnecting') {
    const doing = state === 'connecting' ? 'Connecting' : 'Reconnecting'
    if (retryIn !== undefined) countDown(state, doing, retryIn)
    else show(state, doing, `…${number ? ` (attempt ${number + 1})` : ''}`)
    if (error !== undefined) tell(error)
  }
}

function countDown(state: LinkState, doing: string, retryIn: number): void {
  const end = performance.now() + retryIn
  const tick = () => {
    const seconds = Math.ceil((end - performance.now()) / 1000)
    show(state, doing, seconds > 0 ? `in ${seconds} s` : '…')
  }
  tick()
  countdown = setInterval(tick, 250)
}

function stopCountdown(): void {
  clearInterval(countdown)
}

function show(state: LinkState, text: string, wait = ''): void {
  const now = status.peek()
  if (now.text !== text || now.state !== state || now.wait !== wait) status.value = { state, text, wait }
}

function tell(error: unknown): void {
  notice.value = sentence(error)
}
