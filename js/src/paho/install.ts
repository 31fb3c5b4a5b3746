// For the plain scripts: the globals of mqttws31.js and of paho-mqtt, the same classes under both.
import type { Load } from '../load.js'
import { PahoClient } from './client.js'
import { Message } from './message.js'

export function install(load: Load): void {
  class Client extends PahoClient {
    constructor(...given: unknown[]) {
      super(load, given)
    }
  }
  const page = globalThis as { Paho?: object }
  page.Paho = Object.assign(page.Paho ?? {}, { Client, Message, MQTT: { Client, Message } })
}
