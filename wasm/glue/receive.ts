// WebSocket messages into memory, and out of it.
import { receiveBufferSize } from '../boundary/calls.js'

const receiveBuffer = _wsmq_receive_buffer()

/** A WebSocket message, which is in memory while it is received. What JavaScript needs of it is taken from here. */
export class Chunk {
  bytes: Uint8Array
  readonly address: number
  readonly size: number
  /** All of it as text, a character for each byte. */
  text: string | undefined = undefined

  constructor(bytes: Uint8Array, address: number) {
    this.bytes = bytes
    this.address = address
    this.size = bytes.length
  }
}

/** A handler transferred the payload of a message, and with it the buffer of those behind it. */
export function restoreChunk(chunk: Chunk) {
  chunk.bytes = HEAPU8.slice(chunk.address, chunk.address + chunk.size)
}

/** Of which handlers run. */
export let receivedChunk: Chunk | undefined

/** @param socket the address of wsmq::wasm::WebSocket */
export function receiveData(socket: number, data: string | ArrayBuffer, timeStamp: number) {
  if (typeof data === 'string') return _wsmq_socket_received_invalid(socket)
  const bytes = new Uint8Array(data)
  const size = bytes.length
  const outer = receivedChunk
  const isBuffered = size <= receiveBufferSize && outer === undefined
  const address = isBuffered ? receiveBuffer : _malloc(size)
  if (address === 0) return _wsmq_socket_received_invalid(socket)
  HEAPU8.set(bytes, address)
  receivedChunk = new Chunk(bytes, address)
  _wsmq_socket_received(socket, address, size, timeStamp)
  receivedChunk = outer
  if (!isBuffered) _free(address)
}

/**
 * The browser's own WebSocket has copied the bytes when send() returns. Any other (that of `ws` under Node, a wrapper, a
 * mock) may keep what it is given until it has compressed or handed it on, while our memory is written anew.
 */
export function sendBytes(socket: WebSocket, data: number, size: number) {
  const isOfBrowser = /^function send\(\) *{\s*\[native code/.test(Function.prototype.toString.call(socket.send))
  socket.send(isOfBrowser ? HEAPU8.subarray(data, data + size) : HEAPU8.slice(data, data + size))
}
