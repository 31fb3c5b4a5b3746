// WebSocket messages into memory, and out of it.

const receiveBuffer = _wsmq_receive_buffer()
const receiveBufferSize = 64 * 1024

/** A WebSocket message, which stands in memory while it is received. What JavaScript needs of it, it takes from here. */
class Chunk {
  /**
   * @param {Uint8Array} bytes
   * @param {number} address
   */
  constructor(bytes, address) {
    this.bytes = bytes
    this.address = address
    this.size = bytes.length
    /** All of it as text, a character for each byte. @type {string | undefined} */
    this.text = undefined
  }
}

/**
 * A handler transferred the payload of a message, and with it the buffer of those behind it.
 * @param {Chunk} chunk
 */
function restoreChunk(chunk) {
  chunk.bytes = HEAPU8.slice(chunk.address, chunk.address + chunk.size)
}

/** Of which handlers run. @type {Chunk | undefined} */
let receivedChunk

/**
 * @param {number} socket the address of wsmq::wasm::WebSocket
 * @param {string | ArrayBuffer} data
 * @param {number} timeStamp
 */
function receiveData(socket, data, timeStamp) {
  if (typeof data === 'string') return _wsmq_socket_received_rubbish(socket)
  const bytes = new Uint8Array(data)
  const size = bytes.length
  const outer = receivedChunk
  const isBuffered = size <= receiveBufferSize && outer === undefined
  const address = isBuffered ? receiveBuffer : _malloc(size)
  if (address === 0) return _wsmq_socket_received_rubbish(socket)
  HEAPU8.set(bytes, address)
  receivedChunk = new Chunk(bytes, address)
  _wsmq_socket_received(socket, address, size, timeStamp)
  receivedChunk = outer
  if (!isBuffered) _free(address)
}

/**
 * The browser's own WebSocket has copied the bytes when send() returns. Any other (that of `ws` under Node, a wrapper, a
 * mock) may keep what it is given until it has compressed or handed it on, while our memory is written anew.
 * @param {WebSocket} socket
 * @param {number} data
 * @param {number} size
 */
function sendBytes(socket, data, size) {
  const isOfBrowser = /^function send\(\) *{\s*\[native code/.test(Function.prototype.toString.call(socket.send))
  socket.send(isOfBrowser ? HEAPU8.subarray(data, data + size) : HEAPU8.slice(data, data + size))
}
