// What only Node needs. No import names a built-in module or `ws`, as bundlers for browsers would follow it.
import { MqttError } from './errors.js'

interface NodeProcess {
  getBuiltinModule?: (id: string) => unknown
  cwd: () => string
}
type Require = (id: string) => unknown

/** The module opens sockets with the global constructor, which is set if there is none. */
export function provideWebSocket(given: unknown): void {
  if (hasGlobal('WebSocket') && given === undefined) return
  const WebSocket = given ?? requireWs()
  if (typeof WebSocket !== 'function')
    throw new MqttError('load_failed', 'This environment has no WebSocket: install the package ws, or pass load({ WebSocket }).')
  setGlobal('WebSocket', WebSocket)
}

/** Node has them, but Jest with jsdom hides them. */
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

/** Undefined outside of Node. */
export function readFileInNode(url: string): Uint8Array | undefined {
  const fs = builtin('node:fs') as { readFileSync: (path: URL) => Uint8Array } | undefined
  return fs?.readFileSync(new URL(url))
}

function requireWs(): unknown {
  const createRequire = (builtin('node:module') as { createRequire: (from: string) => Require } | undefined)?.createRequire
  if (createRequire === undefined) return undefined
  // Installed for this package, else for the application.
  for (const from of [import.meta.url, `${nodeProcess()?.cwd() ?? ''}/`]) {
    try {
      const ws = createRequire(from)('ws') as { WebSocket?: unknown }
      return ws.WebSocket ?? ws
    } catch {
      // Not installed.
    }
  }
  return undefined
}

/** Undefined outside of Node. */
export function builtin(id: string): unknown {
  return nodeProcess()?.getBuiltinModule?.(id)
}

function nodeProcess(): NodeProcess | undefined {
  return (globalThis as { process?: NodeProcess }).process
}
