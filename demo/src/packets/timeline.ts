// The packets that the connection has sent and received, and what of the convention's records they carry.
import { effect } from '@preact/signals'
import type { Packet } from 'websocket-mq/webapp/wasm'
import { app, connection } from '../connection/link.js'
import { tree } from '../explorer/tree.js'
import type { Content } from '../messages/shown.js'
import { Changes } from '../ui/changes.js'

export type Direction = 'both' | 'sent' | 'received'

export const packetChanges = new Changes()

/** Of the convention: what its layer takes, and hands to no subscription. */
const CONVENTION = /^app\/(?:webapp|device)\//

export function watchPackets(): void {
  effect(() => {
    const [mq, webapp] = [connection.value, app.value]
    packetChanges.touch()
    if (mq === undefined) return
    const explore = (packets: readonly Packet[]) => {
      const contents = webapp === undefined ? [] : packets.filter(isOfConvention).map(contentOf)
      if (contents.length > 0) tree.add(contents)
    }
    explore(mq.packets())
    return mq.on('packet', (packet) => {
      packetChanges.touch()
      explore([packet])
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

function isOfConvention({ name, isSent, topic }: Packet): boolean {
  return name === 'PUBLISH' && !isSent && CONVENTION.test(topic ?? '')
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
