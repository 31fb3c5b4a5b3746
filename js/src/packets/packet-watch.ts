// Looks at the packets of a connection, for `log`, `packets` and `timings`. Loaded only if one of them is wanted.
import { defined } from '../defined.js'
import type { Log } from '../log.js'
import type { Client } from '../module.js'
import { type Packet, packetOf, packetText } from './packet.js'
import { PacketReader } from './reader.js'
import { Timings } from './timings.js'
import type { Version } from './wire.js'

export interface PacketWatchOptions {
  /** How many packets to keep. */
  readonly limit: number
  readonly timings: boolean
  /** Undefined: they are not logged. */
  readonly log: Log
  readonly version: Version
  readonly onPacket: (packet: Packet) => void
}

export class PacketWatch {
  readonly #options: PacketWatchOptions
  readonly #timings: Timings | undefined
  #readers = [new PacketReader(), new PacketReader()]
  /** A ring once it is full. */
  readonly #kept: Packet[] = []
  #oldest = 0

  constructor(client: Client, options: PacketWatchOptions) {
    this.#options = options
    if (options.timings) this.#timings = new Timings()
    client.onBytes = (bytes, isSent) => this.#pass(bytes, isSent)
  }

  /** The oldest first. */
  get packets(): Packet[] {
    return [...this.#kept.slice(this.#oldest), ...this.#kept.slice(0, this.#oldest)]
  }

  #pass(bytes: Uint8Array, isSent: boolean): void {
    // A CONNECT begins each connection.
    if (isSent && (bytes[0] as number) >> 4 === 1) this.#readers = [new PacketReader(), new PacketReader()]
    for (const { first, body, size } of this.#readers[Number(isSent)]?.push(bytes) ?? []) {
      const packet = packetOf(first, body, size, isSent, this.#options.version)
      this.#options.log?.('debug', packetText(packet), { packet: forLog(packet) })
      this.#timings?.pass(packet)
      this.#keep(packet)
      this.#options.onPacket(packet)
    }
  }

  #keep(packet: Packet): void {
    const { limit } = this.#options
    if (this.#kept.length < limit) this.#kept.push(packet)
    else if (limit > 0) {
      this.#kept[this.#oldest] = packet
      this.#oldest = (this.#oldest + 1) % limit
    }
  }
}

/** A log may leave the page: no payload and no properties. */
function forLog({ name, isSent, size, packetIdentifier, topic, reasonCode }: Packet): Partial<Packet> {
  return defined({ name, isSent, size, packetIdentifier, topic, reasonCode })
}
