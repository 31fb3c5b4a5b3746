// Errors as JavaScript sees them.
import { type ErrorName, errorNames } from '../boundary/engine.js'
import { firstFailure } from '../boundary/calls.js'

export class MqttError extends Error {
  /** An enumerator's name. */
  readonly code: string

  constructor(code: string, message: string) {
    super(message)
    this.code = code
  }

  override get name() {
    return 'MqttError' as const
  }
}

/** The number of a name in wsmq::Errc. */
export const errorNumber = (name: ErrorName): number => errorNames.indexOf(name)

/** @param error of wsmq::Errc */
export function nameOfError(error: number): ErrorName {
  return errorNames[error] ?? 'none'
}

/**
 * @param error of wsmq::Errc
 * @param subject what was being done
 */
export function mqttError(error: number, subject?: string): MqttError {
  const sentence = Module.describeError(error)
  return new MqttError(nameOfError(error), subject === undefined ? sentence : `${subject}: ${sentence}`)
}

export function refuse(message: string): never {
  throw new MqttError('invalid_argument', message)
}

export function operationOrThrow(answer: number, subject: string): number {
  const operation = answer >>> 0
  if (operation >= firstFailure) throw mqttError(operation & 0xff, subject)
  return operation
}
