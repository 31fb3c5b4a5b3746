// Loading the module: once, and not before it is needed.
import { InvalidArgumentError, MqttError } from './errors.js'
import type { CreateModule, Module, ModuleOptions } from './module.js'
import { provideTextCoding, provideWebSocket, readFileInNode } from './node.js'
import { untilAborted } from './signals.js'
import { urlOf } from './uris.js'

export interface LoadOptions {
  /** The constructor to use where the environment has no `WebSocket`, such as Node before 22: that of the `ws` package is found by itself. */
  WebSocket?: unknown
  /** Rejects with its reason; the module is loaded all the same, where that has begun. */
  signal?: AbortSignal | undefined
}

export interface LoadSeparateOptions extends LoadOptions {
  /** Where `wsmq.wasm` is served. Default: beside this script. */
  wasmUrl?: string | URL
  /** The bytes of `wsmq.wasm`. */
  wasmBinary?: ArrayBuffer | Uint8Array
  /** Compiled already, for example on the page for its workers. */
  wasmModule?: WebAssembly.Module
}

export type Load = (options?: LoadSeparateOptions) => Promise<Module>

/** The first call loads; later ones get the same module, unless that failed. */
export function loadOnce(createModule: typeof CreateModule, wasmUrl?: () => URL): Load {
  let loading: Promise<Module> | undefined
  return (options) => {
    const signal = options?.signal
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (loading !== undefined) {
      if (options !== undefined && (options.wasmUrl ?? options.wasmBinary ?? options.wasmModule) !== undefined)
        return Promise.reject(new InvalidArgumentError('The module is loading already: call load() before connect(), and once.'))
      return untilAborted(loading, signal)
    }
    loading = start(createModule, options ?? {}, wasmUrl).catch((cause: unknown) => {
      loading = undefined
      throw cause instanceof MqttError
        ? cause
        : new MqttError(
            'load_failed',
            'The WebAssembly module could not be loaded: see the cause. Look whether wsmq.wasm is served (load({ wasmUrl }) says where), and whether a Content-Security-Policy lacks wasm-unsafe-eval.',
            { cause },
          )
    })
    return untilAborted(loading, signal)
  }
}

async function start(createModule: typeof CreateModule, options: LoadSeparateOptions, wasmUrl: (() => URL) | undefined): Promise<Module> {
  provideWebSocket(options.WebSocket)
  provideTextCoding()
  const { wasmModule } = options
  const url = String(options.wasmUrl ?? wasmUrl?.() ?? '')
  if (url !== '') checkUrl(url)
  // Node's fetch() reads no files.
  const wasmBinary = options.wasmBinary ?? (wasmModule === undefined && url.startsWith('file:') ? readFileInNode(url) : undefined)
  const given: ModuleOptions = {}
  if (url !== '') given.locateFile = () => url
  if (wasmBinary !== undefined) given.wasmBinary = wasmBinary
  if (wasmModule !== undefined) given.instantiateWasm = instantiate(wasmModule)
  return createModule(given)
}

/** What the environment would say of it on the console holds the whole address. */
function checkUrl(text: string): void {
  const url = urlOf(text)
  if (url === undefined) throw new InvalidArgumentError('wasmUrl cannot be parsed.')
  if (url.username !== '' || url.password !== '') throw new InvalidArgumentError('wasmUrl holds no user name and password.')
}

function instantiate(module: WebAssembly.Module): NonNullable<ModuleOptions['instantiateWasm']> {
  return (imports, receive) => {
    receive(new WebAssembly.Instance(module, imports))
    return {}
  }
}
