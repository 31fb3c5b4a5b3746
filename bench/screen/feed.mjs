// Messages at a steady rate, for pages that show them.
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { connect, join, PacketReader, PacketType, publish } from '../frames.js'

/**
 * Publishes until the result is called.
 * @param {{ port: number, rate: number, topics: number, prefix?: string }} options `rate`: messages a second, on so many
 * `topics` below `prefix`
 */
export async function startFeed({ port, rate, topics, prefix = 'plant' }) {
  const socket = createConnection(port, '127.0.0.1').setNoDelay()
  await once(socket, 'connect')
  socket.write(connect('bench-screen'))
  const reader = new PacketReader()
  await new Promise((resolve) =>
    socket.on('data', (chunk) =>
      reader.push(chunk, (/** @type {number} */ first) => first >> 4 === PacketType.connack && resolve(undefined)),
    ),
  )
  let sent = 0
  const start = performance.now()
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - start) / 1000) * rate)
    const packets = []
    for (; sent < due; sent++)
      packets.push(publish(`${prefix}/line/${sent % topics}/value`, JSON.stringify({ value: sent % 997, unit: 'kPa', sent })))
    if (packets.length > 0) socket.write(join(packets))
  }, 4)
  return () => {
    clearInterval(timer)
    socket.destroy()
  }
}
