import { once } from 'node:events'
import { connect } from 'node:net'
import { connectPacket } from './packets.mjs'

/**
 * Debian's Mosquitto hands a large message to a WebSocket 4 KiB at a time, and looks for the next piece when anything
 * else happens, or after 100 ms: 8 MiB would take it more than three minutes. So something happens all the time.
 * @param {{ tcpPort: number }} broker
 * @returns {Promise<{ close(): void }>}
 */
export async function keepAwake({ tcpPort }) {
  const socket = connect(tcpPort, '127.0.0.1')
  const ping = Buffer.from([0xc0, 0])
  socket.setNoDelay(true)
  socket.on('error', () => socket.destroy())
  await once(socket, 'connect')
  socket.write(connectPacket('keeps-it-awake'))
  // The answer to CONNECT sets the first one off, and each answer the next.
  socket.on('data', () => socket.write(ping))
  return { close: () => socket.destroy() }
}
