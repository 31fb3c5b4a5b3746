// The module of connect(), where the connection is in a worker or in another tab. Loaded when one of the options is there.
import type { Load } from '../load.js'
import type { Client, Module } from '../module.js'
import type { ConnectOptions } from '../options.js'
import type { Outbox } from '../outbox/open-outbox.js'
import { onAbort } from '../signals.js'
import type { Uri } from '../uris.js'
import { commonOptions, connectionName, plainOptions } from './common.js'
import { loadFailed, openDedicated } from './dedicated.js'
import { openElected } from './elected.js'
import { pageOutbox } from './hosted-outbox.js'
import type { Link, PageOptions } from './link.js'
import { requireLocks } from './locks.js'
import { PROTOCOL } from './protocol.js'
import { PortClient } from './port-client.js'
import { openSharedWorker } from './shared-worker.js'
import type { LoadLayer } from './webapp/layer-host.js'
import { type WorkerFiles, workerFiles } from './worker-files.js'

/** In milliseconds: a script that is something else says nothing. */
const PATIENCE = 30_000

export interface Remote {
  readonly module: Module
  readonly outbox: Outbox | undefined
}

/** Of a page that opens, or joins, a connection elsewhere. */
export interface Opening extends PageOptions {
  readonly load: Load
  readonly files: WorkerFiles
  readonly loadLayer?: LoadLayer
}

/** Rejects with MqttError (`load_failed`, `not_supported`) or the signal's reason. */
export async function openRemote(load: Load, uris: readonly Uri[], options: ConnectOptions): Promise<Remote> {
  const name = await sharedName(options, '', () => connectionName(uris, options))
  const given = { common: commonOptions(uris, options), user: plainOptions(options) }
  const link = await openLink(options, name, { load, files: workerFiles, ...given })
  return { module: await moduleOf(link, options.signal), outbox: options.outbox ? pageOutbox(link) : undefined }
}

/** The name of a connection that tabs share; undefined: they do not. Pages of another version have hosts of their own. */
export async function sharedName(
  { shared }: Pick<ConnectOptions, 'shared'>,
  kind: string,
  ofItsOwn: () => Promise<string>,
): Promise<string | undefined> {
  if (!shared) return undefined
  requireLocks()
  return `${PROTOCOL}-${kind}${(shared === true ? undefined : shared.name) ?? (await ofItsOwn())}`
}

export async function openLink(
  { worker, shared }: Pick<ConnectOptions, 'worker' | 'shared'>,
  name: string | undefined,
  { load, files, loadLayer, ...given }: Opening,
): Promise<Link> {
  const url = typeof worker === 'object' ? worker.url : undefined
  if (name === undefined) return openDedicated(files, url, given)
  const how = typeof shared === 'object' ? shared : {}
  const isElected = how.via === 'tab' || (how.via === undefined && typeof SharedWorker !== 'function')
  return isElected ? openElected(name, load, given, loadLayer) : openSharedWorker(name, files, how.url ?? url, given)
}

export async function moduleOf(
  link: Link,
  signal: AbortSignal | undefined,
  Page: new (link: Link, uri: string, clientId: string) => Client = PortClient,
): Promise<Module> {
  let ignore = () => {}
  let timer: ReturnType<typeof setTimeout> | undefined
  const noHello = new Promise<never>((_, reject) => {
    ignore = onAbort(signal, reject)
    timer = setTimeout(() => reject(loadFailed('it does not answer')), PATIENCE)
  })
  try {
    const { reasons, finals } = await Promise.race([link.hello, noHello])
    const module: Pick<Module, 'describeReason' | 'isFinalRefusal' | 'setTimer' | 'clearTimer'> & {
      Client: new (uri: Uri, clientId: string) => Client
    } = {
      Client: class extends Page {
        constructor(uri: Uri, clientId: string) {
          super(link, typeof uri === 'string' ? uri : '', clientId)
        }
      },
      describeReason: (reasonCode) => reasons[reasonCode] ?? '',
      isFinalRefusal: (reasonCode) => finals.includes(reasonCode),
      setTimer: (act, delay) => setTimeout(act, delay),
      clearTimer: (timer) => clearTimeout(timer),
    }
    return module as unknown as Module
  } catch (thrown) {
    void link.leave()
    throw thrown
  } finally {
    clearTimeout(timer)
    ignore()
  }
}
