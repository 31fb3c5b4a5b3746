import { imported } from './imported.js'
import { logsPackets } from './log.js'
import type { ConnectOptions } from './options.js'
import type { PacketWatch } from './packets/packet-watch.js'

const DEFAULT_LIMIT = 500

/** Makes it for a connection; undefined if nobody wants to see packets. */
export type WatchPackets = (
  client: ConstructorParameters<typeof PacketWatch>[0],
  given: Omit<ConstructorParameters<typeof PacketWatch>[1], 'limit' | 'timings'>,
) => PacketWatch

/** What looks at packets is a script of its own. */
export async function loadPacketWatch({
  log,
  packets = false,
  timings = false,
}: Pick<ConnectOptions, 'log' | 'packets' | 'timings'>): Promise<WatchPackets | undefined> {
  const isLogged = logsPackets(log)
  if (!isLogged && packets === false && !timings) return undefined
  const limit = packets === true ? DEFAULT_LIMIT : Number(packets)
  const { PacketWatch: Watch } = await imported('packet-watch', import('./packets/packet-watch.js'))
  return (client, given) => new Watch(client, { ...given, limit, timings, log: isLogged ? given.log : undefined })
}
