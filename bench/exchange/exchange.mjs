// The other end of every measurement: counts and compares what the page publishes, sends what the
// page asks for. It speaks through a port, which is a WebSocket (sink.mjs) or a TCP connection to a
// real broker (collector.mjs).
//
//   bench/in/expect   {count, size, burst}   the next `count` messages on bench/in/data are compared
//   bench/in/send     {count, size, topics, perMessage}   that many messages go out on bench/out/data/#
//   bench/out/done    {received, wrong, ...} the answer to `expect`
import { join, publish } from '../frames.js'
import { payloads, poolSize, topicAt } from '../payloads.js'

export class Exchange {
  #port
  #expected = null
  #sequences = new Map()

  /** @param port `{ write(message: Buffer): boolean, drained(): Promise, together(work) }` */
  constructor(port) {
    this.#port = port
  }

  /** One PUBLISH that arrived: its topic and where its payload lies. */
  message(topic, bytes, start, end) {
    if (topic === 'bench/in/data') return this.#count(bytes, start, end)
    const request = JSON.parse(Buffer.from(bytes.subarray(start, end)).toString())
    if (topic === 'bench/in/expect') this.#expect(request)
    else if (topic === 'bench/in/send') this.#send(request)
  }

  #expect({ count, size }) {
    const pool = payloads(size).map((each) => Buffer.from(each))
    this.#expected = { count, size, pool, received: 0, wrong: 0, cpu: process.cpuUsage(), from: performance.now() }
  }

  #count(bytes, start, end) {
    const expected = this.#expected
    if (!expected) return
    const payload = expected.pool[expected.received % poolSize]
    if (!same(payload, bytes, start, end)) expected.wrong += 1
    expected.received += 1
    if (expected.received === expected.count) this.#done(expected)
  }

  #done({ received, wrong, cpu, from }) {
    this.#expected = null
    const used = process.cpuUsage(cpu)
    const busy = (used.user + used.system) / 1000 / (performance.now() - from)
    const answer = JSON.stringify({ received, wrong, busy })
    // After the acknowledgements of the same turn.
    setImmediate(() => this.#port.write(Buffer.from(publish('bench/out/done', answer))))
  }

  async #send(request) {
    const messages = this.#sequence(request)
    const total = request.count / request.perMessage
    let sent = 0
    while (sent < total && !this.#port.closed) {
      let room = true
      this.#port.together(() => {
        for (let group = 0; group < 64 && sent < total; group += 1) {
          room = this.#port.write(messages[sent % messages.length])
          sent += 1
        }
      })
      await (room ? new Promise(setImmediate) : this.#port.drained())
    }
  }

  /** WebSocket messages of `perMessage` packets each, for as long as topics and payloads repeat. */
  #sequence({ size, topics, perMessage }) {
    const key = `${size}/${topics}/${perMessage}`
    if (!this.#sequences.has(key)) {
      const cycle = leastCommonMultiple(leastCommonMultiple(topics, poolSize), perMessage)
      const pool = payloads(size)
      const packets = Array.from({ length: cycle }, (_, index) => publish(topicAt(index, topics), pool[index % poolSize]))
      const messages = []
      for (let at = 0; at < cycle; at += perMessage) {
        messages.push(this.#port.prepare(Buffer.from(join(packets.slice(at, at + perMessage)))))
      }
      this.#sequences.set(key, messages)
    }
    return this.#sequences.get(key)
  }
}

function leastCommonMultiple(a, b) {
  let [divisor, rest] = [a, b]
  while (rest > 0) [divisor, rest] = [rest, divisor % rest]
  return (a / divisor) * b
}

function same(payload, bytes, start, end) {
  if (end - start !== payload.length) return false
  // A call into native code costs more than 16 bytes do.
  if (payload.length > 32) return payload.compare(bytes, start, end) === 0
  for (let at = 0; at < payload.length; at += 1) if (payload[at] !== bytes[start + at]) return false
  return true
}
