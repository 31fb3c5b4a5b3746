// The classes and types of mqttws31.js: what `Paho.MQTT` is, and `Paho` too.
import { load } from '../embedded.js'
import { PahoClient } from './client.js'

/** The classic client. Which arguments are meant is decided by their number. */
export class Client extends PahoClient {
  // eslint-disable-next-line @typescript-eslint/unified-signatures -- each form has its own names
  constructor(host: string, port: number, path: string, clientId: string)
  /** The path is `/mqtt`. */

  constructor(host: string, port: number, clientId: string)
  /** A full ws: or wss: address, with a path. */
  constructor(hostUri: string, clientId: string)
  constructor(...given: unknown[]) {
    super(load, given)
  }
}

export { Message } from './message.js'
export type * from './names.js'
