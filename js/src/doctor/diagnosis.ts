// What the doctor finds, as data and as text.
import type { Packet } from '../packets/packet.js'

export interface Finding {
  /** What was looked at, for programs: `address`, `connection`, `retained-wildcard` and so on. */
  readonly check: string
  /** `warning`: it works, and something is to be known or done. `skipped`: it could not be tried. */
  readonly status: 'ok' | 'warning' | 'error' | 'skipped'
  /** One sentence or two: what was found, and what to do. */
  readonly text: string
}

/** What a broker announced and did. */
export interface BrokerFacts {
  /** Those that it accepts: 3 is MQTT 3.1, 4 is 3.1.1. */
  versions: (3 | 4 | 5)[]
  maximumQos: 0 | 1 | 2
  /** Bytes; 0 is no limit that it announced. */
  maximumPacketSize: number
  receiveMaximum: number
  topicAliasMaximum: number
  /** Milliseconds from a publication at QoS 1 to its acknowledgement: the median, and the longest of them. */
  roundTrip?: { median: number; longest: number }
}

export interface Diagnosis {
  /** A connection can be made, and nothing was found that is wrong. */
  readonly ok: boolean
  /** One sentence that says it all. */
  readonly verdict: string
  /** Where a connection could be made; it may differ from what was asked. */
  readonly url: string | undefined
  readonly broker: BrokerFacts | undefined
  readonly findings: readonly Finding[]
  /** What the first connection, or the attempts at it, sent and received: 200 packets at most, without credentials. */
  readonly packets: readonly Packet[]
}

const marks = { ok: 'ok     ', warning: 'warning', error: 'ERROR  ', skipped: 'skipped' }

/** For a terminal or a log: the verdict, a line for each finding, and what was measured. */
export function toText({ verdict, findings, broker }: Diagnosis): string {
  const lines = [verdict, '', ...findings.map(({ check, status, text }) => `${marks[status]}  ${check}: ${text}`)]
  return [...lines, ...(broker === undefined ? [] : factLines(broker)), ''].join('\n')
}

function factLines({ versions, maximumQos, maximumPacketSize, receiveMaximum, topicAliasMaximum, roundTrip }: BrokerFacts): string[] {
  const names = { 3: '3.1', 4: '3.1.1', 5: '5' }
  const lines = [
    `versions: MQTT ${versions.map((each) => names[each]).join(', ')}`,
    `maximum QoS: ${maximumQos}`,
    `maximum packet size: ${maximumPacketSize === 0 ? 'no limit' : `${maximumPacketSize} bytes`}`,
    `receive maximum: ${receiveMaximum}`,
    `topic alias maximum: ${topicAliasMaximum}`,
  ]
  if (roundTrip !== undefined)
    lines.push(`round trip: ${roundTrip.median.toFixed(1)} ms (median), ${roundTrip.longest.toFixed(1)} ms (longest)`)
  return ['', ...lines]
}
