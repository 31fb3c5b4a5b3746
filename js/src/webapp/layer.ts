// The types of the module with messaging. Nothing else in js/src/webapp imports from wasm/.
import type {
  LayerHandlers as Handlers,
  LayerOptions,
  WebappClient as Client,
  WebappModule as Module,
} from '../../../wasm/webapp/wsmq-webapp.js'

export type {
  default as CreateWebappModule,
  LayerError,
  LayerFailure,
  LayerIncoming,
  LayerOptions,
  LayerRequest,
  RawBody,
  RequestTarget,
  Value,
} from '../../../wasm/webapp/wsmq-webapp.js'

/** Where pages share a connection, they are one webapp. */
export interface LayerHandlers extends Handlers {
  /** Another page has set the state of this webapp; or this one could not set its own. JSON text. */
  onState?(state: string): void
  /** The pages, where each has a state. JSON text of an array. */
  onTabs?(tabs: string): void
}

export interface JoinLayerOptions extends LayerOptions {
  /** Of a page that shares a connection, and has a state of its own: its name among these pages. */
  tab?: string | undefined
}

export interface WebappClient extends Client {
  join(options: JoinLayerOptions, handlers: LayerHandlers): void
  /** All that this page exposes, by which one is chosen that answers. */
  nameMethods?(methods: readonly string[]): void
}

export interface WebappModule extends Omit<Module, 'Client'> {
  Client: new (...given: ConstructorParameters<Module['Client']>) => WebappClient
}
