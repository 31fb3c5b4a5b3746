// The second build of the module as these sources see it, in one place: nothing else reaches outside js/src.
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
