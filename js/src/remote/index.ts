// The module of connect(), where the connection is in a worker or in another tab. Loaded when one of the options is there.
import { MqttError } from '../errors.js'
import type { Client, Module } from '../module.js'
import type { ConnectOptions } from '../options.js'
import { onAbort } from '../signals.js'
import type { Uri } from '../uris.js'
import { commonOptions, connectionName } from './common.js'
import { loadFailed, openDedicated } from './dedicated.js'
import type { Link } from './link.js'
import { PortClient } from './port-client.js'
import { openSharedWorker } from './shared-worker.js'

/** In milliseconds: a script that is something else says nothing. */
const PATIENCE = 30_000

/** Rejects with MqttError (`load_failed`, `not_supported`) or the signal's reason. */
export async function remoteModule(uris: readonly Uri[], options: ConnectOptions): Promise<Module> {
  const { worker, shared, signal } = options
  const common = commonOptions(uris, options)
  const url = typeof worker === 'object' ? worker.url : undefined
  if (!shared) return moduleOf(openDedicated(url, common), signal)
  const how = shared === true ? {} : shared
  if (how.via === 'tab' || typeof SharedWorker !== 'function')
    throw new MqttError(
      'not_supported',
      'This environment has no SharedWorker, in which tabs share a connection: leave the option shared out.',
    )
  const name = how.name ?? (await connectionName(uris, options))
  return moduleOf(await openSharedWorker(name, how.url ?? url, common), signal)
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
