import { hasTag } from '../realms.js'

/**
 * A body that is not JSON, sent as it is: parameters of a request, a result, or a message. Needs MQTT 5 at both ends, and
 * a responder that accepts such bodies.
 */
export class Raw {
  readonly bytes: Uint8Array
  /** Its content type, for example `image/png`. */
  readonly type: string

  constructor(bytes: Uint8Array, type = 'application/octet-stream') {
    this.bytes = bytes
    this.type = type
  }

  get [Symbol.toStringTag](): string {
    return 'Raw'
  }
}

export function isRaw(value: unknown): value is Raw {
  return hasTag(value, 'Raw')
}
