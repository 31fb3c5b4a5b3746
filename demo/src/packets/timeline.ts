// The packets that the connection has sent and received; the topic explorer learns from them what the convention has.
import { effect } from '@preact/signals'
import type { Packet } from 'websocket-mq/webapp/wasm'
import { app, connection } from '../connection/link.js'
import { tree } from '../explorer/tree.js'
import type { Content } from '../messages/shown.js'
import { settings } from '../store/settings.js'
import { Changes } from '../ui/changes.js'

export type Direction = 'both' | 'sent' | 'received'

export const packetChanges = new Changes()

export function watchPackets(): void {
  effect(() => {
    const [mq, webapp] = [connection.value, app.value]
    packetChanges.touch()
    if (mq === undefined) return
    const { root } = settings.peek()
    const prefixes = webapp === undefined ? [] : [`${root}webapp/`, `${root}device/`]
    // What the convention's layer takes is handed to no subscription.
    const explore = (packet: Packet) => {
      const { name, isSent, topic = '' } = packet
      if (name === 'PUBLISH' && !isSent && prefixes.some((prefix) => topic.startsWith(prefix))) tree.add([contentOf(packet)])
    }
    mq.packets().forEach(explore)
    return mq.on('packet', (packet) => {
      packetChanges.touch()
      explore(packet)
    })
  })
}

/** The newest first. */
export function packetsOf(name: string, direction: Direction, query: string): Packet[] {
  const wanted = query.toLowerCase()
  return (connection.peek()?.packets() ?? [])
    .filter((packet) => {
      if (name !== '' && packet.name !== name) return false
      if (direction !== 'both' && packet.isSent !== (direction === 'sent')) return false
      return wanted === '' || topicsOf(packet).toLowerCase().includes(wanted)
    })
    .reverse()
}

export function topicsOf({ topic, filters }: Packet): string {
  return topic ?? filters?.join(' ') ?? ''
}

function contentOf({
  topic = '',
  payload = new Uint8Array(),
  qos = 0,
  retain = false,
  duplicate = false,
  properties = {},
}: Packet): Content {
  return { topic, bytes: payload, qos, retain, duplicate, properties }
}
