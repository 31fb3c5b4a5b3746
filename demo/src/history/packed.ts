// Messages as the database has them: column by column, which is stored several times faster than one by one.
import type { Properties } from 'websocket-mq/webapp/wasm'
import type { Content, Shown } from '../messages/shown.js'

export type Dated = Pick<Shown, 'content' | 'at'>

export interface Packed {
  readonly topics: readonly string[]
  readonly at: readonly number[]
  /** QoS, and `RETAIN` and `DUPLICATE`. */
  readonly flags: readonly number[]
  readonly properties: readonly (Properties | undefined)[]
  readonly lengths: readonly number[]
  /** All payloads, one after the other. */
  readonly payloads: Uint8Array
}

const RETAIN = 4
const DUPLICATE = 8

export function pack(messages: readonly Dated[]): Packed {
  const contents = messages.map(({ content }) => content)
  const lengths = contents.map(({ bytes }) => bytes.length)
  const payloads = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0))
  let end = 0
  for (const { bytes } of contents) {
    payloads.set(bytes, end)
    end += bytes.length
  }
  return {
    topics: contents.map(({ topic }) => topic),
    at: messages.map(({ at }) => at),
    flags: contents.map(({ qos, retain, duplicate }) => qos + (retain ? RETAIN : 0) + (duplicate ? DUPLICATE : 0)),
    properties: contents.map(({ properties }) => (Object.keys(properties).length === 0 ? undefined : { ...properties })),
    lengths,
    payloads,
  }
}

export function unpack({ topics, at, flags, properties, lengths, payloads }: Packed): Dated[] {
  let end = 0
  return topics.map((topic, index) => {
    const flag = flags[index] ?? 0
    const start = end
    end += lengths[index] ?? 0
    const content: Content = {
      topic,
      qos: (flag & 3) as 0 | 1 | 2,
      retain: (flag & RETAIN) !== 0,
      duplicate: (flag & DUPLICATE) !== 0,
      bytes: payloads.subarray(start, end),
      properties: properties[index] ?? {},
    }
    return { content, at: at[index] ?? 0 }
  })
}
