/// <reference lib="esnext.disposable" preserve="true" />
import type { Connection } from '../connection.js'
import { Emitter } from '../emitter.js'
import { MqttError } from '../errors.js'
import type { Log } from '../log.js'
import { seeThroughProxies } from '../proxies.js'
import { onAbort, type WaitOptions } from '../signals.js'
import type { Closed, ConnectionState, StateChange } from '../state.js'
import type { Call } from './call.js'
import { Calls, layerError, LEFT, type RequestOptions } from './calls.js'
import { type Devices, Watched } from './devices.js'
import { Exposed, type RequestContext } from './exposed.js'
import type { Identity } from './identity.js'
import { ConsoleReporter } from './console-reporter.js'
import type { LayerHandlers, WebappClient } from './layer.js'
import { Peer, type PeerMessage } from './peer.js'
import { Presence } from './presence.js'
import { Room } from './room.js'
import type {
  BackendMethods,
  DeviceData,
  Given,
  Handlers,
  MethodName,
  PeerData,
  PeerMethods,
  ProgressOf,
  ResultOf,
  RoomData,
  RoomName,
  ServiceMethods,
  ServiceName,
  StateOf,
} from './schema.js'
import { Services } from './services.js'
import { decodeMessage, encodeParamsAsJson } from './values.js'

export interface WebappEvents<S> {
  /** The state of the connection, which reconnects automatically. */
  state: StateChange
  /** A message from any peer. */
  message: PeerMessage<PeerData<S>>
  /** Another connection with the same uid took over the session: this webapp has a new uid from now on. */
  identity: Renaming
  /** Errors that no promise reports, such as what a handler threw. Without a listener the console shows ten a minute. */
  error: unknown
}

export interface Renaming {
  readonly uid: string
  /** The uid until now, which another webapp has. */
  readonly former: string
}

/** @internal */
export interface WebappParts {
  readonly mq: Connection
  readonly client: WebappClient
  readonly uid: string
  readonly identity: Identity
  readonly log: Log
  readonly tab: string | undefined
}

