// The types of the WebAssembly module. Nothing else in js/src imports from wasm/, except webapp/layer.ts.
export type {
  Address,
  ArrivedMessage,
  Client,
  ConnectionLoss,
  Credentials,
  ConnectOptions as ModuleConnectOptions,
  Failure,
  FilterOptions,
  Module,
  ModuleOptions,
  Negotiated,
  Payload,
  Properties,
  SessionStore,
  StoreChanges,
  StoredRecord,
  WillOptions,
} from '../../wasm/wsmq.js'
export type { default as CreateModule } from '../../wasm/wsmq.js'
