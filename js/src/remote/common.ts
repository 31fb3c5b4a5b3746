// What tabs that share a connection have to have in common.
import type { ConnectOptions } from '../options.js'
import { encoded } from '../payload.js'
import type { Uri } from '../uris.js'
import { plain } from './plain.js'

/** What each tab has of its own; the state of a webapp is that of the first tab, unless each has one. */
const OWN = new Set(['signal', 'log', 'packets', 'timings', 'prepare', 'worker', 'shared', 'state', 'watch'])

/** The value of each option as text, by its name. Functions are alike, as any tab is asked. Throws InvalidArgumentError. */
export function commonOptions(uris: readonly Uri[], given: ConnectOptions): Record<string, string> {
  const common: Record<string, string> = { address: textOf(uris) }
  const options = given.will === undefined ? given : { ...given, will: { ...given.will, payload: encoded(given.will.payload) } }
  for (const [name, value] of Object.entries(options)) if (!OWN.has(name) && value !== undefined) common[name] = textOf(value)
  return common
}

/** What the host makes an outbox of. Nobody publishes a will for those who are gone. */
export function plainOptions(options: ConnectOptions): Record<string, unknown> {
  return plain(Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'will' && !OWN.has(name))))
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
    if (typeof each === 'bigint') return String(each) // that is no option is for the module to say
    if (ArrayBuffer.isView(each)) return [...new Uint8Array(each.buffer, each.byteOffset, each.byteLength)]
    if (each instanceof ArrayBuffer) return [...new Uint8Array(each)]
    return each
  })
}
