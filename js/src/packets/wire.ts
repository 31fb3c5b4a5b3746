// How packets are encoded (MQTT 3.1, 3.1.1 and 5.0), for tools beside the engine. What is malformed throws.
import type { Properties } from '../properties.js'

export type Version = 3 | 4 | 5

/** A text in the log of a test: what came, and why it is none. */
export class MalformedPacket extends Error {}

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const utf8 = new TextEncoder()

type Kind = 'byte' | 'two' | 'four' | 'variable' | 'text' | 'bytes' | 'pair'

/** Name and encoding of each property, by its identifier (MQTT 5.0, table 2-4). */
const properties: Readonly<Record<number, readonly [string, Kind]>> = {
  1: ['payloadFormatIndicator', 'byte'],
  2: ['messageExpiryInterval', 'four'],
  3: ['contentType', 'text'],
  8: ['responseTopic', 'text'],
  9: ['correlationData', 'bytes'],
  11: ['subscriptionIdentifier', 'variable'],
  17: ['sessionExpiryInterval', 'four'],
  18: ['assignedClientIdentifier', 'text'],
  19: ['serverKeepAlive', 'two'],
  21: ['authenticationMethod', 'text'],
  22: ['authenticationData', 'bytes'],
  23: ['requestProblemInformation', 'byte'],
  24: ['willDelayInterval', 'four'],
  25: ['requestResponseInformation', 'byte'],
  26: ['responseInformation', 'text'],
  28: ['serverReference', 'text'],
  31: ['reasonString', 'text'],
  33: ['receiveMaximum', 'two'],
  34: ['topicAliasMaximum', 'two'],
  35: ['topicAlias', 'two'],
  36: ['maximumQos', 'byte'],
  37: ['retainAvailable', 'byte'],
  38: ['userProperties', 'pair'],
  39: ['maximumPacketSize', 'four'],
  40: ['wildcardSubscriptionAvailable', 'byte'],
  41: ['subscriptionIdentifierAvailable', 'byte'],
  42: ['sharedSubscriptionAvailable', 'byte'],
}
const identifiers = new Map(Object.entries(properties).map(([identifier, [name, kind]]) => [name, [Number(identifier), kind] as const]))

/** All that a property block may hold; numbers, texts, bytes and pairs. */
export type PropertyBlock = Record<string, unknown>

export class Reader {
  #at = 0
  constructor(readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.#at === this.bytes.length
  }
  take(count: number): Uint8Array {
    const end = this.#at + count
    if (end > this.bytes.length) throw new MalformedPacket('The packet ends too early.')
    const taken = this.bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }
  byte(): number {
    return this.take(1)[0] as number
  }
  two(): number {
    return this.byte() * 256 + this.byte()
  }
  four(): number {
    return this.two() * 65_536 + this.two()
  }
  variable(): number {
    let value = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte()
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    throw new MalformedPacket('A variable byte integer has more than four bytes.')
  }
  binary(): Uint8Array {
    return this.take(this.two()).slice()
  }
  text(): string {
    try {
      return text.decode(this.take(this.two()))
    } catch (thrown) {
      throw thrown instanceof MalformedPacket ? thrown : new MalformedPacket('A text is no UTF-8.')
    }
  }
  rest(): Uint8Array {
    return this.take(this.bytes.length - this.#at).slice()
  }
  properties(version: Version): PropertyBlock {
    const block: PropertyBlock = {}
    if (version < 5) return block
    const inner = new Reader(this.take(this.variable()))
    while (!inner.isAtEnd) inner.#property(block)
    return block
  }
  #property(block: PropertyBlock): void {
    const [name, kind] = properties[this.variable()] ?? []
    if (name === undefined || kind === undefined) throw new MalformedPacket('There is no such property.')
    const value = kind === 'pair' ? [this.text(), this.text()] : kind === 'bytes' ? this.binary() : this[kind]()
    if (kind === 'pair') block[name] = [...((block[name] as unknown[] | undefined) ?? []), value]
    else if (name in block) throw new MalformedPacket(`The property ${name} stands twice.`)
    else block[name] = value
  }
}

export class Writer {
  readonly #parts: number[] = []

  byte(value: number): this {
    this.#parts.push(value & 255)
    return this
  }
  two(value: number): this {
    return this.byte(value >> 8).byte(value)
  }
  four(value: number): this {
    return this.two(Math.floor(value / 65_536)).two(value % 65_536)
  }
  variable(value: number): this {
    for (; value > 127; value = Math.floor(value / 128)) this.byte((value % 128) + 128)
    return this.byte(value)
  }
  raw(bytes: Uint8Array): this {
    for (const byte of bytes) this.#parts.push(byte)
    return this
  }
  binary(bytes: Uint8Array): this {
    return this.two(bytes.length).raw(bytes)
  }
  text(value: string): this {
    return this.binary(utf8.encode(value))
  }
  properties(block: PropertyBlock | Properties, version: Version): this {
    if (version < 5) return this
    const inner = new Writer()
    for (const [name, value] of Object.entries(block)) {
      const known = identifiers.get(name)
      if (known === undefined || value === undefined) continue
      const [identifier, kind] = known
      const all = kind === 'pair' ? (value as [string, string][]) : name === 'subscriptionIdentifier' ? [value].flat() : [value]
      for (const each of all) inner.variable(identifier).#value(kind, each)
    }
    const bytes = inner.bytes()
    return this.variable(bytes.length).raw(bytes)
  }
  #value(kind: Kind, value: unknown): void {
    if (kind === 'pair') this.text((value as [string, string])[0]).text((value as [string, string])[1])
    else if (kind === 'bytes') this.binary(value as Uint8Array)
    else if (kind === 'text') this.text(value as string)
    else this[kind](value as number)
  }
  bytes(): Uint8Array {
    return Uint8Array.from(this.#parts)
  }
  /** The whole packet. */
  packet(first: number): Uint8Array {
    const body = this.bytes()
    return new Writer().byte(first).variable(body.length).raw(body).bytes()
  }
}

/** Bytes of a stream, cut into packets. */
export class Framer {
  #rest = new Uint8Array()

  /** @returns first byte and body of each packet that is whole */
  push(chunk: Uint8Array): { first: number; body: Uint8Array; size: number }[] {
    const bytes = new Uint8Array(this.#rest.length + chunk.length)
    bytes.set(this.#rest)
    bytes.set(chunk, this.#rest.length)
    const packets = []
    let at = 0
    for (;;) {
      const header = lengthAt(bytes, at + 1)
      if (header === undefined) break
      const begin = at + 1 + header.digits
      const end = begin + header.length
      if (end > bytes.length) break
      packets.push({ first: bytes[at] as number, body: bytes.slice(begin, end), size: end - at })
      at = end
    }
    this.#rest = bytes.slice(at)
    return packets
  }
}

/** Undefined while it is not there whole. */
function lengthAt(bytes: Uint8Array, at: number): { length: number; digits: number } | undefined {
  let length = 0
  for (let digits = 1; digits <= 4; ++digits) {
    const byte = bytes[at + digits - 1]
    if (byte === undefined) return undefined
    length += (byte & 127) * 128 ** (digits - 1)
    if (byte < 128) return { length, digits }
  }
  throw new MalformedPacket('The length of a packet has more than four bytes.')
}
