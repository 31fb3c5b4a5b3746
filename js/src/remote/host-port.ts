// One page, as the host of its connection sees it.
import type { ArrivedMessage, Failure } from '../module.js'
import { Arrivals } from './arrivals.js'
import { type Body, type Channel, type HostCommand, isPacket, MessageFlag, type PageCommand } from './protocol.js'
import { Sender } from './sender.js'
import type { LayerRow, LayerStart } from './webapp/commands.js'

export class HostPort {
  /** Who it is: the same after a page was frozen, and at the next host. */
  tab = ''
  /** Held by the page while it lives; empty: it comes to no other host. */
  lock = ''
  isJoined = false
  /** What it has joined with. */
  layer: LayerStart | undefined
  watchesBytes = false
  /** Questions that it has not answered. */
  unanswered = 0
  readonly #channel: Channel
  readonly #sender: Sender<HostCommand>
  readonly #arrivals = new Arrivals()
  readonly #take: (port: HostPort, command: PageCommand, buffer: ArrayBuffer | undefined) => void
  #sent: number[] = []

  constructor(channel: Channel, take: (port: HostPort, command: PageCommand, buffer: ArrayBuffer | undefined) => void) {
    this.#channel = channel
    this.#sender = new Sender(channel)
    this.#take = take
  }

  listen(): void {
    this.#channel.onPacket = (packet) => {
      if (!isPacket(packet)) return
      for (const command of packet.commands) {
        try {
          this.#take(this, command as unknown as PageCommand, packet.bytes)
        } catch {
          // Nonsense that has the form of a packet.
        }
      }
      this.#reportSent()
    }
  }

  send(command: HostCommand): void {
    this.#sender.add(command)
  }

  /** Whether what it is sent may be lost, and the page then asks again. */
  get mayMiss(): boolean {
    return this.lock !== '' && this.#channel.isDirect !== true
  }

  /** A QoS 0 message of the page was sent. */
  sent(operation: number): void {
    this.#sent.push(operation)
  }

  refuse(operation: number, failure: Failure, grantedQos?: Uint8Array): void {
    this.send(['refused', operation, failure, grantedQos])
  }

  deliver(message: ArrivedMessage, identifier: number | number[] | undefined): void {
    const { topic, qos, payloadBytes } = message
    if (!this.isJoined || !this.#arrivals.admit(payloadBytes.length, qos)) return
    const flags = qos | (message.retained ? MessageFlag.retained : 0) | (message.duplicate ? MessageFlag.duplicate : 0)
    const more = message.properties
    const hasMore = Object.keys(more).some((name) => name !== 'subscriptionIdentifier')
    this.send(['message', topic, flags, this.#sender.pack(payloadBytes), hasMore ? more : undefined, identifier])
  }

  /** A message for the layer in the page. */
  deliverRow(bytes: Uint8Array, row: (body: Body) => LayerRow): void {
    if (this.isJoined && this.#arrivals.admit(bytes.length, 1)) this.send(['layer', row(this.#sender.pack(bytes)), bytes.length])
  }

  /** False: the page does not read, and has to be told later. */
  tellRow(row: LayerRow, size: number): boolean {
    const fits = this.#arrivals.fits(size, 1)
    if (fits) this.send(['layer', row, size])
    return fits
  }

  get hasCaughtUp(): boolean {
    return this.#arrivals.isLow
  }

  read(messages: number, bytes: number): void {
    const dropped = this.#arrivals.read(messages, bytes)
    if (dropped > 0) this.send(['overflow', dropped])
  }

  showBytes(bytes: Uint8Array, isSent: boolean): void {
    if (this.watchesBytes) this.send(['bytes', this.#sender.pack(bytes), isSent])
  }

  flush(): void {
    this.#sender.flush()
  }

  close(): void {
    this.#sender.flush()
    this.#sender.close()
    this.#channel.close()
  }

  #reportSent(): void {
    if (this.#sent.length === 0) return
    this.send(['sent', this.#sent])
    this.#sent = []
  }
}
