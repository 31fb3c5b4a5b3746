// What a connection asks of the broker that it belongs to.
import type { Connection } from './connection.js'
import type { ClientPacket, ConnectPacket, PublishPacket } from '../packets/decode.js'
import type { Subscribed } from './session.js'
import type { PropertyBlock } from '../packets/wire.js'

/** Who is connected. */
export interface Account {
  readonly clientId: string
  readonly username: string | undefined
  readonly password: string | undefined
}

/** A packet that the broker sends, as far as rules and tests need it. */
export type Packet = { readonly type: string } & Readonly<Record<string, unknown>>

export interface Limits {
  readonly maximumQos?: 0 | 1
  readonly maximumPacketSize?: number
  readonly topicAliasMaximum?: number
}

export interface Host {
  limits: () => Limits
  connect: (connection: Connection, packet: ConnectPacket) => { reasonCode: number; sessionPresent: boolean; properties: PropertyBlock }
  /** The reason code of the acknowledgement. */
  publish: (connection: Connection, packet: PublishPacket) => number
  subscribe: (connection: Connection, subscribed: Subscribed) => { reasonCode: number; deliverRetained: () => void }
  /** The client said goodbye. */
  disconnected: (connection: Connection, properties: PropertyBlock) => void
  /** The connection is over, in whatever way. */
  ended: (connection: Connection) => void
  intercept: (connection: Connection, direction: 'in' | 'out', packet: Packet | ClientPacket) => 'pass' | 'drop'
  /** On its way to the client: at once, or when the latency is over. */
  later: (act: () => void) => void
}
