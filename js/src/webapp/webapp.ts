/// <reference lib="esnext.disposable" preserve="true" />
import type { Connection } from '../connection.js'
import { Emitter } from '../emitter.js'
import { MqttError } from '../errors.js'
import { seeThroughProxies } from '../proxies.js'
import { onAbort, type WaitOptions } from '../signals.js'
import type { Closed, ConnectionState, StateChange } from '../state.js'
import type { Call } from './call.js'
import { Calls, layerError, type RequestOptions } from './calls.js'
import { type Devices, Watched } from './devices.js'
import { Exposed, type RequestContext } from './exposed.js'
import type { Identity } from './identity.js'
import { LastResort } from './last-resort.js'
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
  /** Of the connection underneath: it is taken up again by itself. */
  state: StateChange
  /** What any peer sends. */
  message: PeerMessage<PeerData<S>>
  /** Another connection had the same uid, and took the session over: this webapp has another one from now on. */
  identity: Renaming
  /** What nobody else is told, such as what a handler threw. Without a listener the console shows it, ten in a minute. */
  error: unknown
}

export interface Renaming {
  readonly uid: string
  /** Whoever has it now is another webapp. */
  readonly former: string
}

/** @internal */
export interface WebappParts {
  readonly mq: Connection
  readonly client: WebappClient
  readonly uid: string
  readonly identity: Identity
}

/** A page among others, with services and devices, as `Webapp.join()` gives it. */
export class Webapp<S = object> {
  /** The connection underneath, for plain publish and subscribe. What is said below the root is not heard there. */
  readonly mq: Connection
  /** Who else is there. */
  readonly presence: Presence<StateOf<S>>
  readonly #client: WebappClient
  readonly #identity: Identity
  readonly #events: Emitter<WebappEvents<S>>
  readonly #calls: Calls
  readonly #exposed: Exposed
  readonly #devices: Watched<DeviceData<S>>
  readonly #peers = new Map<string, Peer<S>>()
  readonly #rooms = new Map<string, Room<unknown>>()
  readonly #lastResort = new LastResort()
  readonly #report = (thrown: unknown): void => {
    if (!this.#events.emit('error', thrown)) this.#lastResort.report(thrown)
  }
  #services: Services | undefined
  #uid: string
  #isOver = false

