// Giving up what is waited for.

export interface WaitOptions {
  /** Gives the waiting up. */
  signal?: AbortSignal | undefined
}

/** Calls when it is aborted, at once where it was. The result stops listening. */
export function onAbort(signal: AbortSignal | undefined, call: (reason: unknown) => void): () => void {
  const listener = () => call(signal?.reason)
  if (signal?.aborted === true) listener()
  else signal?.addEventListener('abort', listener, { once: true })
  return () => signal?.removeEventListener('abort', listener)
}

/** The same promise, which rejects with the signal's reason where that comes first. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((resolve, reject) => {
    const stop = onAbort(signal, reject)
    promise.finally(stop).then(resolve, reject)
  })
}
