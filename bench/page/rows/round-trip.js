// One message outstanding: it goes out, comes back, and the next one goes out in the same callback.
import { payloads, poolSize } from '../../payloads.js'
import { listen } from './answers.js'

const topic = 'bench/out/echo'

/** @returns {{ trips: number[], milliseconds: number, received: number, wrong: number }} */
export async function run(peer, { size, count }) {
  await listen(peer)
  const pool = payloads(size)
  const frames = peer.bare ? pool.map((payload) => peer.encode(topic, payload)) : []
  const trips = []
  let wrong = 0
  const start = performance.now()
  await new Promise((resolve) => {
    let sent = 0
    const send = () => {
      const index = trips.length % poolSize
      sent = performance.now()
      if (peer.bare) peer.send(frames[index])
      else peer.publish(topic, pool[index])
    }
    const arrived = (bytes, expected) => {
      const now = performance.now()
      if (bytes.length !== expected.length || bytes.at(-1) !== expected.at(-1)) wrong += 1
      trips.push(now - sent)
      if (trips.length === count) resolve()
      else send()
    }
    if (peer.bare) peer.onData((data) => arrived(new Uint8Array(data), frames[trips.length % poolSize]))
    else peer.onMessage((_, message) => arrived(peer.bytes(message), pool[trips.length % poolSize]))
    send()
  })
  if (peer.bare) peer.onData(null)
  return { trips, wrong, received: trips.length, milliseconds: performance.now() - start }
}
