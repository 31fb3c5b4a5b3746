// React: one connection for a tree of components, and hooks for what arrives by it.
import {
  createContext,
  createElement,
  type FunctionComponent,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react'
import type { Message } from '../message.js'
import type { SubscribeOptions } from '../options.js'
import type { RequestOptions } from '../webapp/calls.js'
import type { Present } from '../webapp/presence.js'
import { type Connect, type Connectable, type ConnectionSnapshot, Holder } from './holder.js'
import { PerFrame } from './per-frame.js'
import { type AnySubscribeOptions, type HandlerFor, notReady, type SubscriptionStatus, watchPresence, watchTopics } from './watch.js'
import { noRequest, Requests, type RequestState } from './request-state.js'

export type { Connect, Connectable, ConnectionSnapshot, RequestState, SubscriptionStatus }

const Context = createContext<Holder | undefined>(undefined)

export interface MqttProviderProps {
  /**
   * Makes the connection when the provider is mounted: `({ signal }) => connect('/ws_mqtt', { signal })`, or a
   * `Webapp.join`. It is closed when the provider is unmounted. Only the function of the first render is used: give
   * the provider another `key` for another connection.
   */
  connect?: Connect
  /** A connection or a webapp that is there already, in place of `connect`. Whoever made it closes it. */
  client?: Connectable
  children?: ReactNode
}

/** Gives the components within it one connection. Nothing is connected while a server renders. */
export const MqttProvider: FunctionComponent<MqttProviderProps> = ({ connect, client, children }) => {
  const first = useRef(connect)
  const holder = useMemo(() => new Holder((client ?? first.current) as Connectable | Connect), [client])
  useEffect(() => holder.hold(), [holder])
  return createElement(Context.Provider, { value: holder }, children)
}

function useHolder(): Holder {
  const holder = useContext(Context)
  if (holder === undefined) throw new Error('There is no <MqttProvider> around this component.')
  return holder
}

/** The connection, how it is, and `retry()` for one that is closed for good. */
export function useConnection(): ConnectionSnapshot & { readonly retry: () => void } {
  const holder = useHolder()
  const snapshot = useSyncExternalStore(
    holder.subscribe,
    () => holder.snapshot,
    () => Holder.waiting,
  )
  return useMemo(() => ({ ...snapshot, retry: holder.retry }), [snapshot, holder])
}

/**
 * Hands every message to the handler of the latest render while the component is mounted. Null, undefined and false in
 * place of a filter subscribe to nothing. It is subscribed anew where the text of the filter or of the options changes,
 * and not where only the objects are new.
 */
export function useSubscription<Options extends AnySubscribeOptions = SubscribeOptions>(
  filter: string | readonly string[] | null | undefined | false,
  handler: HandlerFor<Options>,
  options?: Options,
): SubscriptionStatus {
  const { mq } = useConnection()
  const [status, setStatus] = useState(notReady)
  const latest = useRef(handler)
  useEffect(() => {
    latest.current = handler
  })
  const key = JSON.stringify([filter || null, options])
  useEffect(() => {
    const [wanted, chosen] = JSON.parse(key) as [string | string[] | null, AnySubscribeOptions | undefined]
    if (mq === undefined || wanted === null) return undefined
    return watchTopics(mq, wanted, chosen, (given: never) => latest.current(given), setStatus)
  }, [mq, key])
  return status
}

/** The latest message of a filter, rendered once a frame at most. Undefined until one has come. */
export function useLatest(filter: string | readonly string[] | null | undefined | false, options?: SubscribeOptions): Message | undefined {
  const key = JSON.stringify([filter || null, options])
  const [latest, setLatest] = useState<{ key: string; message: Message }>()
  const frames = useMemo(() => new PerFrame(setLatest), [])
  useEffect(() => () => frames.stop(), [frames])
  useSubscription(filter, (message) => frames.push({ key, message }), options)
  return latest?.key === key ? latest.message : undefined
}

/** Who is there, by uid, rendered once a frame at most; each render that shows a change has a new map. */
export function usePresence<State = unknown>(): ReadonlyMap<string, Present<State>> {
  const { app } = useConnection()
  const [present, setPresent] = useState<ReadonlyMap<string, Present<State>>>(() => new Map())
  useEffect(() => {
    return app && watchPresence(app, setPresent)
  }, [app])
  return present
}

/**
 * Requests to a method of a service. The state is that of the latest; all that are running are cancelled when the
 * component is unmounted, or when the service, the method or the connection changes.
 *
 * ```ts
 * const { request, data, error, isPending } = useRequest<{ item: number }, { id: string }>('orders', 'create')
 * ```
 */
export function useRequest<Params = unknown, Result = unknown, Progress = unknown>(
  service: string,
  method: string,
): RequestState<Result, Progress> & {
  readonly request: (params?: Params, options?: Omit<RequestOptions, 'onProgress' | 'signal'>) => Promise<Result>
  readonly cancel: () => void
} {
  const { app } = useConnection()
  const [state, setState] = useState<RequestState<Result, Progress>>(noRequest)
  const requests = useMemo(
    () => new Requests<Params | undefined, Result, Progress>((change) => setState((before) => ({ ...before, ...change }))),
    [],
  )
  useEffect(
    () => () => {
      requests.cancel()
      setState(noRequest)
    },
    [requests, app, service, method],
  )
  const request = useCallback(
    (params?: Params, options?: Omit<RequestOptions, 'onProgress' | 'signal'>) => requests.run(app, service, method, params, options),
    [requests, app, service, method],
  )
  const cancel = useCallback(() => {
    requests.cancel()
    setState((before) => ({ ...before, isPending: false, progress: undefined }))
  }, [requests])
  return { ...state, request, cancel }
}
