// Receives `count` messages that the other end sends on request. Read as bytes or as text, each is
// touched, and the sum of what was touched must come out right. With `verify`, every byte and every
// topic is compared instead; that run comes first and is not measured.
import { publish } from '../../frames.js'
import { payloads, poolSize, texts, topicAt } from '../../payloads.js'
import { listen } from './answers.js'

/** @returns {{ milliseconds: number, received: number, wrong: number }} */
export async function run(peer, { size, topics, perMessage, read, count, verify }) {
  await listen(peer)
  const receive = peer.bare ? receiveBytes : verify ? compare : read === 'text' ? sumTexts : sumBytes
  const finished = receive(peer, { size, topics, count, read })
  const start = performance.now()
  peer.publish('bench/in/send', JSON.stringify({ count, size, topics, perMessage }))
  const { received, wrong } = await finished
  return { received, wrong, milliseconds: performance.now() - start }
}

function sumBytes(peer, { size, topics, count }) {
  const { bytes } = peer
  const expected = sumOver(payloads(size), count, (each) => each.length + each[size - 1] + topicAt(0, topics).length)
  return new Promise((resolve) => {
    let received = 0
    let sum = 0
    peer.onMessage((topic, message) => {
      const payload = bytes(message)
      sum += payload.length + payload[payload.length - 1] + topic.length
      if (++received === count) resolve({ received, wrong: sum === expected ? 0 : 1 })
    })
  })
}

function sumTexts(peer, { size, topics, count }) {
  const { text } = peer
  const expected = sumOver(texts(size), count, (each) => each.length + each.charCodeAt(size - 1) + topicAt(0, topics).length)
  return new Promise((resolve) => {
    let received = 0
    let sum = 0
    peer.onMessage((topic, message) => {
      const payload = text(message)
      sum += payload.length + payload.charCodeAt(payload.length - 1) + topic.length
      if (++received === count) resolve({ received, wrong: sum === expected ? 0 : 1 })
    })
  })
}

function sumOver(pool, count, value) {
  const values = pool.map(value)
  let sum = 0
  for (let index = 0; index < count; index += 1) sum += values[index % poolSize]
  return sum
}

function compare(peer, { size, topics, count, read }) {
  const asText = texts(size)
  const asBytes = payloads(size)
  return new Promise((resolve) => {
    let received = 0
    let wrong = 0
    peer.onMessage((topic, message) => {
      const expected = received % poolSize
      const sound = read === 'text' ? peer.text(message) === asText[expected] : equal(peer.bytes(message), asBytes[expected])
      if (!sound || topic !== topicAt(received, topics)) wrong += 1
      if (++received === count) resolve({ received, wrong })
    })
  })
}

function equal(a, b) {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

/** The bare WebSocket counts bytes, and decodes whole WebSocket messages where the others read texts. */
function receiveBytes(peer, { size, topics, count, read }) {
  const packet = publish(topicAt(0, topics), new Uint8Array(size)).length
  const decoder = new TextDecoder()
  return new Promise((resolve) => {
    let left = count * packet
    let touched = 0
    peer.onData((data) => {
      if (read === 'text') touched += decoder.decode(data).length
      else touched += new Uint8Array(data)[0]
      left -= data.byteLength
      if (left > 0) return
      peer.onData(null)
      resolve({ received: count, wrong: left === 0 && touched > 0 ? 0 : 1 })
    })
  })
}