/** A webapp that exchanges presence, requests and messages with others, as `Webapp.join()` gives it. */
export class Webapp<S = object> {
  /** The connection, for plain publish and subscribe. It does not deliver the convention's own messages, below the root. */
  readonly mq: Connection
  /** The other webapps that are online. */
  readonly presence: Presence<StateOf<S>>
  /** The `id` of this tab among `presence.tabs`. Undefined unless tabs share the connection with `presence: 'each'`. */
  readonly tab: string | undefined
  readonly #client: WebappClient
  readonly #identity: Identity
  readonly #events: Emitter<WebappEvents<S>>
  readonly #calls: Calls
  readonly #exposed: Exposed
  readonly #devices: Watched<DeviceData<S>>
  readonly #peers = new Map<string, Peer<S>>()
  readonly #rooms = new Map<string, Room<unknown>>()
  readonly #console = new ConsoleReporter()
  readonly #log: Log
  readonly #report = (thrown: unknown): void => {
    this.#log?.('error', thrown, { error: thrown })
    this.#emitError(thrown)
  }
  #services: Services | undefined
  #uid: string
  #isOver = false

  /** @internal */
  constructor({ mq, client, uid, identity, log, tab }: WebappParts, state: StateOf<S> | undefined) {
    seeThroughProxies(this, Webapp)
    this.mq = mq
    this.tab = tab
    this.#uid = uid
    this.#client = client
    this.#identity = identity
    this.#log = log
    this.#events = new Emitter((thrown, type) => (type === 'error' ? this.#console.report(thrown) : this.#report(thrown)))
    this.presence = new Presence(client, state, this.#report)
    this.#calls = new Calls(client, this.#report)
    this.#exposed = new Exposed(client, this.#report)
    this.#devices = new Watched(client, this.#report)
    mq.on('state', (change) => this.#events.emit('state', change))
    mq.on('error', (thrown) => this.#emitError(thrown))
    void mq.closed.then(() => this.#end())
  }

  /** `{org}:{user}:{rand}`: the name of this webapp. An `identity` event reports a change. */
  get uid(): string {
    return this.#uid
  }

  get state(): ConnectionState {
    return this.mq.state
  }

  /** Adds a handler; call the result to remove it. */
  on<Type extends keyof WebappEvents<S>>(type: Type, handler: (event: WebappEvents<S>[Type]) => void): () => void {
    return this.#events.on(type, handler)
  }

  /**
   * Sends a request to a service, one of whose instances answers. While there is no connection it waits for one, within
   * its timeout.
   *
   * Rejects with {@link RequestTimeoutError} (`request_timed_out`), {@link NoResponderError} (`no_responder`; at once, if
   * the broker or the services report it), {@link RemoteError} (`remote_error`: the answer is an error),
   * {@link RequestCancelledError} (`request_cancelled`), {@link StreamError} (`stream_incomplete`),
   * {@link NotConnectedError} (`not_connected`), {@link InvalidNameError} (`invalid_name`),
   * {@link InvalidArgumentError}, {@link RequestError} (`packet_too_large`, `publish_refused`, `queue_full`,
   * `session_lost`, `bad_response`, `not_supported`), or the signal's reason.
   */
  request<Service extends ServiceName<S>, Name extends MethodName<ServiceMethods<S, Service>>>(
    service: Service,
    method: Name,
    ...[params, options]: Given<ServiceMethods<S, Service>[Name], RequestOptions<ProgressOf<ServiceMethods<S, Service>[Name]>>>
  ): Call<ResultOf<ServiceMethods<S, Service>[Name]>, ProgressOf<ServiceMethods<S, Service>[Name]>> {
    return this.#calls.request({ service }, method, params, options)
  }

  /** Like {@link request}, to the one backend that has no name. */
  requestBackend<Name extends MethodName<BackendMethods<S>>>(
    method: Name,
    ...[params, options]: Given<BackendMethods<S>[Name], RequestOptions<ProgressOf<BackendMethods<S>[Name]>>>
  ): Call<ResultOf<BackendMethods<S>[Name]>, ProgressOf<BackendMethods<S>[Name]>> {
    return this.#calls.request({ service: '' }, method, params, options)
  }

  /** Like {@link request}, without an answer. Throws what `request()` rejects with at once. */
  notify<Service extends ServiceName<S>, Name extends MethodName<ServiceMethods<S, Service>>>(
    service: Service,
    method: Name,
    ...[params]: Given<ServiceMethods<S, Service>[Name], never>
  ): void {
    this.#calls.send(service, method, () => this.#client.notify({ service }, method, encodeParamsAsJson(params)))
  }

  /**
   * Lets peers call these functions; call the result to remove them. A function that yields sends progress. If it throws
   * a {@link RemoteError}, that is the answer; for anything else the peer receives an internal error, and this webapp has
   * an `error` event. Throws {@link InvalidArgumentError}, or {@link MqttError} (`closed`).
   */
  expose(handlers: Handlers<PeerMethods<S>, RequestContext>): () => void {
    return this.#call(() => this.#exposed.add(handlers))
  }

  /** Another webapp, by its uid; the same object for the same uid. */
  peer(uid: string): Peer<S> {
    const known = this.#peers.get(uid)
    if (known !== undefined) return known
    const peer = new Peer<S>(uid, this.#client, this.#calls, this.presence, this.#report)
    this.#peers.set(uid, peer)
    if (this.#isOver) peer.messages.end()
    return peer
  }

  /**
   * Enters a room; the same object for the same name, until it is left. Throws {@link InvalidNameError}
   * (`invalid_name`), or {@link MqttError} (`closed`).
   */
  room<Name extends RoomName<S>>(name: Name): Room<RoomData<S, Name>> {
    const known = this.#rooms.get(name) as Room<RoomData<S, Name>> | undefined
    if (known !== undefined) return known
    this.#call(() => this.#client.joinRoom(name))
    const leave = () => {
      this.#call(() => this.#client.leaveRoom(name))
      this.#rooms.delete(name)
    }
    const room = new Room<RoomData<S, Name>>(name, this.#client, this.#calls, leave, this.#report)
    this.#rooms.set(name, room)
    return room
  }

  /**
   * Watches devices: those with these serial numbers, or all. Throws {@link InvalidNameError} (`invalid_name`), or
   * {@link MqttError} (`closed`).
   */
  devices(serialNumbers?: readonly string[]): Devices<DeviceData<S>> {
    return this.#call(() => this.#devices.add(serialNumbers))
  }

  /** The instances of services that are running. */
  get services(): Services {
    if (this.#services === undefined) {
      const services = new Services(this.#report)
      if (this.#isOver) services.end()
      else this.#call(() => this.#client.discover(''))
      this.#services = services
    }
    return this.#services
  }

  /**
   * Announces that this webapp is gone, and disconnects. Never rejects: a signal ends the connection without waiting for
   * the announcement. A second call returns the same promise.
   */
  leave({ signal }: WaitOptions = {}): Promise<Closed> {
    const end = () => void this.mq.disconnect({ timeout: 0 })
    if (this.mq.state === 'connected' && signal?.aborted !== true) {
      this.#client.disconnect()
      void this.mq.closed.then(onAbort(signal, end))
    } else end()
    return this.mq.closed
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.leave()
  }

  /** @internal */
  static handlers<S>(
    app: () => Webapp<S> | undefined,
    { onJoined, onJoinFailed }: Pick<LayerHandlers, 'onJoined' | 'onJoinFailed'>,
  ): LayerHandlers {
    const on =
      <Given extends unknown[]>(dispatch: (app: Webapp<S>, ...given: Given) => void) =>
      (...given: Given): void => {
        const webapp = app()
        if (webapp !== undefined) dispatch(webapp, ...given)
      }
    return {
      onJoined,
      onJoinFailed,
      onRenamed: on((webapp, uid: string) => webapp.#renamed(uid)),
      onState: on((webapp, state: string) => webapp.presence.restated(state)),
      onTabs: on((webapp, tabs: string) => webapp.presence.retabbed(tabs)),
      onPresence: on((webapp, uid: string, state: string | undefined, since: number, tabs?: string) =>
        webapp.presence.received(uid, state, since, tabs),
      ),
      onDevice: on((webapp, serialNumber: string, status: string | undefined) => webapp.#devices.received(serialNumber, status)),
      onService: on((webapp, service: string, instance: string, record: string | undefined) =>
        webapp.#services?.received(service, instance, record),
      ),
      onResult: on((webapp, request: number, value) => webapp.#calls.result(request, value as never)),
      onFailure: on((webapp, request: number, failure) => webapp.#calls.failure(request, failure as never)),
      onProgress: on((webapp, request: number, value) => webapp.#calls.progress(request, value as never)),
      onRequest: on((webapp, incoming) => void webapp.#exposed.handle(incoming as never)),
      onEnded: on((webapp, call: number) => webapp.#exposed.cancelled(call)),
      onCredit: on((webapp, call: number) => webapp.#exposed.credited(call)),
      onPeerMessage: on((webapp, from: string, body) => webapp.#peerMessage(from, decodeMessage(body as never))),
      onRoomMessage: on((webapp, room: string, from: string, body) =>
        webapp.#rooms.get(room)?.push({ from, data: decodeMessage(body as never) }),
      ),
    }
  }

  /** @internal Pages that share a connection are one webapp, whose name is that of the first. */
  joinedAs(uid: string): void {
    if (uid === this.#uid) return
    this.#uid = uid
    this.#identity.rename(uid.slice(uid.lastIndexOf(':') + 1))
  }

  #emitError(thrown: unknown): void {
    if (!this.#events.emit('error', thrown)) this.#console.report(thrown)
  }

  #renamed(uid: string): void {
    const former = this.#uid
    this.#uid = uid
    this.#identity.rename(uid.slice(uid.lastIndexOf(':') + 1))
    this.#log?.('warn', `Another connection took over the session of ${former}: joining again as ${uid}.`, { uid, former })
    this.#events.emit('identity', { uid, former })
  }

  #peerMessage(from: string, data: unknown): void {
    const message = { from, data: data as PeerData<S> }
    this.#peers.get(from)?.messages.push(message)
    this.#events.emit('message', message)
  }

  #call<T>(call: () => T): T {
    if (this.#isOver) throw new MqttError('closed', LEFT)
    try {
      return call()
    } catch (thrown) {
      throw layerError(thrown)
    }
  }

  #end(): void {
    this.#isOver = true
    this.#calls.close()
    this.#exposed.close()
    this.presence.end()
    this.#devices.end()
    this.#services?.end()
    for (const room of this.#rooms.values()) room.end()
    for (const peer of this.#peers.values()) peer.messages.end()
    this.#identity.release()
  }
}
