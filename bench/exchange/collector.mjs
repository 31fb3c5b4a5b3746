// A process of its own: the exchange as a client of a real broker, over TCP. Prints "ready" when it
// is subscribed. Usage: collector.mjs <port>
import { connect as connectTcp } from 'node:net'
import { connect, PacketReader, PacketType, subscribe } from '../frames.js'
import { drainOf } from './drain.mjs'
import { Exchange } from './exchange.mjs'
import { topicName } from './topics.mjs'

const socket = connectTcp({ host: '127.0.0.1', port: Number(process.argv[2]), noDelay: true })
const exchange = new Exchange({
  get closed() {
    return socket.destroyed
  },
  prepare: (message) => message,
  write: (message) => socket.write(message),
  drained: drainOf(socket),
  together(work) {
    socket.cork()
    work()
    socket.uncork()
  },
})
const reader = new PacketReader()
const visit = (first, bytes, start, end) => {
  const type = first >> 4
  if (type === PacketType.connack) socket.write(subscribe(1, 'bench/in/#'))
  else if (type === PacketType.suback) console.log('ready')
  else if (type === PacketType.publish) {
    const length = (bytes[start] << 8) | bytes[start + 1]
    exchange.message(topicName(bytes, start + 2, length), bytes, start + 2 + length, end)
  }
}

socket.write(connect('bench-collector'))
socket.on('data', (data) => reader.push(data, visit))
socket.on('error', (error) => {
  console.error(`The collector lost its broker: ${error.message}`)
  process.exit(1)
})
socket.on('close', () => process.exit())
process.stdin.resume().on('end', () => process.exit())
