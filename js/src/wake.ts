// Tells clients that the network or the page came back, so that they do not sit out a backoff, or a dead connection.
import type { Client } from './module.js'

const clients = new Set<Client>()
let listening: AbortController | undefined

/** The result ends it. */
export function keepAwake(client: Client): () => void {
  clients.add(client)
  if (listening === undefined) listening = listen()
  return () => {
    clients.delete(client)
    if (clients.size > 0) return
    listening?.abort()
    listening = undefined
  }
}

function listen(): AbortController {
  const controller = new AbortController()
  const { signal } = controller
  // Workers have no document, Node has neither.
  if (typeof addEventListener === 'function') {
    addEventListener('online', wake, { signal })
    addEventListener('pageshow', wake, { signal })
  }
  if (typeof document !== 'undefined')
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wake(), { signal })
  return controller
}

function wake(): void {
  for (const client of [...clients]) client.wakeUp()
}
