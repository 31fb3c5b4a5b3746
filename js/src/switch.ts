// Diagnostics of a page that is already deployed: localStorage['websocket-mq'] = 'debug timings' in the browser's console.
import { LEVELS, type Logger } from './log.js'
import type { ConnectOptions } from './options.js'

/** Words, in any order: a level, `timings`, `packets`. What the application sets itself stays. */
export function withSwitch<Options extends Pick<ConnectOptions, 'log' | 'packets' | 'timings'>>(options: Options): Options {
  const words = stored().split(/[ ,]+/)
  const level = LEVELS.findIndex((each) => words.includes(each))
  return {
    ...(level >= 0 && { log: consoleUpTo(level) }),
    ...(words.includes('timings') && { timings: true }),
    ...(words.includes('packets') && { packets: true }),
    ...options,
  }
}

function consoleUpTo(least: number): Logger {
  return Object.fromEntries(
    LEVELS.slice(0, least + 1).map((level) => [
      level,
      (text: string, details: unknown) => console[level](`websocket-mq: ${text}`, details),
    ]),
  )
}

function stored(): string {
  try {
    // Only of pages: Node warns about its own.
    return (globalThis as { document?: Document }).document === undefined ? '' : (localStorage.getItem('websocket-mq') ?? '')
  } catch {
    return '' // denied to sandboxed frames
  }
}
