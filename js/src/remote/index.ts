// The module of connect(), where the connection is in a worker or in another tab. Loaded when one of the options is there.
import type { Load } from '../load.js'
import type { Client, Module } from '../module.js'
import type { ConnectOptions } from '../options.js'
import { onAbort } from '../signals.js'
import type { Uri } from '../uris.js'
import { commonOptions, connectionName } from './common.js'
import { loadFailed, openDedicated } from './dedicated.js'
import { openElected } from './elected.js'
import type { Link } from './link.js'
import { requireLocks } from './locks.js'
import { PROTOCOL } from './protocol.js'
import { PortClient } from './port-client.js'
import { openSharedWorker } from './shared-worker.js'

/** In milliseconds: a script that is something else says nothing. */
const PATIENCE = 30_000

/** Rejects with MqttError (`load_failed`, `not_supported`) or the signal's reason. */
export async function remoteModule(load: Load, uris: readonly Uri[], options: ConnectOptions): Promise<Module> {
  const { worker, shared, signal } = options
  const common = commonOptions(uris, options)
  const url = typeof worker === 'object' ? worker.url : undefined
  if (!shared) return moduleOf(openDedicated(url, common), signal)
  requireLocks()
  const how = shared === true ? {} : shared
  // Pages of another version have hosts of their own.
  const name = `${PROTOCOL}-${how.name ?? (await connectionName(uris, options))}`
  const isElected = how.via === 'tab' || (how.via === undefined && typeof SharedWorker !== 'function')
  const link = isElected ? await openElected(name, load, common) : await openSharedWorker(name, how.url ?? url, common)
  return moduleOf(link, signal)
}

export async function moduleOf(link: Link, signal: AbortSignal | undefined): Promise<Module> {
  let ignore = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  const noHello = new Promise<never>((_, reject) => {
    ignore = onAbort(signal, reject)
    timer = setTimeout(() => reject(loadFailed('it does not answer')), PATIENCE)
  })
  try {
    const { reasons, finals } = await Promise.race([link.hello, noHello])
    const module: Pick<Module, 'describeReason' | 'isFinalRefusal'> & { Client: new (uri: Uri, clientId: string) => Client } = {
      Client: class extends PortClient {
        constructor(uri: Uri, clientId: string) {
          super(link, typeof uri === 'string' ? uri : '', clientId)
        }
      },
      describeReason: (reasonCode) => reasons[reasonCode] ?? '',
      isFinalRefusal: (reasonCode) => finals.includes(reasonCode),
    }
    return module as unknown as Module
  } catch (thrown) {
    link.leave()
    throw thrown
  } finally {
    clearTimeout(timer)
    ignore()
  }
}
