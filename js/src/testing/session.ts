// What a broker keeps of a client, connected or not: its subscriptions, and its messages on their way.
import type { Qos, SubscribePacket, WireMessage } from '../packets/decode.js'

export type Subscribed = SubscribePacket['filters'][number] & { readonly identifier: number | undefined }

/** A message for one client. `expires`: by Date.now(). */
export interface Delivery {
  readonly message: WireMessage
  readonly expires: number | undefined
}

interface Inflight extends Delivery {
  isReceived: boolean
  wasSent: boolean
}

export class Session {
  readonly subscriptions = new Map<string, Subscribed>()
  /** QoS 2 messages of the client's that are not yet released. */
  readonly received = new Set<number>()
  readonly inflight = new Map<number, Inflight>()
  readonly waiting: Delivery[] = []
  /** Seconds after its connection. */
  expiresAfter = 0
  /** Ends it then. */
  expiry: ReturnType<typeof setTimeout> | undefined
  #last = 0

  constructor(readonly clientId: string) {}

  /** The packet identifier of a delivery that begins. */
  begin(delivery: Delivery): number {
    do this.#last = (this.#last % 65_535) + 1
    while (this.inflight.has(this.#last))
    this.inflight.set(this.#last, { ...delivery, isReceived: false, wasSent: true })
    return this.#last
  }

  /** The lower of what was published and what was subscribed. */
  static qosOf(message: WireMessage, subscribed: { readonly qos: Qos }): Qos {
    return Math.min(message.qos, subscribed.qos) as Qos
  }
}
