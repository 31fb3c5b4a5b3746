// Where the module is, if not in the page. Bundlers look for exactly these expressions.

export interface WorkerFiles {
  dedicated(): Worker
  shared(): SharedWorker
  /** For Node: beside this script. */
  readonly name: string
}

/** `websocket-mq/worker`. */
export const workerFiles: WorkerFiles = {
  dedicated: () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' }),
  shared: () => new SharedWorker(new URL('./worker.js', import.meta.url), { type: 'module', name: 'websocket-mq' }),
  name: './worker.js',
}
