// What is measured, and the budgets: each is a limit for the ratio of this project's figure to a peer's.
import { budgetOf } from '../js/sizes.mjs'

const busyMost = (than, most) => ({ metric: 'busy', than, most })
const rateLeast = (than, least) => ({ metric: 'rate', than, least })

const publishQos0 = [busyMost('paho', 0.1), busyMost('mqttjs', 0.35), rateLeast('paho', 10)]
const publishQos1 = [busyMost('paho', 0.3), rateLeast('paho', 2.2)]
const receiveSmall = [busyMost('paho', 0.3), busyMost('bare', 1.3), rateLeast('paho', 2.5)]

function publish(qos, size, { text = false, budgets = qos === 0 ? publishQos0 : publishQos1 } = {}) {
  return {
    id: `publish-qos${qos}-${size}${text ? '-text' : ''}`,
    title: `publish QoS ${qos}, ${size} B${text ? ' of text' : ''}, ${qos === 0 ? '100 in a task' : 'window 100'}`,
    kind: 'publish',
    parameters: { qos, size, text },
    unit: 100,
    budgets,
  }
}

function receive(size, { topics = 1, read = 'bytes', budgets }) {
  const perMessage = size > 4096 ? 1 : 32
  const amount = size > 4096 ? `${size / 1024} KiB` : `${size} B`
  return {
    id: `receive-${size}-${topics > 1 ? `${topics}-topics` : read}`,
    title: `receive ${amount} as ${read}, ${perMessage > 1 ? `${perMessage} in a message, ` : ''}${topics === 1 ? '1 topic' : '10,000 topics'}`,
    kind: 'receive',
    parameters: { size, topics, perMessage, read },
    unit: perMessage > 1 ? 800 : 100,
    verify: size > 4096 ? 200 : 20_000,
    budgets,
  }
}

const roundTrip = {
  id: 'round-trip',
  title: 'round trip, 16 B, one outstanding',
  kind: 'roundTrip',
  parameters: { size: 16 },
  unit: 100,
  budgets: [{ metric: 'p50', than: 'bare', most: 1.1 }],
}

/** The same row through a real broker, which is then the limit: nothing is promised but the trip. */
function throughMosquitto(row, budgets = []) {
  return { ...row, id: `mosquitto-${row.id}`, title: `Mosquitto: ${row.title}`, against: 'mosquitto', budgets }
}

/** Mosquitto sends each message in a WebSocket message of its own. */
const fromMosquitto = { ...receive(256, {}), title: 'receive 256 B as bytes, 1 topic' }

export const trafficRows = [
  publish(0, 16),
  publish(0, 256),
  publish(0, 256, { text: true }),
  publish(1, 16),
  publish(1, 256),
  receive(16, { budgets: receiveSmall }),
  receive(16, { topics: 10_000, budgets: receiveSmall }),
  receive(256, { budgets: [busyMost('paho', 0.5)] }),
  receive(256, { read: 'text', budgets: [busyMost('paho', 0.5)] }),
  receive(16_384, { budgets: [busyMost('paho', 1)] }),
  receive(16_384, { read: 'text', budgets: [busyMost('paho', 0.35)] }),
  roundTrip,
  throughMosquitto(publish(0, 256)),
  throughMosquitto(publish(1, 256)),
  throughMosquitto(fromMosquitto),
  throughMosquitto(roundTrip, roundTrip.budgets),
]

/** Whom `websocket-mq/paho` is measured beside. */
export const facePeers = ['face', 'ours', 'paho']

/** The face costs hardly more than what it stands on. */
function throughFace(row) {
  return { ...row, id: `face-${row.id}`, budgets: [busyMost('ours', 1.15)] }
}

export const faceRows = [
  publish(0, 16),
  publish(0, 256, { text: true }),
  publish(1, 16),
  publish(1, 256),
  receive(16, {}),
  receive(256, {}),
  receive(256, { read: 'text' }),
].map(throughFace)

/** A request to the demo service in C++, and what goes through the broker for it at least. */
export const requestPeers = ['request', 'two-trips', 'two-trips-qos0']

export const requestRows = [
  {
    id: 'request',
    title: 'Mosquitto: a request and its response, 16 B, one outstanding',
    kind: 'trip',
    parameters: { size: 16 },
    unit: 100,
    budgets: [{ metric: 'p50', than: 'two-trips', most: 1.5 }],
  },
]

export const navigationBudgets = [{ metric: 'connack', than: 'paho', most: 1.2 }]

/** Bytes after brotli of all that a page loads which speaks MQTT and nothing else. */
export const shippedBudgets = { ours: budgetOf('index.js'), 'ours-wasm': budgetOf('wasm.js') }
