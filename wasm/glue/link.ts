// What JavaScript keeps of each client, and when its output is sent.
import type { Address, Client, ConnectOptions, SessionStore } from '../wsmq.js'
import { Dispatch } from './dispatch.js'
import { MqttError } from './errors.js'

/** A client, with what belongs to it here. */
export type LinkedClient = Client & { $link: Link }

/** The options of subscribe() and of unsubscribe(). */
export interface OperationOptions {
  invocationContext?: unknown
  onSuccess?: ((outcome: never) => void) | undefined
  onFailure?: ((failure: never) => void) | undefined
}
interface Operation {
  kind: 'subscribe' | 'unsubscribe'
  options: OperationOptions
}

/** By connection, the address of wsmq::wasm::Connection. */
export const links = new Map<number, Link>()

/** So many microtasks without a publish mean that the task is over: `await publish()` in a loop takes a few each. */
const quietMicrotasks = 4

export class Link {
  client: LinkedClient
  /** The constructor's. */
  uri: Address
  /** 0 when the client was deleted. */
  connection: number
  readonly dispatch = new Dispatch()
  /** A microtask will flush. */
  scheduled = false
  quiet = 0
  options: ConnectOptions = {}
  /** onSuccess or onFailure of connect() is still due. */
  connecting = false
  /** Answers to an older attempt are ignored. */
  attempt = 0
  /** The store whose records the engine has. */
  store: SessionStore | undefined = undefined
  /** The last batch that the store has not written down yet. */
  written: Promise<void> | undefined = undefined
  storeTimer: ReturnType<typeof setTimeout> | undefined = undefined
  /** Why a function of the application gave no answer, for the case that the attempt fails. */
  cause: unknown = undefined
  /** Subscribes and unsubscribes in progress. */
  readonly operations = new Map<number, Operation>()
  readonly flush: () => void

  constructor(client: LinkedClient, connection: number, uri: Address) {
    this.client = client
    this.uri = uri
    this.connection = connection
    this.flush = () => {
      if (this.connection !== 0 && ++this.quiet <= quietMicrotasks) return queueMicrotask(this.flush)
      this.scheduled = false
      if (this.connection !== 0) _wsmq_flush(this.connection)
    }
  }
}

/** What was published is sent at the end of the task; while handlers run, after them. */
export function scheduleFlush(link: Link): void {
  link.quiet = 0
  if (link.scheduled || link.dispatch.isRunning) return
  link.scheduled = true
  queueMicrotask(link.flush)
}

export function linkOf(client: { $link: Link }): Link {
  const link = client.$link
  if (link.connection === 0) throw new MqttError('not_started', 'The client was deleted.')
  return link
}

/** Calls a handler. An exception of the handler is reported and goes no further. */
export function callHandler(link: Link, handler: ((...given: never[]) => unknown) | null | undefined, ...given: unknown[]): void {
  if (typeof handler !== 'function' || link.connection === 0) return
  try {
    handler.apply(link.client, given as never[])
  } catch (thrown) {
    reportThrown(link, thrown)
  }
}

export function reportThrown(link: Link, thrown: unknown): void {
  const { onError } = link.client
  if (typeof onError !== 'function' || link.connection === 0) return reportUncaught(thrown)
  try {
    onError.call(link.client, thrown)
  } catch (again) {
    reportUncaught(again)
  }
}

function reportUncaught(thrown: unknown): void {
  setTimeout(() => {
    throw thrown
  })
}
