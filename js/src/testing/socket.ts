// The end of a WebSocket that the client holds: as browsers have it, without a network.

/** The end that the broker holds. */
export interface Peer {
  /** True: somebody is there. */
  open: (socket: TestWebSocket) => boolean
  received: (bytes: Uint8Array) => void
  closed: () => void
}

type Handlers = { [type in 'open' | 'message' | 'error' | 'close']: ((event: unknown) => void) | null }

export class TestWebSocket extends EventTarget {
  static readonly CONNECTING = 0
  static readonly OPEN = 1
  static readonly CLOSING = 2
  static readonly CLOSED = 3
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly CLOSING = 2
  readonly CLOSED = 3
  readonly extensions = ''
  readonly protocol: string
  binaryType: BinaryType = 'blob'
  /** Nothing ever waits here. */
  readonly bufferedAmount = 0
  readyState = 0
  readonly #peer: Peer
  readonly #on: Handlers = { open: null, message: null, error: null, close: null }

  constructor(
    readonly url: string,
    protocols: string | readonly string[] | undefined,
    peer: Peer,
  ) {
    super()
    this.protocol = [protocols ?? []].flat()[0] ?? ''
    this.#peer = peer
    queueMicrotask(() => {
      if (this.readyState !== 0) return
      if (peer.open(this)) {
        this.readyState = 1
        this.#fire('open', new Event('open'))
      } else this.end(1006)
    })
  }

  get onopen() {
    return this.#on.open
  }
  set onopen(handler) {
    this.#on.open = handler
  }
  get onmessage() {
    return this.#on.message
  }
  set onmessage(handler) {
    this.#on.message = handler
  }
  get onerror() {
    return this.#on.error
  }
  set onerror(handler) {
    this.#on.error = handler
  }
  get onclose() {
    return this.#on.close
  }
  set onclose(handler) {
    this.#on.close = handler
  }

  send(data: ArrayBuffer | ArrayBufferView<ArrayBuffer>): void {
    if (this.readyState === 0) throw new DOMException('The connection is not there yet.', 'InvalidStateError')
    if (this.readyState !== 1) return
    // Read when the broker does: the sender may use its memory again at once.
    const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
    const copy = bytes.slice()
    queueMicrotask(() => this.#peer.received(copy))
  }

  close(code = 1000): void {
    if (this.readyState >= 2) return
    const wasOpen = this.readyState === 1
    this.readyState = 2
    queueMicrotask(() => {
      if (wasOpen) this.#peer.closed()
      this.end(wasOpen ? code : 1006)
    })
  }

  /** What the broker sends. */
  deliver(bytes: Uint8Array): void {
    if (this.readyState === 1) this.#fire('message', new MessageEvent('message', { data: bytes.slice().buffer }))
  }

  /** The broker, or the network, ends it: 1006 for no goodbye. */
  end(code: number): void {
    if (this.readyState === 3) return
    this.readyState = 3
    if (code === 1006) this.#fire('error', new Event('error'))
    const event = typeof CloseEvent === 'function' ? new CloseEvent('close', { code, wasClean: code !== 1006 }) : new Event('close')
    if (!('code' in event)) Object.assign(event, { code, wasClean: code !== 1006, reason: '' })
    this.#fire('close', event)
  }

  #fire(type: keyof Handlers, event: Event): void {
    this.#on[type]?.call(this, event)
    this.dispatchEvent(event)
  }
}
