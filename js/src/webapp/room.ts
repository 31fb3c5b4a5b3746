import { seeThroughProxies } from '../proxies.js'
import type { Calls } from './calls.js'
import { Feed } from './feed.js'
import type { WebappClient } from './layer.js'
import { encodeMessage } from './values.js'

/** A message in a room. */
export interface RoomMessage<Data = unknown> {
  /** The uid of the sender, which the broker's access rules guarantee. */
  readonly from: string
  readonly data: Data
}

/**
 * A room: what one webapp sends, all others in it receive. There is no list of members; `state` in presence can have one.
 */
export class Room<Data> extends Feed<RoomMessage<Data>> {
  readonly name: string
  readonly #client: WebappClient
  readonly #calls: Calls
  readonly #leave: () => void
  #isIn = true

  /** @internal */
  constructor(name: string, client: WebappClient, calls: Calls, leave: () => void, onThrown: (thrown: unknown) => void) {
    super(onThrown)
    seeThroughProxies(this, Room)
    this.name = name
    this.#client = client
    this.#calls = calls
    this.#leave = leave
  }

  /**
   * Sends JSON or a {@link Raw} body at QoS 1, as soon as there is a connection. Throws {@link InvalidArgumentError},
   * {@link RequestCancelledError} (after `leave()` of the webapp), or {@link MqttError} (`queue_full`, `packet_too_large`).
   */
  send(data: Data): void {
    this.#calls.send(`room ${this.name}`, 'a message', () => this.#client.sendToRoom(this.name, encodeMessage(data)))
  }

  /** Leaves the room; loops over it end. Throws {@link MqttError} (`queue_full`), and stays, while 65,535 subscriptions are unanswered. */
  leave(): void {
    if (!this.#isIn) return
    this.#leave()
    this.end()
  }

  /** @internal */
  override end(): void {
    this.#isIn = false
    super.end()
  }
}
