// What the second build of the module adds: the messaging layer between the engine and the page (messaging/). Written by
// hand. Values cross as JSON text; raw bodies as bytes. Numbers name requests, and are never used twice.
import type { Client, ClientConstructor, Module, ModuleOptions } from '../wsmq.js'

/** A body that is not JSON. */
export interface RawBody {
  bytes: Uint8Array
  contentType: string
}

/** JSON text, or a body of another kind; undefined: no parameters. */
export type Value = string | RawBody | undefined

/** How this connection takes part. The client identifier of the constructor is the uid. */
export interface LayerOptions {
  /** Empty, or ending in `/`. */
  root: string
  /** JSON text of the state that presence shows. */
  state: string
  /** Of several tabs that are this webapp: JSON text of an array, as in their record. */
  tabs?: string
  /** Milliseconds since 1970. */
  since: number
  /** Seconds; MQTT 5. */
  willDelay: number
  /** Whether it joins again by another uid when a webapp that joined later takes the session over. */
  renames: boolean
  /** Whether it asks all others to announce themselves when it joins; auto: where the broker does not show them. */
  rollCall: 'auto' | 'never' | 'always'
}

/** The enumerators of wsmq::messaging::Error, in their order (messaging/include/wsmq/messaging/error.hpp). */
export type LayerError =
  | 'none'
  | 'invalid_root'
  | 'invalid_name'
  | 'invalid_json'
  | 'invalid_argument'
  | 'unknown_call'
  | 'no_credit'
  | 'unwanted'
  | 'not_supported'
  | 'too_many'
  | 'not_connected'
  | 'timed_out'
  | 'no_responder'
  | 'cancelled'
  | 'remote'
  | 'item_lost'
  | 'bad_response'
  | 'payload_too_large'
  | 'queue_full'
  | 'refused'
  | 'left'
  | 'session_lost'

/** How a request failed. The rest is there where the responder said it (`remote`). */
export interface LayerFailure {
  error: LayerError
  /** A sentence, without a full stop. */
  text: string
  code?: number
  message?: string
  /** JSON text. */
  data?: string
}

/** Who is asked: a service, the unnamed backend ({ service: '' }), or a peer. */
export type RequestTarget = { service: string } | { peer: string }

export interface LayerRequest {
  target: RequestTarget
  method: string
  params: Value
  /** Milliseconds, 1 and more. */
  timeout: number
  traceparent?: string
}

/** Another's request, or notification, which is over with respond() or fail() as well. */
export interface LayerIncoming {
  /** Names it in respond(), fail() and progress(). */
  call: number
  /** A uid; empty: a service. */
  from: string
  method: string
  params: Value
  /** It gets no response, and takes no progress. */
  isNotification: boolean
  traceparent?: string | undefined
}

/** Events of the layer. No handler is called from within a call. */
export interface LayerHandlers {
  onJoined(): void
  /** The client identifier, and uid, is another one from now on; requests have failed. onJoined follows. */
  onRenamed(uid: string): void
  onJoinFailed(error: LayerError, text: string, reasonCode: number): void
  /**
   * Of another webapp: present until the next call with undefined. `state` is JSON text, and so is `tabs`, of an array:
   * undefined if it is not several tabs.
   */
  onPresence(uid: string, state: string | undefined, since: number, tabs?: string): void
  /** JSON text of the whole status; undefined: the broker has forgotten it. */
  onDevice(serialNumber: string, status: string | undefined): void
  /** JSON text of the discovery record; undefined: gone. */
  onService(service: string, instance: string, record: string | undefined): void
  onResult(request: number, value: Value): void
  onFailure(request: number, failure: LayerFailure): void
  onProgress(request: number, value: string): void
  onRequest(incoming: LayerIncoming): void
  /** Of a call that is not answered yet: its result is no longer wanted. */
  onEnded(call: number, error: LayerError): void
  /** Of a call that ran out of credit: it may send again. */
  onCredit(call: number): void
  /** The content type is empty where the sender gave none. */
  onPeerMessage(from: string, body: RawBody): void
  onRoomMessage(room: string, from: string, body: RawBody): void
}

/** Of a connection that is to join. All throw MqttError, with a LayerError as code. */
export interface WebappClient extends Client {
  /** Before connect(). With it, disconnect() says goodbye. */
  join(options: LayerOptions, handlers: LayerHandlers): void
  /** Both as in LayerOptions; there are no tabs any more without the second. */
  setState(state: string, tabs?: string): void
  /** Of one org, of one of its users, or of all where both are empty, and of no others: these are reported as gone. */
  watchPresence(org: string, user: string): void
  unwatchPresence(): void
  request(request: LayerRequest): number
  cancelRequest(request: number): void
  /** The reader used up this many items. */
  grant(request: number, count: number): void
  notify(target: RequestTarget, method: string, params: string | undefined): void
  expose(on: boolean): void
  respond(call: number, result: string): void
  fail(call: number, code: number, message: string, data: string | undefined): void
  /** False: out of credit, and nothing was sent; onCredit follows. */
  progress(call: number, value: string): boolean
  sendToPeer(uid: string, body: RawBody): void
  sendToRoom(room: string, body: RawBody): void
  joinRoom(room: string): void
  leaveRoom(room: string): void
  /** These, and no others; all where there is no list. */
  watchDevices(serialNumbers: string[] | undefined): void
  unwatchDevices(): void
  /** Of one service; of all where it is empty. */
  discover(service: string): void
}

export interface WebappModule extends Omit<Module, 'Client'> {
  Client: new (...given: ConstructorParameters<ClientConstructor>) => WebappClient
}

export default function createModule(options?: ModuleOptions): Promise<WebappModule>
