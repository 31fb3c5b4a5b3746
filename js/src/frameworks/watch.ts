// What every framework does at a connection while a component is there. Each result ends it.
import type { BatchHandler, Connection, MessageHandler } from '../connection.js'
import type { Params } from '../filter.js'
import type { FrameSubscribeOptions, SubscribeOptions } from '../options.js'
import type { Present } from '../webapp/presence.js'
import type { AnyWebapp } from './holder.js'
import { PerFrame } from './per-frame.js'

export type AnySubscribeOptions = SubscribeOptions | FrameSubscribeOptions
/** `deliver: 'frame'` makes batches. */
export type HandlerFor<Options> = Options extends { deliver: 'frame' } ? BatchHandler<Params> : MessageHandler<Params>

export interface SubscriptionStatus {
  /** True once the broker has granted it. */
  readonly isReady: boolean
  /** Why the broker refused it. */
  readonly error: unknown
}

export const notReady: SubscriptionStatus = { isReady: false, error: undefined }

export function watchTopics(
  mq: Connection,
  filter: string | readonly string[],
  options: AnySubscribeOptions | undefined,
  handler: (given: never) => unknown,
  show: (status: SubscriptionStatus) => void,
): () => void {
  let isCurrent = true
  const settle = (status: SubscriptionStatus) => {
    if (isCurrent) show(status)
  }
  const subscription = mq.subscribe(filter as string, (options ?? {}) as SubscribeOptions, handler as MessageHandler<Params>)
  subscription.ready.then(
    () => settle({ isReady: true, error: undefined }),
    (error: unknown) => settle({ isReady: false, error }),
  )
  return () => {
    settle(notReady)
    isCurrent = false
    subscription.unsubscribe().catch(() => {})
  }
}

/** `show` is given a new map at each change, once a frame at most, and an empty one in the end. */
export function watchPresence<State>(app: AnyWebapp, show: (present: ReadonlyMap<string, Present<State>>) => void): () => void {
  const showNow = () => show(new Map(app.presence as Iterable<[string, Present<State>]>))
  const frames = new PerFrame<void>(showNow)
  showNow()
  const off = app.presence.on(() => frames.push())
  return () => {
    off()
    frames.stop()
    show(new Map())
  }
}