  /** @internal */
  constructor({ mq, client, uid, identity }: WebappParts, state: StateOf<S> | undefined) {
    seeThroughProxies(this, Webapp)
    this.mq = mq
    this.#uid = uid
    this.#client = client
    this.#identity = identity
    this.#events = new Emitter((thrown, type) => (type === 'error' ? this.#lastResort.report(thrown) : this.#report(thrown)))
    this.presence = new Presence(client, state, this.#report)
    this.#calls = new Calls(client, this.#report)
    this.#exposed = new Exposed(client, this.#report)
    this.#devices = new Watched(client, this.#report)
    mq.on('state', (change) => this.#events.emit('state', change))
    mq.on('error', this.#report)
    void mq.closed.then(() => this.#end())
  }

  /** `{org}:{user}:{rand}`: names this connection to all the others. An `identity` event tells that it has changed. */
  get uid(): string {
    return this.#uid
  }

  get state(): ConnectionState {
    return this.mq.state
  }

  /** The result takes the handler away again. */
  on<Type extends keyof WebappEvents<S>>(type: Type, handler: (event: WebappEvents<S>[Type]) => void): () => void {
    return this.#events.on(type, handler)
  }

  /**
   * Asks a service, one of whose instances answers. While there is no connection it waits for one, within its time.
   *
   * Rejects with {@link RequestTimeoutError}, {@link NoResponderError} (at once, where the broker or the services tell),
   * {@link RemoteError} (the answer is an error), {@link RequestCancelledError}, {@link StreamError},
   * {@link NotConnectedError}, {@link InvalidNameError}, another {@link MqttError}, or the signal's reason.
   */
  request<Service extends ServiceName<S>, Name extends MethodName<ServiceMethods<S, Service>>>(
    service: Service,
    method: Name,
    ...[params, options]: Given<ServiceMethods<S, Service>[Name], RequestOptions<ProgressOf<ServiceMethods<S, Service>[Name]>>>
  ): Call<ResultOf<ServiceMethods<S, Service>[Name]>, ProgressOf<ServiceMethods<S, Service>[Name]>> {
    return this.#calls.request({ service }, method, params, options)
  }

  /** Asks the one backend that has no name. */
  requestBackend<Name extends MethodName<BackendMethods<S>>>(
    method: Name,
    ...[params, options]: Given<BackendMethods<S>[Name], RequestOptions<ProgressOf<BackendMethods<S>[Name]>>>
  ): Call<ResultOf<BackendMethods<S>[Name]>, ProgressOf<BackendMethods<S>[Name]>> {
    return this.#calls.request({ service: '' }, method, params, options)
  }

  /** As a request without an answer. */
  notify<Service extends ServiceName<S>, Name extends MethodName<ServiceMethods<S, Service>>>(
    service: Service,
    method: Name,
    ...[params]: Given<ServiceMethods<S, Service>[Name], never>
  ): void {
    this.#calls.send(service, method, () => this.#client.notify({ service }, method, encodeParamsAsJson(params)))
  }

  /**
   * Lets peers call these functions. One that yields sends progress; what it throws is the answer where it is a
   * {@link RemoteError}, else the peer hears of an internal error, and this page of an `error` event. The result takes
   * them away again.
   */
  expose(handlers: Handlers<PeerMethods<S>, RequestContext>): () => void {
    return this.#call(() => this.#exposed.add(handlers))
  }

  /** Another webapp, by its uid. */
  peer(uid: string): Peer<S> {
    const known = this.#peers.get(uid)
    if (known !== undefined) return known
    const peer = new Peer<S>(uid, this.#client, this.#calls, this.presence, this.#report)
    this.#peers.set(uid, peer)
    if (this.#isOver) peer.messages.end()
    return peer
  }

  /** Enters a room; the same object for the same name, until it is left. Throws {@link InvalidNameError}. */
  room<Name extends RoomName<S>>(name: Name): Room<RoomData<S, Name>> {
    const known = this.#rooms.get(name) as Room<RoomData<S, Name>> | undefined
    if (known !== undefined) return known
    this.#call(() => this.#client.joinRoom(name))
    const room = new Room<RoomData<S, Name>>(name, this.#client, this.#calls, () => this.#rooms.delete(name), this.#report)
    this.#rooms.set(name, room)
    return room
  }

  /** Watches devices: those of these serial numbers, or all. Throws {@link InvalidNameError}. */
  devices(serialNumbers?: readonly string[]): Devices<DeviceData<S>> {
    return this.#call(() => this.#devices.add(serialNumbers))
  }

  /** Which instances of services are running. */
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
   * Tells the others that this webapp is gone, and disconnects. Never rejects: a signal ends the connection without
   * waiting for the goodbye. A second call returns the same promise.
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
      <Given extends unknown[]>(tell: (app: Webapp<S>, ...given: Given) => void) =>
      (...given: Given): void => {
        const webapp = app()
        if (webapp !== undefined) tell(webapp, ...given)
      }
    return {
      onJoined,
      onJoinFailed,
      onRenamed: on((webapp, uid: string) => webapp.#renamed(uid)),
      onPresence: on((webapp, uid: string, state: string | undefined, since: number) => webapp.presence.heard(uid, state, since)),
      onDevice: on((webapp, serialNumber: string, status: string | undefined) => webapp.#devices.heard(serialNumber, status)),
      onService: on((webapp, service: string, instance: string, record: string | undefined) =>
        webapp.#services?.heard(service, instance, record),
      ),
      onResult: on((webapp, request: number, value) => webapp.#calls.result(request, value as never)),
      onFailure: on((webapp, request: number, failure) => webapp.#calls.failure(request, failure as never)),
      onProgress: on((webapp, request: number, value) => webapp.#calls.progress(request, value as never)),
      onRequest: on((webapp, incoming) => void webapp.#exposed.handle(incoming as never)),
      onEnded: on((webapp, call: number) => webapp.#exposed.cancelled(call)),
      onCredit: on((webapp, call: number) => webapp.#exposed.credited(call)),
      onPeerMessage: on((webapp, from: string, body) => webapp.#heardPeer(from, decodeMessage(body as never))),
      onRoomMessage: on((webapp, room: string, from: string, body) =>
        webapp.#rooms.get(room)?.push({ from, data: decodeMessage(body as never) }),
      ),
    }
  }

  #renamed(uid: string): void {
    const former = this.#uid
    this.#uid = uid
    this.#identity.rename(uid.slice(uid.lastIndexOf(':') + 1))
    this.#events.emit('identity', { uid, former })
  }

  #heardPeer(from: string, data: unknown): void {
    const message = { from, data: data as PeerData<S> }
    this.#peers.get(from)?.messages.push(message)
    this.#events.emit('message', message)
  }

  #call<T>(call: () => T): T {
    if (this.#isOver) throw new MqttError('closed', 'This webapp has left: join() gives a new one.')
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
