// The classes and types of mqttws31.js: `Paho.MQTT`, and `Paho`.
import { load } from '../embedded.js'
import { PahoClient } from './client.js'

/** The client of mqttws31.js. The number of arguments selects the form of the constructor. */
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
