// The round trip of a message to oneself, every few seconds.
import { effect, signal } from '@preact/signals'
import type { Connection } from 'websocket-mq/webapp/wasm'
import { record } from '../store/shapes.js'
import { app, connection, isConnected } from './link.js'
import type { App } from './schema.js'

const PERIOD = 3000 // milliseconds
const KEPT = 60
/** What a message to oneself has, and nobody would say. */
const MARK = 'roundTrip'

/** Milliseconds, the latest last. */
export const latencies = signal<readonly number[]>([])

interface Echo {
  send: (mark: number) => void
  stop: () => void
}

/** Whether a peer's message is this page's own measurement. */
export function isEcho(data: unknown): boolean {
  return typeof record(data)[MARK] === 'number'
}

export function measureLatency(): void {
  effect(() => {
    const [mq, webapp] = [connection.value, app.value]
    if (mq === undefined || !isConnected.value) return
    const sent = new Map<number, number>()
    const back = (mark: unknown) => {
      const start = sent.get(mark as number)
      if (start === undefined) return
      sent.delete(mark as number)
      latencies.value = [...latencies.peek(), performance.now() - start].slice(-KEPT)
    }
    const echo = webapp === undefined ? byTopic(mq, back) : byPeer(webapp, back)
    const ping = () => {
      const now = performance.now()
      // What a broker does not bring back is not waited for.
      for (const [mark, start] of sent) if (now - start > 10 * PERIOD) sent.delete(mark)
      const mark = Math.random()
      sent.set(mark, now)
      echo.send(mark)
    }
    ping()
    const timer = setInterval(ping, PERIOD)
    return () => {
      clearInterval(timer)
      echo.stop()
    }
  })
}

function byPeer(webapp: App, back: (mark: unknown) => void): Echo {
  const stop = webapp.on('message', ({ from, data }) => {
    if (from === webapp.uid) back(record(data)[MARK])
  })
  return {
    stop,
    send: (mark) => {
      try {
        webapp.peer(webapp.uid).send({ [MARK]: mark } as never)
      } catch {
        // The queue is full, or the connection has just ended.
      }
    },
  }
}

/** Below a topic of its own, which no default filter matches. */
function byTopic(mq: Connection, back: (mark: unknown) => void): Echo {
  const topic = `websocket-mq/round-trip/${mq.clientId}`
  const subscription = mq.subscribe(topic, ({ text }) => back(Number(text())))
  subscription.ready.catch(() => {}) // refused: there is nothing to show then
  return {
    stop: () => void subscription.unsubscribe().catch(() => {}),
    send: (mark) => void mq.publish(topic, String(mark)).catch(() => {}),
  }
}
