// What waits in the outbox, and what earlier pages left there and is delivered now.
import { effect, signal } from '@preact/signals'
import type { Delivered, Stored } from 'websocket-mq/webapp/wasm'
import { log } from '../messages/log.js'
import { settings } from '../store/settings.js'
import { connection } from './link.js'

/** Milliseconds between two looks. */
const PERIOD = 1000

/** Undefined: there is no outbox, or nothing is known of it. */
export const stored = signal<Stored | undefined>(undefined)

export function watchOutbox(): void {
  effect(() => {
    const mq = connection.value
    stored.value = undefined
    if (mq === undefined || !settings.peek().outbox) return
    const look = async () => {
      const now = await mq.stored().catch(() => undefined)
      if (connection.peek() !== mq || isSame(now, stored.peek())) return
      stored.value = now
    }
    const stop = mq.on('delivered', showDelivered)
    void look()
    const timer = setInterval(() => void look(), PERIOD)
    return () => {
      stop()
      clearInterval(timer)
    }
  })
}

/** No subscription of this page may have it. */
function showDelivered({ topic, qos, retain, bytes, publishedAt }: Delivered): void {
  log.add([{ topic, qos, retain, duplicate: false, bytes, properties: {} }], 'delivered', publishedAt)
}

function isSame(one: Stored | undefined, other: Stored | undefined): boolean {
  return one?.messages === other?.messages && one?.oldest === other?.oldest
}
