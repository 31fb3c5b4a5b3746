// What only Node needs. No import names a built-in module or `ws`: bundlers for the browser would trip over it.
import { MqttError } from './errors.js'

interface NodeProcess {
  getBuiltinModule?: (id: string) => unknown
  cwd: () => string
}
type Require = (id: string) => unknown

/** The module opens sockets by the global constructor; where there is none, it is set, once. */
export function provideWebSocket(given: unknown): void {
  if (hasGlobal('WebSocket') && given === undefined) return
  const WebSocket = given ?? requireWs()
  if (typeof WebSocket !== 'function')
    throw new MqttError('load_failed', 'There is no WebSocket here: install the package ws, or give load({ WebSocket }).')
  setGlobal('WebSocket', WebSocket)
}

/** Node has them, but not where it plays a page: jsdom in Jest. */
export function provideTextCoding(): void {
  for (const name of ['TextEncoder', 'TextDecoder'])
    if (!hasGlobal(name)) setGlobal(name, (builtin('node:util') as Record<string, unknown> | undefined)?.[name])
}

function hasGlobal(name: string): boolean {
  return (globalThis as Record<string, unknown>)[name] !== undefined
}

function setGlobal(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false })
}

/** Undefined where this is not Node. */
export function readFileInNode(url: string): Uint8Array | undefined {
  const fs = builtin('node:fs') as { readFileSync: (path: URL) => Uint8Array } | undefined
  return fs?.readFileSync(new URL(url))
}

function requireWs(): unknown {
  const createRequire = (builtin('node:module') as { createRequire: (from: string) => Require } | undefined)?.createRequire
  if (createRequire === undefined) return undefined
  // Beside this package, else beside the application.
  for (const from of [import.meta.url, `${nodeProcess()?.cwd() ?? ''}/`]) {
    try {
      const ws = createRequire(from)('ws') as { WebSocket?: unknown }
      return ws.WebSocket ?? ws
    } catch {
      // Not there.
    }
  }
  return undefined
}

function builtin(id: string): unknown {
  return nodeProcess()?.getBuiltinModule?.(id)
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process
}
