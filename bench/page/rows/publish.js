// Publishes `count` messages, and ends when the other end has counted and compared them all.
import { payloads, poolSize, texts } from '../../payloads.js'
import { nextTurn } from '../sockets.js'
import { answer, listen } from './answers.js'

const topic = 'bench/in/data'

/** @returns {{ milliseconds: number, received: number, wrong: number, busy: number }} */
export async function run(peer, { qos, size, text, count }) {
  await listen(peer)
  const pool = text && !peer.bare ? texts(size) : payloads(size)
  const done = answer(peer, 'bench/out/done')
  peer.publish('bench/in/expect', JSON.stringify({ count, size }))
  const start = performance.now()
  if (qos === 1) await (peer.bare ? bareWindows : windowed)(peer, pool, count)
  else await bursts(peer, pool, count)
  const result = JSON.parse(await done)
  return { ...result, milliseconds: performance.now() - start }
}

/** A hundred in a task. */
async function bursts(peer, pool, count) {
  for (let sent = 0; sent < count; sent += poolSize) {
    if (peer.bare) peer.burst(topic, pool)
    else for (const payload of pool) peer.publish(topic, payload)
    await nextTurn()
  }
}

/** A hundred unacknowledged at any time: each acknowledgement lets the next message out. */
function windowed(peer, pool, count) {
  return new Promise((resolve) => {
    let sent = 0
    let acknowledged = 0
    const next = () => {
      const payload = pool[sent % poolSize]
      sent += 1
      peer.publishAcknowledged(topic, payload, done)
    }
    const done = () => {
      acknowledged += 1
      if (sent < count) next()
      else if (acknowledged === count) resolve()
    }
    for (let first = 0; first < poolSize; first += 1) next()
  })
}

/** The next window goes out when all of the last one is acknowledged. */
async function bareWindows(peer, pool, count) {
  for (let sent = 0; sent < count; sent += poolSize) await peer.acknowledgedBurst(topic, pool)
}
