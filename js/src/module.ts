// The WebAssembly module's own types, in one place: nothing else reaches outside js/src.
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
