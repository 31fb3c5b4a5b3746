import { checkOptions } from './check.js'
import { CONNECT_OPTIONS, randomClientId } from './connect-options.js'
import { Connection } from './connection.js'
import { thrownError } from './failure.js'
import { imported } from './imported.js'
import type { Load } from './load.js'
import type { Address, ConnectOptions } from './options.js'
import { loadPacketWatch } from './load-packet-watch.js'
import { withSwitch } from './switch.js'
import type { Outbox, OutboxRequest } from './outbox/open-outbox.js'
import type { Remote } from './remote/open-remote.js'
import { resolveUris, type Uri } from './uris.js'

/** One address of a broker, or several that are tried in turn. */
export type Target = Address | readonly Address[]

/** The connect() of all entries, which differ in how they load the module. */
export async function open(load: Load, target: Target, given: ConnectOptions): Promise<Connection> {
  checkOptions(given, CONNECT_OPTIONS)
  const options = withSwitch(given)
  const { signal } = options
  signal?.throwIfAborted()
  const uris = resolveUris(target)
  const clientId = options.clientId ?? randomClientId()
  // First: should it fail, there is no worker yet that would be left.
  const watchPackets = await loadPacketWatch(options)
  const { module, outbox: hosted } = await openModule(load, uris, options)
  signal?.throwIfAborted()
  const outbox = options.outbox ? (hosted ?? (await outboxOf({ module, uris, options, clientId: options.clientId }))) : undefined
  try {
    const client = newClient(module, uris[0], outbox?.clientId ?? clientId)
    return await Connection.open(module, client, uris, options, { watchPackets, outbox })
  } catch (thrown) {
    // It may have failed before there was a connection, which would close it.
    await outbox?.close()
    throw thrown
  }
}

/** The module, here or where the connection is, with the outbox that is there. */
async function openModule(load: Load, uris: readonly Uri[], options: ConnectOptions): Promise<Remote> {
  if (options.worker || options.shared)
    return (await imported('open-remote', import('./remote/open-remote.js'))).openRemote(load, uris, options)
  return { module: await load({ signal: options.signal }), outbox: undefined }
}

/** Opened when a connection has one: a page without it does not load what it is made of. */
export async function outboxOf(request: OutboxRequest): Promise<Outbox> {
  const { openOutbox } = await imported('open-outbox', import('./outbox/open-outbox.js'))
  const outbox = await openOutbox(request)
  if (request.options.signal?.aborted !== true) return outbox
  await outbox.close()
  throw request.options.signal.reason
}

/** Throws InvalidArgumentError. */
export function newClient<C>(module: { Client: new (uri: Uri, clientId: string) => C }, uri: Uri, clientId: string): C {
  try {
    return new module.Client(uri, clientId)
  } catch (thrown) {
    throw thrownError(thrown)
  }
}
