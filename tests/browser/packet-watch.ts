// A relay between a page and a broker that looks at every packet identifier which the page gives out.
import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { type RawData, WebSocket, WebSocketServer } from 'ws'

export class PacketWatch {
  /** Connections of pages. */
  accepted = 0
  /** PUBLISH packets of the page above QoS 0, and what of them the broker acknowledged. */
  published = 0
  acknowledged = 0
  /** The most that were out at a time. */
  mostInUse = 0
  /** What was wrong with them. */
  readonly faults: string[] = []
  readonly #inUse = new Set<number>()
  readonly #server: WebSocketServer

  private constructor(target: string) {
    this.#server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      perMessageDeflate: false,
      handleProtocols: (offered) => [...offered][0] ?? false,
    })
    this.#server.on('connection', (page) => this.#relay(page, new WebSocket(target, page.protocol, { perMessageDeflate: false })))
  }

  static async start(target: string): Promise<PacketWatch> {
    const watch = new PacketWatch(target)
    await once(watch.#server, 'listening')
    return watch
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.#server.address() as AddressInfo).port}/ws_mqtt`
  }

  async close(): Promise<void> {
    for (const page of this.#server.clients) page.terminate()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  /** To each page, as if it came from the broker. */
  tell(bytes: Buffer): void {
    for (const page of this.#server.clients) page.send(bytes)
  }

  #relay(page: WebSocket, broker: WebSocket): void {
    this.accepted += 1
    const fromPage = new Packets((first, body) => this.#sent(first, body))
    const fromBroker = new Packets((first, body) => this.#answered(first, body))
    const opened = once(broker, 'open')
    page.on('message', async (data) => {
      fromPage.push(bytes(data))
      if (broker.readyState === WebSocket.CONNECTING) await opened
      broker.send(data)
    })
    broker.on('message', (data) => {
      fromBroker.push(bytes(data))
      page.send(data)
    })
    page.on('close', () => broker.close())
    broker.on('close', () => page.close())
  }

  #sent(first: number, body: Buffer): void {
    const qos = (first >> 1) & 3
    if (first >> 4 !== 3 || qos === 0) return
    this.published += 1
    const identifier = body.readUInt16BE(2 + body.readUInt16BE(0))
    if (identifier === 0) this.faults.push(`PUBLISH ${this.published} has packet identifier 0`)
    if (this.#inUse.has(identifier)) this.faults.push(`PUBLISH ${this.published} takes ${identifier}, which is in use`)
    this.#inUse.add(identifier)
    this.mostInUse = Math.max(this.mostInUse, this.#inUse.size)
  }

  #answered(first: number, body: Buffer): void {
    if (first >> 4 !== 4) return
    this.acknowledged += 1
    this.#inUse.delete(body.readUInt16BE(0))
  }
}

/** Finds the packets in a stream. */
class Packets {
  #rest: Buffer = Buffer.alloc(0)

  constructor(readonly visit: (first: number, body: Buffer) => void) {}

  push(chunk: Buffer): void {
    const stream = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk
    let at = 0
    for (let packet = this.#next(stream, at); packet; packet = this.#next(stream, at)) {
      this.visit(stream[at]!, stream.subarray(packet.start, packet.end))
      at = packet.end
    }
    this.#rest = stream.subarray(at)
  }

  #next(stream: Buffer, at: number): { start: number; end: number } | undefined {
    let length = 0
    for (let digit = 0; digit < 4; digit += 1) {
      const byte = stream[at + 1 + digit]
      if (byte === undefined) return undefined
      length += (byte & 0x7f) * 128 ** digit
      if (byte > 0x7f) continue
      const start = at + 2 + digit
      return start + length <= stream.length ? { start, end: start + length } : undefined
    }
    throw new Error('a remaining length of more than four bytes')
  }
}

function bytes(data: RawData): Buffer {
  return data as Buffer
}
