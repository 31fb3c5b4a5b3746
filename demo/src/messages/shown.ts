// A message as the page shows it: one that arrived, or one of before a reload.
import type { Message, Properties } from 'websocket-mq/webapp/wasm'

export type Content = Pick<Message<never>, 'topic' | 'qos' | 'retain' | 'duplicate'> & {
  readonly bytes: Uint8Array
  readonly properties: Properties
}

export interface Shown {
  /** Counts up, over all messages. */
  readonly id: number
  /** Milliseconds since 1970: of the frame in which it arrived. */
  readonly at: number
  readonly content: Content
  readonly mark: Mark
}

/**
 * The colour of its subscription; `earlier`: it came before the page was loaded again; `delivered`: an earlier page published
 * it, and the broker has it now.
 */
export type Mark = number | 'earlier' | 'delivered'
