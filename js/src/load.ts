// Loads the module: once, when it is first needed.
import { InvalidArgumentError, MqttError } from './errors.js'
import type { CreateModule, Module, ModuleOptions } from './module.js'
import { provideTextCoding, provideWebSocket, readFileInNode } from './node.js'
import { untilAborted } from './signals.js'
import { urlOf } from './uris.js'

export interface LoadOptions {
  /** The constructor to use if the environment has no `WebSocket`, such as Node before 22. Default: that of the package `ws`. */
  WebSocket?: unknown
  /**
   * The address of `timer.js`, on the page's own origin: a worker that keeps the timers of a hidden page going. Default:
   * beside this script, where Vite, webpack and Parcel put it by themselves.
   */
  timerUrl?: string | URL
  /** Rejects with its reason. Loading that has begun goes on. */
  signal?: AbortSignal | undefined
}

export interface LoadSeparateOptions extends LoadOptions {
  /** The address of the `.wasm` file. Default: beside this script. */
  wasmUrl?: string | URL
  /** The bytes of the `.wasm` file. */
  wasmBinary?: ArrayBuffer | Uint8Array
  /** The compiled module, for example from a page for its workers. */
  wasmModule?: WebAssembly.Module
}

export type Load = (options?: LoadSeparateOptions) => Promise<Module>

/** The first call loads; later ones get the same module, unless it failed. */
export function loadOnce(createModule: typeof CreateModule, wasmUrl?: () => URL, startTimerWorker = startBesideThis): Load {
  let loading: Promise<Module> | undefined
  return (options) => {
    const signal = options?.signal
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (loading !== undefined) {
      if (options !== undefined && (options.wasmUrl ?? options.wasmBinary ?? options.wasmModule ?? options.timerUrl) !== undefined)
        return Promise.reject(
          new InvalidArgumentError('The module is already loading: call load() with these options once, before connect().'),
        )
      return untilAborted(loading, signal)
    }
    loading = start(createModule, options ?? {}, wasmUrl, startTimerWorker).catch((cause: unknown) => {
      loading = undefined
      throw cause instanceof MqttError
        ? cause
        : new MqttError(
            'load_failed',
            'The WebAssembly module could not be loaded: see the cause. Check that its .wasm file is served (load({ wasmUrl }) sets where), and that a Content-Security-Policy allows wasm-unsafe-eval.',
            { cause },
          )
    })
    return untilAborted(loading, signal)
  }
}

/** Bundlers know this form. */
function startBesideThis(): Worker {
  return new Worker(new URL('./timer.js', import.meta.url))
}

async function start(
  createModule: typeof CreateModule,
  options: LoadSeparateOptions,
  wasmUrl: (() => URL) | undefined,
  startTimerWorker: () => Worker,
): Promise<Module> {
  provideWebSocket(options.WebSocket)
  provideTextCoding()
  const { wasmModule, timerUrl } = options
  const url = String(options.wasmUrl ?? wasmUrl?.() ?? '')
  if (url !== '') checkUrl(url)
  // Node's fetch() reads no files.
  const wasmBinary = options.wasmBinary ?? (wasmModule === undefined && url.startsWith('file:') ? readFileInNode(url) : undefined)
  const given: ModuleOptions = { startTimerWorker: timerUrl === undefined ? startTimerWorker : () => new Worker(timerUrl) }
  if (url !== '') given.locateFile = () => url
  if (wasmBinary !== undefined) given.wasmBinary = wasmBinary
  if (wasmModule !== undefined) given.instantiateWasm = instantiate(wasmModule)
  return createModule(given)
}

/** Refused here, as the environment would print the whole address on the console. */
function checkUrl(text: string): void {
  const url = urlOf(text)
  if (url === undefined) throw new InvalidArgumentError('wasmUrl is not a valid URL.')
  if (url.username !== '' || url.password !== '') throw new InvalidArgumentError('wasmUrl has a user name or a password: remove it.')
}

function instantiate(module: WebAssembly.Module): NonNullable<ModuleOptions['instantiateWasm']> {
  return (imports, receive) => {
    receive(new WebAssembly.Instance(module, imports))
    return {}
  }
}
