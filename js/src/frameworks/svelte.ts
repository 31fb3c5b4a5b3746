// Svelte: one connection for a tree of components, and stores for what arrives by it.
import { getContext, onDestroy, onMount, setContext } from 'svelte'
import { type Readable, readable, readonly, writable } from 'svelte/store'
import type { Message } from '../message.js'
import type { SubscribeOptions } from '../options.js'
import type { RequestOptions } from '../webapp/calls.js'
import type { Present } from '../webapp/presence.js'
import { type Connect, type Connectable, type ConnectionSnapshot, Holder } from './holder.js'
import { PerFrame } from './per-frame.js'
import { type AnySubscribeOptions, type HandlerFor, notReady, type SubscriptionStatus, watchPresence, watchTopics } from './watch.js'
import { noRequest, Requests, type RequestState } from './request-state.js'

export type { Connect, Connectable, ConnectionSnapshot, RequestState, SubscriptionStatus }

type Filter = string | readonly string[] | null | undefined | false

const key = Symbol('websocket-mq')

/**
 * In the component around those that use it: `provideMqtt(({ signal }) => connect('/ws_mqtt', { signal }))`, or with
 * `Webapp.join`. It is connected when the component is mounted, not while a server renders, and closed when it is
 * destroyed. A connection or webapp that is there already is closed by whoever made it.
 */
export function provideMqtt(source: Connect | Connectable): ConnectionStore {
  const holder = new Holder(source)
  setContext(key, holder)
  onMount(() => holder.hold())
  return storeOf(holder)
}

export type ConnectionStore = Readable<ConnectionSnapshot> & {
  /** Connects anew where the connection is closed for good. */
  readonly retry: () => void
}

function storeOf(holder: Holder): ConnectionStore {
  const { subscribe } = readable(holder.snapshot, (set) => {
    set(holder.snapshot)
    return holder.subscribe(() => set(holder.snapshot))
  })
  return { subscribe, retry: holder.retry }
}

function ownHolder(): Holder {
  const holder = getContext<Holder | undefined>(key)
  if (holder === undefined) throw new Error('There is no provideMqtt() in a component around this one.')
  return holder
}

/** The connection, how it is, and `retry()`. While a component is created, as all of these. */
export function useConnection(): ConnectionStore {
  return storeOf(ownHolder())
}

/** Acts at the connection that there is, and anew at each further one. */
function atEach<Name extends 'mq' | 'app'>(
  holder: Holder,
  name: Name,
  act: (it: NonNullable<ConnectionSnapshot[Name]>) => () => void,
): () => void {
  let current: ConnectionSnapshot[Name]
  let leave: (() => void) | undefined
  const look = () => {
    const next = holder.snapshot[name]
    if (next === current) return
    leave?.()
    current = next
    leave = next === undefined ? undefined : act(next)
  }
  const off = holder.subscribe(look)
  look()
  return () => {
    off()
    leave?.()
    leave = undefined
  }
}

function subscribeAt(
  holder: Holder,
  filter: Filter,
  handler: (given: never) => unknown,
  options: AnySubscribeOptions | undefined,
  show: (status: SubscriptionStatus) => void,
): () => void {
  return filter ? atEach(holder, 'mq', (mq) => watchTopics(mq, filter, options, handler, show)) : () => {}
}

/** Hands every message to the handler until the component is destroyed. */
export function useSubscription<Options extends AnySubscribeOptions = SubscribeOptions>(
  filter: Filter,
  handler: HandlerFor<Options>,
  options?: Options,
): Readable<SubscriptionStatus> {
  const status = writable(notReady)
  onDestroy(subscribeAt(ownHolder(), filter, handler, options, status.set))
  return readonly(status)
}

/** The latest message of a filter, once a frame at most. It is subscribed while somebody reads the store. */
export function useLatest(filter: Filter, options?: SubscribeOptions): Readable<Message | undefined> {
  const holder = ownHolder()
  return readable<Message | undefined>(undefined, (set) => {
    const frames = new PerFrame<Message>(set)
    const leave = subscribeAt(
      holder,
      filter,
      (message: Message) => frames.push(message),
      options,
      () => {},
    )
    return () => {
      leave()
      frames.stop()
    }
  })
}

/** Who is there, by uid, once a frame at most; each change brings a new map. */
export function usePresence<State = unknown>(): Readable<ReadonlyMap<string, Present<State>>> {
  const holder = ownHolder()
  return readable<ReadonlyMap<string, Present<State>>>(new Map(), (set) => atEach(holder, 'app', (app) => watchPresence<State>(app, set)))
}

/**
 * Requests to a method of a service. The store is the state of the latest; all that are running are cancelled when the
 * component is destroyed.
 */
export function useRequest<Params = unknown, Result = unknown, Progress = unknown>(
  service: string,
  method: string,
): Readable<RequestState<Result, Progress>> & {
  readonly request: (params?: Params, options?: Omit<RequestOptions, 'onProgress' | 'signal'>) => Promise<Result>
  readonly cancel: () => void
} {
  const holder = ownHolder()
  const { subscribe, update } = writable<RequestState<Result, Progress>>(noRequest)
  const requests = new Requests<Params | undefined, Result, Progress>((change) => update((before) => ({ ...before, ...change })))
  const cancel = () => {
    requests.cancel()
    update((before) => ({ ...before, isPending: false, progress: undefined }))
  }
  onDestroy(cancel)
  return {
    subscribe,
    request: (params, options) => requests.run(holder.snapshot.app, service, method, params, options),
    cancel,
  }
}
