// A process of its own: a WebSocket server that speaks just enough MQTT to be measured against. It
// answers CONNECT, SUBSCRIBE and PINGREQ, acknowledges QoS 1 once in a turn of its event loop, sends
// `bench/out/echo` back, and leaves the rest to the exchange. Prints its port.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'
import { PacketReader, PacketType } from '../frames.js'
import { drainOf } from './drain.mjs'
import { Exchange } from './exchange.mjs'
import { topicName } from './topics.mjs'

const connack = Buffer.from([0x20, 2, 0, 0])
const pingresp = Buffer.from([0xd0, 0])

const http = createServer()
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1 << 28 })
http.on('upgrade', (request, socket, head) => {
  socket.setNoDelay(true)
  server.handleUpgrade(request, socket, head, (webSocket) => serve(webSocket, socket))
})
http.listen(0, '127.0.0.1', () => console.log(http.address().port))
process.stdin.resume().on('end', () => process.exit())

function serve(webSocket, socket) {
  const exchange = new Exchange(port(webSocket, socket))
  const reader = new PacketReader()
  const acknowledgements = new Acknowledgements((bytes) => webSocket.send(bytes))
  const visit = (first, bytes, start, end) => {
    switch (first >> 4) {
      case PacketType.publish: {
        const length = (bytes[start] << 8) | bytes[start + 1]
        const topic = topicName(bytes, start + 2, length)
        let payload = start + 2 + length
        if (first & 0x06) {
          acknowledgements.add(bytes[payload], bytes[payload + 1])
          payload += 2
        }
        if (topic === 'bench/out/echo') webSocket.send(whole(first, bytes.subarray(start, end)))
        else exchange.message(topic, bytes, payload, end)
        break
      }
      case PacketType.connect:
        webSocket.send(connack)
        break
      case PacketType.subscribe:
        webSocket.send(Buffer.from([0x90, 3, bytes[start], bytes[start + 1], 0]))
        break
      case PacketType.pingreq:
        webSocket.send(pingresp)
        break
    }
  }
  webSocket.on('message', (data) => reader.push(data, visit))
  webSocket.on('error', () => webSocket.terminate())
}

/** The echo is a small packet. */
function whole(first, body) {
  return Buffer.concat([Buffer.from([first, body.length]), body])
}

class Acknowledgements {
  #send
  #bytes = []

  constructor(send) {
    this.#send = send
  }

  add(high, low) {
    if (this.#bytes.length === 0) setImmediate(() => this.#flush())
    this.#bytes.push(0x40, 2, high, low)
  }

  #flush() {
    this.#send(Buffer.from(this.#bytes))
    this.#bytes = []
  }
}

/** What is prepared already carries its WebSocket header, and goes to the TCP socket as it is. */
function port(webSocket, socket) {
  return {
    get closed() {
      return webSocket.readyState !== webSocket.OPEN
    },
    prepare: (message) => ({ framed: Buffer.concat([header(message.length), message]) }),
    write(message) {
      if (!message.framed) return webSocket.send(message)
      return socket.write(message.framed)
    },
    drained: drainOf(socket),
    together(work) {
      socket.cork()
      work()
      socket.uncork()
    },
  }
}

function header(length) {
  if (length < 126) return Buffer.from([0x82, length])
  if (length < 65536) return Buffer.from([0x82, 126, length >> 8, length & 0xff])
  const bytes = Buffer.alloc(10)
  bytes.set([0x82, 127])
  bytes.writeBigUInt64BE(BigInt(length), 2)
  return bytes
}
