// Vue: one connection for an application, and composables for what arrives by it.
import {
  computed,
  type ComputedRef,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onScopeDispose,
  type Plugin,
  readonly,
  type Ref,
  shallowReadonly,
  shallowRef,
  type ShallowRef,
  toValue,
  watch,
} from 'vue'
import type { Connection } from '../connection.js'
import type { Message } from '../message.js'
import type { SubscribeOptions } from '../options.js'
import type { ConnectionState } from '../state.js'
import type { RequestOptions } from '../webapp/calls.js'
import type { Present } from '../webapp/presence.js'
import { type AnyWebapp, type Connect, type Connectable, type ConnectionSnapshot, Holder } from './holder.js'
import { PerFrame } from './per-frame.js'
import { type AnySubscribeOptions, type HandlerFor, type SubscriptionStatus, watchPresence, watchTopics } from './watch.js'
import { noRequest, Requests, type RequestState } from './request-state.js'

export type { Connect, Connectable, ConnectionSnapshot, RequestState }

type Filter = string | readonly string[] | null | undefined | false

const key: InjectionKey<Shared> = Symbol('websocket-mq')

interface Shared {
  readonly holder: Holder
  readonly snapshot: Readonly<ShallowRef<ConnectionSnapshot>>
}

/**
 * For `app.use(createMqtt({ connect: ({ signal }) => connect('/ws_mqtt', { signal }) }))`, or with `Webapp.join`. It is
 * connected when the application is mounted, not while a server renders, and closed when the application is unmounted.
 * `client` in place of `connect`: a connection or webapp that is there already, which whoever made it closes.
 */
export function createMqtt({ connect, client }: { connect?: Connect; client?: Connectable }): Plugin {
  return {
    install(app) {
      const holder = new Holder((client ?? connect) as Connect | Connectable)
      const snapshot = shallowRef(holder.snapshot)
      holder.subscribe(() => (snapshot.value = holder.snapshot))
      app.provide(key, { holder, snapshot })
      if (typeof document === 'undefined') return
      app.onUnmount(holder.hold())
    },
  }
}

function useShared(): Shared {
  const shared = inject(key, undefined)
  if (shared === undefined) throw new Error('This application has no connection: app.use(createMqtt({ connect })).')
  return shared
}

/** The connection, how it is, and `retry()` for one that is closed for good. */
export function useConnection(): {
  readonly mq: ComputedRef<Connection | undefined>
  readonly app: ComputedRef<AnyWebapp | undefined>
  readonly state: ComputedRef<ConnectionState>
  readonly error: ComputedRef<unknown>
  readonly retry: () => void
} {
  const { holder, snapshot } = useShared()
  return {
    mq: computed(() => snapshot.value.mq),
    app: computed(() => snapshot.value.app),
    state: computed(() => snapshot.value.state),
    error: computed(() => snapshot.value.error),
    retry: holder.retry,
  }
}

/**
 * Hands every message to the handler until the component is unmounted. The filter may be a ref or a getter, and is
 * subscribed anew when it changes; null, undefined and false subscribe to nothing.
 */
export function useSubscription<Options extends AnySubscribeOptions = SubscribeOptions>(
  filter: MaybeRefOrGetter<Filter>,
  handler: HandlerFor<Options>,
  options?: Options,
): { readonly isReady: Readonly<Ref<boolean>>; readonly error: Readonly<ShallowRef<unknown>> } {
  const { snapshot } = useShared()
  const isReady = shallowRef(false)
  const error = shallowRef<unknown>()
  const wanted = computed(() => JSON.stringify(toValue(filter) || null))
  watch(
    [() => snapshot.value.mq, wanted] as const,
    ([mq, text], _before, onCleanup) => {
      const filters = JSON.parse(text) as string | string[] | null
      if (mq === undefined || filters === null) return
      const show = (status: SubscriptionStatus) => {
        isReady.value = status.isReady
        error.value = status.error
      }
      onCleanup(watchTopics(mq, filters, options, handler, show))
    },
    { immediate: true },
  )
  return { isReady: readonly(isReady), error: shallowReadonly(error) }
}

/** The latest message of a filter, once a frame at most. Undefined until one has come, and anew for another filter. */
export function useLatest(filter: MaybeRefOrGetter<Filter>, options?: SubscribeOptions): Readonly<ShallowRef<Message | undefined>> {
  const latest = shallowRef<Message>()
  const frames = new PerFrame<Message>((message) => (latest.value = message))
  onScopeDispose(() => frames.stop())
  watch(
    () => JSON.stringify(toValue(filter) || null),
    () => {
      frames.stop()
      latest.value = undefined
    },
    { flush: 'sync' },
  )
  useSubscription(filter, (message) => frames.push(message), options)
  return latest
}

/** Who is there, by uid, once a frame at most; each change brings a new map. */
export function usePresence<State = unknown>(): Readonly<ShallowRef<ReadonlyMap<string, Present<State>>>> {
  const { snapshot } = useShared()
  const present = shallowRef<ReadonlyMap<string, Present<State>>>(new Map())
  watch(
    () => snapshot.value.app,
    (app, _before, onCleanup) => {
      if (app !== undefined) onCleanup(watchPresence<State>(app, (all) => (present.value = all)))
    },
    { immediate: true },
  )
  return present
}

/**
 * Requests to a method of a service. The state is that of the latest; all that are running are cancelled when the
 * component is unmounted.
 */
export function useRequest<Params = unknown, Result = unknown, Progress = unknown>(
  service: string,
  method: string,
): {
  readonly state: Readonly<ShallowRef<RequestState<Result, Progress>>>
  readonly request: (params?: Params, options?: Omit<RequestOptions, 'onProgress' | 'signal'>) => Promise<Result>
  readonly cancel: () => void
} {
  const { snapshot } = useShared()
  const state = shallowRef<RequestState<Result, Progress>>(noRequest)
  const requests = new Requests<Params | undefined, Result, Progress>((change) => (state.value = { ...state.value, ...change }))
  const cancel = () => {
    requests.cancel()
    state.value = { ...state.value, isPending: false, progress: undefined }
  }
  onScopeDispose(cancel)
  return {
    state,
    request: (params, options) => requests.run(snapshot.value.app, service, method, params, options),
    cancel,
  }
}
