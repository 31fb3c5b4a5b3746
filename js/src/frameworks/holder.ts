// One connection for all components that use it: opened with the first, closed a moment after the last.
import type { Connection } from '../connection.js'
import type { ConnectionState } from '../state.js'
import type { Webapp } from '../webapp/webapp.js'

/** Whatever interface it has. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyWebapp = Webapp<any>

/** What a framework is given: a connection, or a webapp, whose `mq` is the connection. */
export type Connectable = Connection | AnyWebapp

/** Makes it: `({ signal }) => connect('/ws_mqtt', { signal })`, or `Webapp.join` likewise. */
export type Connect = (options: { readonly signal: AbortSignal }) => Promise<Connectable>

export interface ConnectionSnapshot {
  /** Undefined until the broker has accepted the first connection, and once it is closed for good. */
  readonly mq: Connection | undefined
  /** Undefined as well where plain MQTT is used. */
  readonly app: AnyWebapp | undefined
  readonly state: ConnectionState
  /** Why the connection, or the last attempt, ended. */
  readonly error: unknown
}

const waiting: ConnectionSnapshot = { mq: undefined, app: undefined, state: 'connecting', error: undefined }

export class Holder {
  readonly #connect: Connect | undefined
  readonly #given: Connectable | undefined
  readonly #listeners = new Set<() => void>()
  #snapshot = waiting
  #holds = 0
  /** Ends what is open, or what is being opened. */
  #close: (() => void) | undefined

  /** @param source one that is ready stays its owner's: it is never closed here */
  constructor(source: Connect | Connectable) {
    if (typeof source === 'function') this.#connect = source
    else if (typeof (source as Connectable | undefined)?.on === 'function') this.#given = source
    else throw new TypeError('Give a function that connects, such as () => connect(url), or a connection, or a webapp.')
  }

  get snapshot(): ConnectionSnapshot {
    return this.#snapshot
  }

  /** What a server renders. */
  static get waiting(): ConnectionSnapshot {
    return waiting
  }

  /** Keeps the connection open. The result lets go of it, once. */
  hold(): () => void {
    if (this.#holds++ === 0 && this.#close === undefined) this.#open()
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      this.#holds -= 1
      // A framework may unmount and mount again in one go, as React does under StrictMode.
      setTimeout(() => this.#holds === 0 && this.#end(), 0)
    }
  }

  /** Connects anew where the connection is closed for good. */
  readonly retry = (): void => {
    if (this.#snapshot.state !== 'closed' || this.#holds === 0) return
    this.#end()
    this.#open()
  }

  /** Called at every change. The result takes the listener away again. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  #open(): void {
    const abort = new AbortController()
    this.#close = () => abort.abort()
    const isCurrent = () => !abort.signal.aborted
    if (this.#given !== undefined) return this.#follow(this.#given, isCurrent)
    // Within a promise, so that what a user's function throws is a failure like any other.
    Promise.resolve()
      .then(() => (this.#connect as Connect)({ signal: abort.signal }))
      .then(
        (opened) => {
          if (!isCurrent()) return close(opened)
          this.#close = () => {
            abort.abort()
            close(opened)
          }
          this.#follow(opened, isCurrent)
        },
        (error: unknown) => isCurrent() && this.#show({ ...waiting, state: 'closed', error }),
      )
  }

  #follow(opened: Connectable, isCurrent: () => boolean): void {
    const app = 'mq' in opened ? opened : undefined
    const mq = app?.mq ?? (opened as Connection)
    const show = (state: ConnectionState, error: unknown) => {
      if (isCurrent()) this.#show(state === 'closed' ? { ...waiting, state, error } : { mq, app, state, error })
    }
    mq.on('state', ({ state, error }) => show(state, error))
    void mq.closed.then(({ error }) => show('closed', error))
    show(mq.state, undefined)
  }

  #end(): void {
    this.#close?.()
    this.#close = undefined
    this.#show(waiting)
  }

  #show(snapshot: ConnectionSnapshot): void {
    const { mq, state, error } = this.#snapshot
    if (mq === snapshot.mq && state === snapshot.state && error === snapshot.error) return
    this.#snapshot = snapshot
    for (const listener of [...this.#listeners]) listener()
  }
}

/** It is over for the components: whether the broker hears of it is no longer theirs. */
function close(opened: Connectable): void {
  const closing = 'leave' in opened ? opened.leave() : opened.disconnect()
  closing.catch(() => {})
}
