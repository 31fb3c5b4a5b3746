/* global DOMException */
// A WebSocket whose other end is the scenario.

/** @typedef {(socket: ScriptedWebSocket, event: string, detail?: unknown) => void} Watch */

export class ScriptedWebSocket {
  readyState = 0
  bufferedAmount = 0
  binaryType = 'blob'
  extensions = ''
  protocol = ''
  /** @type {Buffer[]} */
  frames = []
  /** What was sent and is no complete packet yet. */
  unread = Buffer.alloc(0)
  /** @type {import('./packets.mjs').Packet[]} */
  packets = []
  /** @type {any} */ onopen = null
  /** @type {any} */ onmessage = null
  /** @type {any} */ onclose = null
  /** @type {any} */ onerror = null

  /** @param {Watch} watch @param {number} index @param {string} url @param {string | string[]} protocols */
  constructor(watch, index, url, protocols) {
    this.watch = watch
    this.index = index
    this.url = url
    this.watch(this, 'new', [url, .../** @type {string[]} */ ([]).concat(protocols)])
  }

  get CONNECTING() {
    return 0
  }
  get OPEN() {
    return 1
  }
  get CLOSING() {
    return 2
  }
  get CLOSED() {
    return 3
  }

  /** @param {ArrayBuffer | ArrayBufferView} data */
  send(data) {
    if (this.readyState === 0) throw new DOMException('Still in CONNECTING state.', 'InvalidStateError')
    if (this.readyState > 1) return
    const view = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data)
    const frame = Buffer.from(view)
    this.frames.push(frame)
    this.watch(this, 'send', frame)
  }

  /** @param {number} [code] */
  close(code) {
    if (this.readyState > 1) return
    this.readyState = 2
    this.watch(this, 'close', code)
    queueMicrotask(() => this.finish(code ?? 1005, true))
  }

  // The scenario's side.

  open() {
    this.readyState = 1
    this.watch(this, 'open')
    this.onopen?.({ type: 'open', target: this })
  }

  /** @param {Uint8Array} data */
  receive(data) {
    if (this.readyState !== 1) return
    this.onmessage?.({ type: 'message', target: this, data: new Uint8Array(data).buffer })
  }

  /** @param {string} data */
  receiveText(data) {
    if (this.readyState === 1) this.onmessage?.({ type: 'message', target: this, data })
  }

  /** The browser is done with the socket before it tells. */
  fail() {
    this.readyState = 3
    this.onerror?.({ type: 'error', target: this })
    this.#ended(1006, false)
  }

  /** @param {number} code @param {boolean} wasClean */
  finish(code, wasClean) {
    if (this.readyState === 3) return
    this.#ended(code, wasClean)
  }

  /** @param {number} code @param {boolean} wasClean */
  #ended(code, wasClean) {
    this.readyState = 3
    this.onclose?.({ type: 'close', target: this, code, reason: '', wasClean })
  }

  /** @param {string} type @param {Function} listener */
  addEventListener(type, listener) {
    Object.assign(this, { [`on${type}`]: listener })
  }

  removeEventListener() {}
}

/** The constructor that a library finds. @param {Watch} watch @param {ScriptedWebSocket[]} sockets */
export function webSocketClass(watch, sockets) {
  return class WebSocket extends ScriptedWebSocket {
    static CONNECTING = 0
    static OPEN = 1
    static CLOSING = 2
    static CLOSED = 3
    /** @param {string} url @param {string | string[]} [protocols] */
    constructor(url, protocols = []) {
      super(watch, sockets.length, url, protocols)
      sockets.push(this)
    }
  }
}
