// The types of the module with messaging. Nothing else in js/src/webapp imports from wasm/.
import type { LayerHandlers as Handlers, WebappClient as Client, WebappModule as Module } from '../../../wasm/webapp/wsmq-webapp.js'

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
  /** Another page has set the state of this webapp. JSON text. */
  onState?(state: string): void
}

export interface WebappClient extends Client {
  join(options: Parameters<Client['join']>[0], handlers: LayerHandlers): void
  /** All that this page exposes, by which one is chosen that answers. */
  nameMethods?(methods: readonly string[]): void
}

export interface WebappModule extends Omit<Module, 'Client'> {
  Client: new (...given: ConstructorParameters<Module['Client']>) => WebappClient
}
