import { defined } from './defined.js'
import type { Log } from './log.js'
import { redactedUri } from './redacted-uri.js'
import type { ConnectionState, StateChange } from './state.js'

/** The log entry of a state change. */
export function stateLog(
  state: ConnectionState,
  { uri, attempt, retryIn, error, sessionPresent }: Partial<StateChange> & { uri: string },
): Parameters<NonNullable<Log>> {
  const broker = redactedUri(uri)
  const details = defined({ uri: broker, attempt, retryIn, error, sessionPresent })
  if (state === 'connected') return ['info', `Connected to ${broker}.`, details]
  if (state === 'closed')
    return error === undefined ? ['info', 'Disconnected.', details] : ['error', `Disconnected: ${error.message}`, details]
  if (retryIn !== undefined)
    return error === undefined
      ? ['info', 'Replacing the connection.', details]
      : ['warn', `${error.message} Next attempt in ${retryIn} ms.`, details]
  return ['info', `Connecting to ${broker}.`, details]
}
