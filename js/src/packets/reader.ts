/** The first byte, and the four that its length may have (MQTT 5.0, 2.1.4). */
const LONGEST_HEADER = 5
/** Bytes of each packet that are kept, whatever its length says. */
export const LONGEST_BODY = 4096

export interface RawPacket {
  readonly first: number
  /** Behind the length; at most {@link LONGEST_BODY} bytes of it. */
  readonly body: Uint8Array
  /** Of the whole packet. */
  readonly size: number
}

/** Cuts one direction of a connection, in chunks of any size, into packets. Bytes that are not MQTT end it. */
export class PacketReader {
  #header: number[] = []
  /** Of the packet that has begun; 0 while its length is not known. */
  #size = 0
  #seen = 0
  #body = new Uint8Array()

  push(chunk: Uint8Array): RawPacket[] {
    const packets: RawPacket[] = []
    for (let at = 0; at < chunk.length;) {
      if (this.#size === 0) {
        if (this.#header.length === LONGEST_HEADER) return packets
        if (!this.#begin(chunk[at++] as number)) continue
      } else {
        const end = Math.min(chunk.length, at + this.#size - this.#seen)
        const place = this.#seen - this.#header.length
        if (place < this.#body.length) this.#body.set(chunk.subarray(at, Math.min(end, at + this.#body.length - place)), place)
        this.#seen += end - at
        at = end
      }
      if (this.#seen < this.#size) continue
      packets.push({ first: this.#header[0] as number, body: this.#body, size: this.#size })
      this.#header = []
      this.#size = 0
    }
    return packets
  }

  /** Returns whether the header is complete. */
  #begin(byte: number): boolean {
    this.#seen = this.#header.push(byte)
    if (this.#seen === 1 || byte >= 128) return false
    const length = this.#header.slice(1).reduce((sum, digit, index) => sum + (digit & 127) * 128 ** index, 0)
    this.#size = this.#seen + length
    this.#body = new Uint8Array(Math.min(length, LONGEST_BODY))
    return true
  }
}
