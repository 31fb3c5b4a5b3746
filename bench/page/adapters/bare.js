// A bare WebSocket with frames that were encoded beforehand: the floor. Where the libraries loop over
// messages, it sends and counts whole WebSocket messages; what it must understand are the few answers
// around a measurement.
import { connect, join, PacketReader, PacketType, publish, readPublish, subscribe } from '../../frames.js'

const text = new TextDecoder()
const frames = new Map()
let socket
let onMessage = () => {}
let onPacket = () => {}

function prepared(key, make) {
  if (!frames.has(key)) frames.set(key, make())
  return frames.get(key)
}

/** Resolves when `count` packets of the type are here. */
function packets(wanted, count = 1) {
  return new Promise((resolve) => {
    let seen = 0
    onPacket = (type) => {
      if (type === wanted && ++seen === count) resolve()
    }
  })
}

function parse() {
  const reader = new PacketReader()
  const visit = (first, bytes, start, end) => {
    const type = first >> 4
    onPacket(type)
    if (type !== PacketType.publish) return
    const { topic, payload } = readPublish(first, bytes, start, end)
    onMessage(topic, payload)
  }
  return ({ data }) => reader.push(new Uint8Array(data), visit)
}

export const peer = {
  bare: true,

  async open(url) {
    socket = new WebSocket(url, 'mqtt')
    socket.binaryType = 'arraybuffer'
    socket.onmessage = parse()
    await new Promise((resolve, reject) => {
      socket.onopen = resolve
      socket.onerror = () => reject(new Error('no connection'))
    })
    const connack = packets(PacketType.connack)
    socket.send(connect(`bench-${crypto.randomUUID()}`))
    await connack
  },

  async subscribe(filter) {
    const suback = packets(PacketType.suback)
    socket.send(subscribe(1, filter))
    await suback
  },

  publish(topic, payload) {
    socket.send(publish(topic, payload))
  },

  /** All of the payloads in one WebSocket message, which is encoded once. */
  burst(topic, payloads) {
    socket.send(prepared(`0/${topic}/${payloads[0].length}`, () => join(payloads.map((each) => publish(topic, each)))))
  },

  /** One window: its identifiers are free again when all of it is acknowledged. */
  async acknowledgedBurst(topic, payloads) {
    const acknowledged = packets(PacketType.puback, payloads.length)
    socket.send(prepared(`1/${topic}/${payloads[0].length}`, () => join(payloads.map((each, index) => publish(topic, each, index + 1)))))
    await acknowledged
  },

  /** From here on nothing is parsed; without a handler, it is again. */
  onData(handler) {
    socket.onmessage = handler ? ({ data }) => handler(data) : parse()
  },

  /** A message that is sent as it is, again and again. */
  encode: publish,
  send: (frame) => socket.send(frame),

  onMessage(handler) {
    onMessage = handler
  },

  bytes: (payload) => payload,
  text: (payload) => text.decode(payload),
  close: () => socket.close(1000),
}
