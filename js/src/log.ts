import { callable, type Check, either } from './check.js'
import { reportUncaught } from './emitter.js'

/** From the most to the least important. `debug` is each packet by its name, with `details.packet`. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug'

/** `details` are for programs: `error`, `uri`, `topic` and so on, never credentials. The text is for people and may change. */
export type LogFunction = (level: LogLevel, text: string, details: Readonly<Record<string, unknown>>) => void

/** Called with what {@link LogFunction} is; a level that has no method is not logged. `console` is one. */
export type Logger = { readonly [Level in LogLevel]?: (text: string, details: Readonly<Record<string, unknown>>) => void }

/** For internal use: undefined if nothing is logged, so that `log?.()` costs nothing then. `text` may be what was thrown. */
export type Log = ((level: LogLevel, text: unknown, details?: Record<string, unknown>) => void) | undefined

export const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

export const logOption: Check = either(callable, (_, value) =>
  LEVELS.some((level) => typeof (value as Logger | null)?.[level] === 'function')
    ? undefined
    : 'an object with methods such as those of console',
)

/** Whether entries of the least important level, such as packets, are wanted. */
export function logsPackets(logger: LogFunction | Logger | undefined): boolean {
  return typeof logger === 'function' || typeof logger?.debug === 'function'
}

/** A logger that throws stops nothing. */
export function logTo(logger: LogFunction | Logger | undefined): Log {
  return (
    logger &&
    ((level, text, details = {}) => {
      try {
        if (typeof logger === 'function') logger(level, String(text), details)
        else logger[level]?.(String(text), details)
      } catch (thrown) {
        reportUncaught(thrown)
      }
    })
  )
}
