// What exchanges of packets took, as User Timing measures: a recording of the browser's performance tools shows them.
import type { Packet } from './packet.js'

/** What each request's answer is called; the last one, where there are several. */
const ANSWERS: Partial<Record<string, readonly string[]>> = {
  CONNECT: ['CONNACK'],
  PUBLISH: ['PUBACK', 'PUBCOMP'],
  SUBSCRIBE: ['SUBACK'],
  UNSUBSCRIBE: ['UNSUBACK'],
  PINGREQ: ['PINGRESP'],
}
const TRACK = { devtools: { dataType: 'track-entry', track: 'websocket-mq' } }

/** Of what this side requests: from the packet to its answer. */
export class Timings {
  readonly #open = new Map<string, { start: number; text: string }>()

  pass({ name, isSent, packetIdentifier = 0, topic, filters, qos }: Packet): void {
    if (isSent) {
      const answers = qos === 0 ? undefined : ANSWERS[name]
      if (name === 'CONNECT') this.#open.clear()
      const text = [name, topic ?? filters?.join(' ')].filter(Boolean).join(' ')
      // One that is sent again goes on.
      for (const answer of answers ?? []) {
        const key = `${answer} ${packetIdentifier}`
        if (!this.#open.has(key)) this.#open.set(key, { start: performance.now(), text })
      }
      return
    }
    const key = `${name} ${packetIdentifier}`
    const begun = this.#open.get(key)
    if (begun === undefined) return
    for (const answers of Object.values(ANSWERS))
      if (answers?.includes(name)) for (const answer of answers) this.#open.delete(`${answer} ${packetIdentifier}`)
    const measure = `websocket-mq: ${begun.text}`
    performance.measure(measure, { start: begun.start, end: performance.now(), detail: TRACK })
    // Recordings and observers have it: kept, the list of measures would grow for ever.
    performance.clearMeasures(measure)
  }
}
