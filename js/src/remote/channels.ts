// The ways on which packets go.
import type { Channel } from './protocol.js'

/** What a page's Worker, a worker's own scope and a MessagePort have in common. */
export interface Postable {
  postMessage(message: unknown, transfer: Transferable[]): void
  onmessage: ((event: MessageEvent) => unknown) | null
  close?(): void
}

/** What arrives while nobody listens is kept: it waits for the module, which is still being loaded. */
export class PortChannel implements Channel {
  readonly #port: Postable
  readonly #closing: () => void
  readonly #early: unknown[] = []
  #onPacket: ((packet: unknown) => void) | undefined

  constructor(port: Postable, closing = () => port.close?.()) {
    this.#port = port
    this.#closing = closing
    port.onmessage = ({ data }) => {
      if (this.#onPacket === undefined) this.#early.push(data)
      else this.#onPacket(data)
    }
  }

  get onPacket(): ((packet: unknown) => void) | undefined {
    return this.#onPacket
  }

  set onPacket(handler: ((packet: unknown) => void) | undefined) {
    this.#onPacket = handler
    while (this.#onPacket !== undefined && this.#early.length > 0) this.#onPacket(this.#early.shift())
  }

  /** For whoever listens next: this packet, and what follows it. */
  putBack(packet: unknown): void {
    this.#onPacket = undefined
    this.#early.unshift(packet)
  }

  post(packet: object, transfer: Transferable[]): void {
    this.#port.postMessage(packet, transfer)
  }

  close(): void {
    this.#port.onmessage = null
    this.#closing()
  }
}

/** Between a page and the host in it. What is posted is taken at once. */
export class DirectChannel implements Channel {
  readonly isDirect = true
  #onPacket: ((packet: unknown) => void) | undefined
  #early: object[] = []
  #other: DirectChannel | undefined

  static pair(): [DirectChannel, DirectChannel] {
    const [one, other] = [new DirectChannel(), new DirectChannel()]
    one.#other = other
    other.#other = one
    return [one, other]
  }

  get onPacket(): ((packet: unknown) => void) | undefined {
    return this.#onPacket
  }

  set onPacket(handler: ((packet: unknown) => void) | undefined) {
    this.#onPacket = handler
    for (const packet of this.#early.splice(0)) handler?.(packet)
  }

  post(packet: object): void {
    const other = this.#other
    if (other === undefined) return
    if (other.#onPacket === undefined) other.#early.push(packet)
    else other.#onPacket(packet)
  }

  close(): void {
    this.#other = undefined
    this.#onPacket = undefined
  }
}
