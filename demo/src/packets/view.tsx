// The packet timeline, the newest first, and one packet in full.
import { signal } from '@preact/signals'
import type { Packet } from 'websocket-mq/webapp/wasm'
import { Facts, factsOf } from '../messages/detail.js'
import { asJson } from '../messages/payload.js'
import { Search } from '../messages/view.js'
import { query } from '../store/view.js'
import { Choice, Heading } from '../ui/fields.js'
import { Icon } from '../ui/icon.js'
import { isNarrow } from '../ui/media.js'
import { hex, plural, size, time } from '../ui/text.js'
import { VirtualList } from '../ui/virtual-list.js'
import { type Direction, packetChanges, packetsOf, topicsOf } from './timeline.js'

const NAMES =
  'CONNECT CONNACK PUBLISH PUBACK PUBREC PUBREL PUBCOMP SUBSCRIBE SUBACK UNSUBSCRIBE UNSUBACK PINGREQ PINGRESP DISCONNECT AUTH'.split(' ')
const TYPES = [['', 'All types'] as const, ...NAMES.map((name) => [name, name] as const)]
const DIRECTIONS: readonly (readonly [Direction, string])[] = [
  ['both', 'Both ways'],
  ['sent', 'Sent'],
  ['received', 'Received'],
]

const type = signal('')
const direction = signal<Direction>('both')
const selected = signal<Packet | undefined>(undefined)
/** Rows need a key of their own, and packets have none. */
const keys = new WeakMap<Packet, number>()
let nextKey = 0

function keyOf(packet: Packet): number {
  const key = keys.get(packet) ?? nextKey++
  keys.set(packet, key)
  return key
}

export function PacketsView() {
  void packetChanges.version
  const rows = packetsOf(type.value, direction.value, query.value)
  const chosen = selected.value
  return (
    <section class="panel view packets" aria-labelledby="packets-title">
      <Heading id="packets-title" text="Packets">
        <span class="quiet">the latest {plural(rows.length, 'packet')}</span>
      </Heading>
      <div class="toolbar">
        <Search label="Search packets" placeholder="Topic" />
        <Choice label="Type" hideLabel value={type.value} options={TYPES} onChange={(value) => (type.value = value)} />
        <Choice label="Direction" hideLabel value={direction.value} options={DIRECTIONS} onChange={(value) => (direction.value = value)} />
      </div>
      {rows.length === 0 && <p class="empty">No packet fits.</p>}
      <VirtualList rows={rows} rowHeight={isNarrow.value ? 44 : 30} label="Packets, the newest first" keyOf={keyOf}>
        {(packet) => <PacketRow packet={packet} isChosen={packet === chosen} />}
      </VirtualList>
      {chosen && <PacketDetail packet={chosen} onClose={() => (selected.value = undefined)} />}
    </section>
  )
}

function PacketRow({ packet, isChosen }: { packet: Packet; isChosen: boolean }) {
  const { name, isSent, at, size: bytes, packetIdentifier } = packet
  return (
    <button type="button" class="row packet-row" aria-pressed={isChosen} onClick={() => (selected.value = isChosen ? undefined : packet)}>
      <time>{time(at)}</time>
      <span class={isSent ? 'direction sent' : 'direction'}>
        <Icon name={isSent ? 'out' : 'in'} />
        <span class="hidden">{isSent ? 'sent' : 'received'}</span>
      </span>
      <b>{name}</b>
      <span class="value">{topicsOf(packet)}</span>
      {packetIdentifier !== undefined && <span class="badge">{packetIdentifier}</span>}
      <span class="detail">{size(bytes)}</span>
    </button>
  )
}

function PacketDetail({ packet, onClose }: { packet: Packet; onClose: () => void }) {
  return (
    <article class="detail-pane" aria-label="Chosen packet">
      <header>
        <h3>
          {packet.isSent ? 'Sent' : 'Received'} {packet.name}
        </h3>
        <button type="button" class="plain" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <Facts facts={factsOfPacket(packet)} />
      {packet.payload && (
        <pre class="payload-full" tabIndex={0} aria-label="Payload">
          {asJson(packet.payload)}
        </pre>
      )}
    </article>
  )
}

function factsOfPacket({
  at,
  size: bytes,
  reasonCode,
  reasonCodes,
  filters,
  properties,
  payload,
  name,
  isSent,
  ...others
}: Packet): [string, string][] {
  void [payload, name, isSent]
  return [
    ['At', time(at)],
    ['Size', size(bytes)],
    ...factsOf(others),
    ...(reasonCode === undefined ? [] : [['Reason code', hex(reasonCode)] as [string, string]]),
    ...(reasonCodes === undefined ? [] : [['Reason codes', reasonCodes.map(hex).join(' ')] as [string, string]]),
    ...(filters === undefined ? [] : [['Filters', filters.join(', ')] as [string, string]]),
    ...factsOf(properties ?? {}),
  ]
}
