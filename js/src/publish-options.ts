import { abortSignal, anything, checkOptions, flag, LONGEST_DELAY, oneOf, type Shape, whole } from './check.js'
import type { PublishOptions } from './options.js'

const PUBLISH_OPTIONS: Shape = {
  qos: oneOf(0, 1, 2),
  retain: flag,
  whenBlocked: oneOf('wait', 'drop_oldest', 'drop_newest', 'fail'),
  properties: anything,
  signal: abortSignal,
}
export const DISCONNECT_OPTIONS: Shape = { timeout: whole(0, LONGEST_DELAY), reasonCode: oneOf(0, 4), signal: abortSignal }

/** Throws InvalidArgumentError. The module checks QoS and the like: at each message, only odd options are checked here. */
export function checkPublishOptions(options: PublishOptions | undefined): void {
  if (options === undefined) return
  const given = options as Partial<Record<string, unknown>> | null
  let isOdd =
    typeof given !== 'object' || given === null || given['signal'] !== undefined || typeof (given['retain'] ?? false) !== 'boolean'
  for (const key in given) isOdd ||= PUBLISH_OPTIONS[key] === undefined
  if (isOdd) checkOptions(given, PUBLISH_OPTIONS)
}
