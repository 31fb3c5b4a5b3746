// For the plain scripts: sets the globals of mqttws31.js and of paho-mqtt, with the same classes.
import type { Load } from '../load.js'
import { PahoClient } from './client.js'
import { Message } from './message.js'

interface Page {
  Paho?: object
  /** Of an AMD loader, which paho-mqtt supports. */
  define?: ((factory: () => object) => void) & { amd?: object }
}

export function install(load: Load): void {
  class Client extends PahoClient {
    constructor(...given: unknown[]) {
      super(load, given)
    }
  }
  const page = globalThis as Page
  const Paho = Object.assign(page.Paho ?? {}, { Client, Message, MQTT: { Client, Message } })
  page.Paho = Paho
  if (typeof page.define === 'function' && page.define.amd) page.define(() => Paho)
}
