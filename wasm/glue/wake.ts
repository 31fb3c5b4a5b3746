// Events of the page. It, the network or the machine came back, or the network changed: connections are looked at at once.
import { links } from './link.js'
import { noteViolation } from './policy.js'
import { noteVisibility } from './timers.js'

interface NetworkInformationNavigator {
  connection: EventTarget
}

let wakeListening: AbortController | undefined

export function listenToWakeUps() {
  if (wakeListening !== undefined) return
  wakeListening = new AbortController()
  const { signal } = wakeListening
  // A worker has no document, and Node neither of the two.
  globalThis.addEventListener?.('online', wakeAll, { signal })
  globalThis.addEventListener?.('pageshow', wakeAll, { signal })
  // Not the end: a broker on the same machine is still there.
  globalThis.addEventListener?.('offline', probeAll, { signal })
  // From Wi-Fi to a mobile network, for example. Not in all browsers.
  ;(globalThis.navigator as Partial<NetworkInformationNavigator> | undefined)?.connection?.addEventListener?.('change', probeAll, {
    signal,
  })
  globalThis.document?.addEventListener('resume', wakeAll, { signal })
  // A worker has events for its own connections.
  ;(globalThis.document ?? globalThis).addEventListener?.('securitypolicyviolation', noteViolation, { signal })
  globalThis.document?.addEventListener('visibilitychange', handleVisibility, { signal })
  noteVisibility(globalThis.document?.visibilityState === 'hidden')
}

export function stopListeningToWakeUps() {
  wakeListening?.abort()
  wakeListening = undefined
  noteVisibility(false)
}

function handleVisibility() {
  noteVisibility(document.visibilityState === 'hidden')
  if (document.visibilityState === 'visible') wakeAll()
}

function wakeAll() {
  for (const link of [...links.values()]) link.client.wakeUp()
}

function probeAll() {
  for (const link of [...links.values()]) if (link.client.isConnected()) link.client.wakeUp()
}
