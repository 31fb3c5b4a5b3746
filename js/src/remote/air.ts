// A BroadcastChannel as many channels: all tabs hear everything, and take what is addressed to them.
import type { Channel } from './protocol.js'

/** `packet` for one, `leader` says who has the connection, `who` asks. */
type Said =
  | { readonly kind: 'packet'; readonly to: string; readonly from: string; readonly packet: unknown }
  | { readonly kind: 'leader'; readonly leader: string }
  | { readonly kind: 'who' }

export class AirChannel implements Channel {
  onPacket: ((packet: unknown) => void) | undefined
  readonly #post: (packet: object) => void
  readonly #onClose: () => void

  constructor(post: (packet: object) => void, onClose: () => void) {
    this.#post = post
    this.#onClose = onClose
  }

  post(packet: object): void {
    this.#post(packet)
  }

  close(): void {
    this.onPacket = undefined
    this.#onClose()
  }
}

export class Air {
  readonly #radio: BroadcastChannel
  /** By both addresses. */
  readonly #channels = new Map<string, AirChannel>()
  onLeader: ((leader: string) => void) | undefined
  onWho: (() => void) | undefined
  /** Somebody new speaks to this address of ours. */
  onStranger: ((to: string, from: string) => void) | undefined

  constructor(name: string) {
    this.#radio = new BroadcastChannel(name)
    this.#radio.onmessage = ({ data }: MessageEvent<Partial<Said> | null>) => this.#heard(data ?? {})
  }

  open(own: string, other: string): AirChannel {
    const key = `${own} ${other}`
    const channel = new AirChannel(
      (packet) => this.#say({ kind: 'packet', to: other, from: own, packet }),
      () => this.#channels.get(key) === channel && this.#channels.delete(key),
    )
    this.#channels.set(key, channel)
    return channel
  }

  announce(leader: string): void {
    this.#say({ kind: 'leader', leader })
  }

  ask(): void {
    this.#say({ kind: 'who' })
  }

  close(): void {
    this.#radio.onmessage = null
    this.#radio.close()
  }

  #say(said: Said): void {
    try {
      this.#radio.postMessage(said)
    } catch {
      // It is closed: the page is through.
    }
  }

  #heard(said: Partial<Said>): void {
    if (said.kind === 'leader' && typeof said.leader === 'string') this.onLeader?.(said.leader)
    if (said.kind === 'who') this.onWho?.()
    if (said.kind !== 'packet' || typeof said.to !== 'string' || typeof said.from !== 'string') return
    const key = `${said.to} ${said.from}`
    if (!this.#channels.has(key)) this.onStranger?.(said.to, said.from)
    this.#channels.get(key)?.onPacket?.(said.packet)
  }
}
