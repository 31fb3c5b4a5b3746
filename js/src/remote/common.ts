// What tabs that share a connection have to have in common.
import type { ConnectOptions } from '../options.js'
import type { Uri } from '../uris.js'

/** What each tab has of its own; the state of a webapp is that of the first tab. */
const OWN = new Set(['signal', 'log', 'packets', 'timings', 'prepare', 'worker', 'shared', 'state'])

/** The value of each option as text, by its name. Functions are alike, as any tab is asked. */
export function commonOptions(uris: readonly Uri[], options: ConnectOptions): Record<string, string> {
  const common: Record<string, string> = { address: textOf(uris) }
  for (const [name, value] of Object.entries(options)) if (!OWN.has(name) && value !== undefined) common[name] = textOf(value)
  return common
}

/** The options that can be handed over. */
export function plainOptions(options: ConnectOptions): Record<string, unknown> {
  const given = Object.entries(options).filter(([name]) => !OWN.has(name))
  return JSON.parse(JSON.stringify(Object.fromEntries(given))) as Record<string, unknown>
}

/** The same for tabs that mean the same connection; without a secret that could be read from it. */
export async function connectionName(
  uris: readonly Uri[],
  { credentials, protocolVersion = 5 }: ConnectOptions,
  ...more: readonly unknown[]
): Promise<string> {
  const user = typeof credentials === 'object' ? credentials.username : undefined
  return digest(textOf([uris, user ?? null, protocolVersion, ...more]))
}

async function digest(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return [...hash.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => {
    if (typeof each === 'function') return 'a function'
    if (ArrayBuffer.isView(each)) return [...new Uint8Array(each.buffer, each.byteOffset, each.byteLength)]
    if (each instanceof ArrayBuffer) return [...new Uint8Array(each)]
    return each
  })
}
