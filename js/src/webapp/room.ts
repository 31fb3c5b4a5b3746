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
  readonly #left: () => void
  #isIn = true

  /** @internal */
  constructor(name: string, client: WebappClient, calls: Calls, left: () => void, onThrown: (thrown: unknown) => void) {
    super(onThrown)
    seeThroughProxies(this, Room)
    this.name = name
    this.#client = client
    this.#calls = calls
    this.#left = left
  }

  /**
   * Sends JSON or a {@link Raw} body at QoS 1, as soon as there is a connection. Throws {@link InvalidArgumentError},
   * {@link RequestCancelledError} (after `leave()` of the webapp), or {@link MqttError} (`queue_full`, `packet_too_large`).
   */
  send(data: Data): void {
    this.#calls.send(`room ${this.name}`, 'a message', () => this.#client.sendToRoom(this.name, encodeMessage(data)))
  }

  /** Leaves the room; loops over it end. */
  leave(): void {
    if (!this.#isIn) return
    this.end()
    this.#left()
    this.#client.leaveRoom(this.name)
  }

  /** @internal */
  override end(): void {
    this.#isIn = false
    super.end()
  }
}
