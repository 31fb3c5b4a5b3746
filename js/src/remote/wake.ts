// Events of a page that the place of its connection does not have: it came back.

/** The result ends the listening. */
export function listenToWakeUps(wakeUp: () => void): () => void {
  const listening = new AbortController()
  const { signal } = listening
  // Node has neither of the two.
  const { document, addEventListener } = globalThis as { document?: Document; addEventListener?: typeof globalThis.addEventListener }
  for (const type of ['online', 'pageshow']) addEventListener?.(type, wakeUp, { signal })
  document?.addEventListener('resume', wakeUp, { signal })
  document?.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && wakeUp(), { signal })
  return () => listening.abort()
}
