import { seeThroughProxies } from '../proxies.js'
import type { Calls } from './calls.js'
import { Feed } from './feed.js'
import type { WebappClient } from './layer.js'
import { encodeMessage } from './values.js'

/** What somebody in a room said. */
export interface RoomMessage<Data = unknown> {
  /** The uid of the webapp that said it, as the broker vouches for it. */
  readonly from: string
  readonly data: Data
}

/**
 * A room: what one webapp says in it, all that are in it hear, the sender excepted. There is no list of who is in it;
 * `state` in presence can say it.
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

  /** Any JSON, or a {@link Raw} body. Goes out at QoS 1, as soon as there is a connection. */
  send(data: Data): void {
    this.#calls.send(`room ${this.name}`, 'a message', () => this.#client.sendToRoom(this.name, encodeMessage(data)))
  }

  /** Hears no more; loops over it end. */
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
