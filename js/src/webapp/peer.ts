import { seeThroughProxies } from '../proxies.js'
import type { Call } from './call.js'
import type { Calls, RequestOptions } from './calls.js'
import { Feed } from './feed.js'
import type { WebappClient } from './layer.js'
import type { Presence } from './presence.js'
import type { Given, MethodName, PeerData, PeerMethods, ProgressOf, ResultOf, StateOf } from './schema.js'
import { encodeMessage, encodeParamsAsJson } from './values.js'

/** A message from another webapp. */
export interface PeerMessage<Data = unknown> {
  /** The uid of the sender, which the broker's access rules guarantee. */
  readonly from: string
  readonly data: Data
}

/** Another webapp, online or not. No backend is involved. */
export class Peer<S> {
  readonly uid: string
  /** What it sends to this webapp. */
  readonly messages: Feed<PeerMessage<PeerData<S>>>
  readonly #calls: Calls
  readonly #client: WebappClient
  readonly #presence: Presence<StateOf<S>>

  /** @internal */
  constructor(uid: string, client: WebappClient, calls: Calls, presence: Presence<StateOf<S>>, onThrown: (thrown: unknown) => void) {
    seeThroughProxies(this, Peer)
    this.uid = uid
    this.#client = client
    this.#calls = calls
    this.#presence = presence
    this.messages = new Feed(onThrown)
  }

  get isOnline(): boolean {
    return this.#presence.has(this.uid)
  }

  /** The state that it publishes; undefined while it is offline. */
  get state(): StateOf<S> | undefined {
    return this.#presence.get(this.uid)?.state
  }

  /** Calls a method that it has exposed. Rejects like {@link Webapp.request}. */
  request<Name extends MethodName<PeerMethods<S>>>(
    method: Name,
    ...[params, options]: Given<PeerMethods<S>[Name], RequestOptions<ProgressOf<PeerMethods<S>[Name]>>>
  ): Call<ResultOf<PeerMethods<S>[Name]>, ProgressOf<PeerMethods<S>[Name]>> {
    return this.#calls.request({ peer: this.uid }, method, params, options)
  }

  /** Like {@link request}, without an answer. */
  notify<Name extends MethodName<PeerMethods<S>>>(method: Name, ...[params]: Given<PeerMethods<S>[Name], never>): void {
    this.#calls.send(this.uid, method, () => this.#client.notify({ peer: this.uid }, method, encodeParamsAsJson(params)))
  }

  /**
   * Sends JSON or a {@link Raw} body at QoS 1, as soon as there is a connection. Throws {@link InvalidArgumentError},
   * {@link RequestCancelledError} (after `leave()`), {@link InvalidNameError}, or {@link MqttError} (`queue_full`,
   * `packet_too_large`).
   */
  send(data: PeerData<S>): void {
    this.#calls.send(this.uid, 'a message', () => this.#client.sendToPeer(this.uid, encodeMessage(data)))
  }
}
