// The functions that C++ calls, by library.js; and what the module shows to JavaScript beside Embind's functions.
import { Client } from './client.js'
import { MqttError } from './errors.js'
import { topicEpoch } from './events.js'
import { links, scheduleFlush } from './link.js'
import { clearTimer, startTimer } from './timers.js'

export { randomNumber } from './bytes.js'
export { dispatchEvents } from './events.js'
export { hasSocketFailed, listenToMessages, newSocket, releaseSocket, sendOnSocket } from './socket.js'
export { clearTimer, setTimer } from './timers.js'
export { collectErased, collectPut, recordOver, storeChanged } from './store.js'

export function schedule(connection: number): void {
  const link = links.get(connection)
  if (link !== undefined) scheduleFlush(link)
}

/**
 * The engine has no more events.
 * @returns whether calls of handlers are still deferred
 */
export function endEvents(connection: number): boolean {
  return links.get(connection)?.dispatch.endEvents() ?? false
}

Object.assign(Module, {
  Client,
  MqttError,
  setTimer: startTimer,
  clearTimer,
  memory: () => ({ total: HEAPU8.length, used: _wsmq_used_memory() }),
})
Object.defineProperty(Module, 'topicEpoch', { enumerable: true, get: () => topicEpoch })
