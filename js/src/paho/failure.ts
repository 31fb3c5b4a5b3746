// Converts the module's failures to codes and texts of mqttws31.js.
import type { Failure } from '../module.js'
import { errorDetails, type ErrorDetails } from './errors.js'

/** CONNACK return codes of MQTT 3, by the reason codes that the module maps them to (MQTT 3.1.1, 3.2.2.3). */
const RETURN_CODES: Record<number, readonly [number, string]> = {
  0x84: [1, 'Connection Refused: unacceptable protocol version'],
  0x85: [2, 'Connection Refused: identifier rejected'],
  0x88: [3, 'Connection Refused: server unavailable'],
  0x86: [4, 'Connection Refused: bad user name or password'],
  0x87: [5, 'Connection Refused: not authorized'],
}

export function pahoFailure(failure: Failure, mqttVersion: number, describe: (reasonCode: number) => string): ErrorDetails {
  switch (failure.error) {
    case 'none':
      return errorDetails('OK')
    case 'connect_timed_out':
      return errorDetails('CONNECT_TIMEOUT')
    case 'keep_alive_timed_out':
      return errorDetails('PING_TIMEOUT')
    case 'connection_refused': {
      const [code, text] = (mqttVersion < 5 ? RETURN_CODES[failure.reasonCode] : undefined) ?? [
        failure.reasonCode,
        describe(failure.reasonCode),
      ]
      return errorDetails('CONNACK_RETURNCODE', code, text)
    }
    case 'transport_failed':
      return errorDetails(
        'SOCKET_ERROR',
        failure.cause ?? (failure.forbiddenBy && `forbidden by ${failure.forbiddenBy} of the Content-Security-Policy`),
      )
    case 'transport_closed':
    case 'taken_over':
      return errorDetails('SOCKET_CLOSE')
    case 'disconnected_by_broker':
      return errorDetails('INVALID_MQTT_MESSAGE_TYPE', 14)
    default:
      return errorDetails('INTERNAL_ERROR', failure.errorMessage, 'No Error Stack Available')
  }
}
