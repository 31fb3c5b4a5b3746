// What exchanges of packets took, as User Timing measures: a recording of the browser's performance tools shows them.
import type { Packet } from './packet.js'

/** What each answer answers. A PUBLISH has one of the two, by its QoS. */
const REQUESTS: Partial<Record<string, string>> = {
  CONNACK: 'CONNECT',
  PUBACK: 'PUBLISH',
  PUBCOMP: 'PUBLISH',
  SUBACK: 'SUBSCRIBE',
  UNSUBACK: 'UNSUBSCRIBE',
  PINGRESP: 'PINGREQ',
}
const ANSWERED = new Set(Object.values(REQUESTS))
const TRACK = { devtools: { dataType: 'track-entry', track: 'websocket-mq' } }

/** Of what this side requests: from the packet to its answer. */
export class Timings {
  readonly #open = new Map<string, { start: number; text: string }>()

  pass(packet: Packet): void {
    if (packet.isSent) this.#begin(packet)
    else this.#end(packet)
  }

  #begin({ name, packetIdentifier = 0, topic, filters, qos }: Packet): void {
    if (name === 'CONNECT') this.#open.clear()
    if (!ANSWERED.has(name) || qos === 0) return
    const key = `${name} ${packetIdentifier}`
    // One that is sent again goes on.
    if (this.#open.has(key)) return
    const text = [name, topic ?? filters?.join(' ')].filter(Boolean).join(' ')
    this.#open.set(key, { start: performance.now(), text })
  }

  #end({ name, packetIdentifier = 0 }: Packet): void {
    const key = `${REQUESTS[name]} ${packetIdentifier}`
    const begun = this.#open.get(key)
    if (begun === undefined) return
    this.#open.delete(key)
    const measure = `websocket-mq: ${begun.text}`
    performance.measure(measure, { start: begun.start, end: performance.now(), detail: TRACK })
    // Recordings and observers have it: kept, the list of measures would grow for ever.
    performance.clearMeasures(measure)
  }
}
