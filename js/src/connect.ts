import { checkOptions } from './check.js'
import { CONNECT_OPTIONS, randomClientId } from './connect-options.js'
import { Connection } from './connection.js'
import { thrownError } from './failure.js'
import type { Load } from './load.js'
import type { Address, ConnectOptions } from './options.js'
import type { Outbox, OutboxRequest } from './outbox/index.js'
import { resolveUris, type Uri } from './uris.js'

/** One address of a broker, or several that are tried in turn. */
export type Target = Address | readonly Address[]

/** The connect() of all entries, which differ in how they load the module. */
export async function open(load: Load, target: Target, options: ConnectOptions): Promise<Connection> {
  checkOptions(options, CONNECT_OPTIONS)
  const { signal } = options
  signal?.throwIfAborted()
  const uris = resolveUris(target)
  const clientId = options.clientId ?? randomClientId()
  const isRemote = options.worker || options.shared
  const remote = isRemote ? await (await import('./remote/index.js')).openRemote(load, uris, options) : undefined
  const module = remote?.module ?? (await load({ signal }))
  signal?.throwIfAborted()
  const hasOwnOutbox = options.outbox && remote === undefined
  const outbox = hasOwnOutbox ? await outboxOf({ module, uris, options, clientId: options.clientId }) : remote?.outbox
  return Connection.open(module, newClient(module, uris[0], outbox?.clientId ?? clientId), uris, options, outbox)
}

/** Opened when a connection has one: a page without it does not load what it is made of. */
export async function outboxOf(request: OutboxRequest): Promise<Outbox> {
  const { openOutbox } = await import('./outbox/index.js')
  return openOutbox(request)
}

/** Throws InvalidArgumentError. */
export function newClient<C>(module: { Client: new (uri: Uri, clientId: string) => C }, uri: Uri, clientId: string): C {
  try {
    return new module.Client(uri, clientId)
  } catch (thrown) {
    throw thrownError(thrown)
  }
}
