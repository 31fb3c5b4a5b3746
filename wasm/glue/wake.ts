// Events of the page. It, the network or the machine came back: connections are looked at at once.
import { links } from './link.js'
import { noteViolation } from './policy.js'

let wakeListening: AbortController | undefined

export function listenToWakeUps() {
  if (wakeListening !== undefined) return
  wakeListening = new AbortController()
  const { signal } = wakeListening
  // A worker has no document, and Node neither of the two.
  globalThis.addEventListener?.('online', wakeAll, { signal })
  globalThis.addEventListener?.('pageshow', wakeAll, { signal })
  globalThis.document?.addEventListener('resume', wakeAll, { signal })
  // A worker has events for its own connections.
  ;(globalThis.document ?? globalThis).addEventListener?.('securitypolicyviolation', noteViolation, { signal })
  globalThis.document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wakeAll(), { signal })
}

export function stopListeningToWakeUps() {
  wakeListening?.abort()
  wakeListening = undefined
}

function wakeAll() {
  for (const link of [...links.values()]) link.client.wakeUp()
}
