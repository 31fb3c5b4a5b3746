// `worker: true`: the connection is in a worker of this page.
import { MqttError } from '../errors.js'
import { PortChannel, type Postable } from './channels.js'
import { Link, type PageOptions } from './link.js'
import type { PlainError } from './protocol.js'
import type { WorkerFiles } from './worker-files.js'

interface NodeWorker {
  postMessage(message: unknown, transfer: unknown[]): void
  on(type: string, listener: (given: never) => void): void
  terminate(): unknown
}

export function openDedicated(files: WorkerFiles, url: string | URL | undefined, options: PageOptions): Link {
  const worker = typeof Worker === 'function' ? pageWorker(files, url) : nodeWorker(url ?? files.name)
  const link = new Link({
    ...options,
    survives: false,
    onLeave: async () => {
      await link.ended()
      link.close()
      worker.terminate()
    },
  })
  worker.onFailed((reason) => {
    link.lost(loadFailed(reason), true)
    worker.terminate()
  })
  link.use(new PortChannel(worker.port, () => {}))
  return link
}

export function loadFailed(reason: string | undefined): MqttError {
  return new MqttError(
    'load_failed',
    `The worker file could not be loaded, or failed${reason ? ` (${reason})` : ''}. Check that websocket-mq/worker (dist/worker.js; of a webapp, websocket-mq/webapp/worker, which is dist/webapp-worker.js) is served beside this script, or say where it is by worker: { url } or shared: { url }, and that a Content-Security-Policy allows worker-src 'self'.`,
  )
}

interface Started {
  readonly port: Postable
  onFailed(call: (reason: string | undefined) => void): void
  terminate(): void
}

function pageWorker(files: WorkerFiles, url: string | URL | undefined): Started {
  let worker: Worker
  try {
    worker = url === undefined ? files.dedicated() : new Worker(url, { type: 'module' })
  } catch (thrown) {
    throw loadFailed((thrown as Error).message)
  }
  return {
    port: worker,
    onFailed: (call) => {
      worker.onerror = (event) => {
        event.preventDefault()
        call(event.message)
      }
    },
    terminate: () => worker.terminate(),
  }
}

/** Node has threads of another kind. */
function nodeWorker(url: string | URL): Started {
  const { process } = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } }
  const threads = process?.getBuiltinModule?.('node:worker_threads') as { Worker: new (url: URL) => NodeWorker } | undefined
  if (threads === undefined) throw new MqttError('not_supported', 'This environment has no workers: leave the option worker out.')
  const worker = new threads.Worker(new URL(url, import.meta.url))
  const port: Postable = { postMessage: (message, transfer) => worker.postMessage(message, transfer), onmessage: null }
  worker.on('message', (data: unknown) => port.onmessage?.({ data } as MessageEvent))
  return {
    port,
    onFailed: (call) => worker.on('error', (error: PlainError) => call(error.message)),
    terminate: () => void worker.terminate(),
  }
}
