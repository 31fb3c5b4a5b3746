// WebSocket messages into memory.

const receiveBuffer = _wsmq_receive_buffer()
const receiveBufferSize = 64 * 1024
/** Whether a handler of the message in the buffer still runs. */
let isReceiving = false
/** From this size on it is better to have the memory back now than when garbage is collected. */
const largeMessage = 4096

/**
 * @param {number} socket the address of wsmq::wasm::WebSocket
 * @param {string | ArrayBuffer} data
 */
function receiveData(socket, data) {
  if (typeof data === 'string') return _wsmq_socket_received_rubbish(socket)
  const size = data.byteLength
  const hasOwn = size > receiveBufferSize || isReceiving
  const address = hasOwn ? _malloc(size) : receiveBuffer
  if (address === 0) return _wsmq_socket_received_rubbish(socket)
  HEAPU8.set(new Uint8Array(data), address)
  if (size >= largeMessage) /** @type {any} */ (data).transfer?.(0)
  if (!hasOwn) isReceiving = true
  _wsmq_socket_received(socket, address, size)
  if (hasOwn) _free(address)
  else isReceiving = false
}
