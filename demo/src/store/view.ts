// Which view is shown, and what it is narrowed to.
import { signal } from '@preact/signals'

export const VIEWS = ['messages', 'topics', 'people', 'services', 'packets', 'publish', 'connection'] as const
export type View = (typeof VIEWS)[number]

export const view = signal<View>('messages')
/** What messages, topics and packets are searched for. */
export const query = signal('')
/** The topic that the explorer shows. */
export const topic = signal('')
