// The types of the module with messaging. Nothing else in js/src/webapp imports from wasm/.
export type {
  default as CreateWebappModule,
  LayerError,
  LayerFailure,
  LayerHandlers,
  LayerIncoming,
  LayerOptions,
  LayerRequest,
  RawBody,
  RequestTarget,
  Value,
  WebappClient,
  WebappModule,
} from '../../../wasm/webapp/wsmq-webapp.js'
