// `websocket-mq/webapp/worker`: the module with messaging.
import type { WorkerFiles } from '../worker-files.js'

export const webappWorkerFiles: WorkerFiles = {
  dedicated: () => new Worker(new URL('./webapp-worker.js', import.meta.url), { type: 'module' }),
  shared: () => new SharedWorker(new URL('./webapp-worker.js', import.meta.url), { type: 'module', name: 'websocket-mq' }),
  name: './webapp-worker.js',
}
