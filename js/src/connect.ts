import { checkOptions, randomClientId } from './connect-options.js'
import { Connection } from './connection.js'
import type { Load } from './load.js'
import type { Address, ConnectOptions } from './options.js'
import { resolveUris } from './uris.js'

/** What {@link connect} takes: one address, or several that are tried in turn. */
export type Target = Address | readonly Address[]

/** The connect() of both entries, which differ in how they load the module. */
export async function open(load: Load, target: Target, options: ConnectOptions): Promise<Connection> {
  const { signal } = options
  signal?.throwIfAborted()
  const uris = resolveUris(target)
  checkOptions(options)
  const clientId = options.clientId ?? randomClientId()
  const module = await load({ signal })
  signal?.throwIfAborted()
  return Connection.open(module, new module.Client(uris[0], clientId), uris, options)
}
