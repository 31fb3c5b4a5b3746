// What a page and the host of its webapp say to each other about messaging, beside the commands of ../protocol.ts. Numbers of
// requests are the page's, those of calls of others the module's.
import type { LayerFailure, LayerIncoming, LayerOptions, LayerRequest, Value } from '../../webapp/layer.js'
import type { Body, PlainError } from '../protocol.js'

/** With connect: what join() of the module is called with. */
export interface LayerStart {
  readonly options: LayerOptions
  /** `{org}:{user}` */
  readonly account: string
  /** Of a page that has a state of its own. */
  readonly tab: TabState | undefined
}

/** What others are told of a page that has a state of its own. */
export interface TabState {
  readonly id: string
  readonly since: number
  /** JSON text. */
  readonly state: string
  /** When the page set it, in milliseconds, and no earlier than a millisecond after the state before it; 0: never. */
  readonly setAt: number
}

export type LayerCommand =
  | readonly ['request', number: number, LayerRequest]
  | readonly ['cancelRequest', number: number]
  | readonly ['grant', number: number, count: number]
  /** The methods that the page exposes, all of them. */
  | readonly ['methods', readonly string[]]
  | readonly ['respond', call: number, result: string]
  | readonly ['fail', call: number, code: number, message: string, data: string | undefined]
  | readonly ['progress', call: number, value: string]
  | readonly ['state', state: string]
  | readonly ['tab', TabState]
  | readonly ['watchPresence', org: string, user: string]
  | readonly ['unwatchPresence']
  | readonly ['room', room: string, isIn: boolean]
  /** Serial numbers; undefined: all devices; an empty list: none. */
  | readonly ['devices', readonly string[] | undefined]
  | readonly ['discover']

/** Who a page is part of. */
export interface Membership {
  readonly uid: string
  readonly since: number
  readonly state: string
}

export type LayerRow =
  | readonly ['joined', Membership]
  | readonly ['joinFailed', error: string, text: string, reasonCode: number]
  | readonly ['renamed', uid: string]
  | readonly ['state', state: string]
  /** All pages that have a state of their own. */
  | readonly ['tabs', readonly TabState[]]
  /** There is no room for what the page has said. `former`: what is told of it. */
  | readonly ['refused', setAt: number, former: TabState | undefined]
  | StateRow
  | readonly ['result', number: number, Value]
  | readonly ['failure', number: number, LayerFailure]
  | readonly ['progress', number: number, value: string]
  | readonly ['request', LayerIncoming]
  | readonly ['ended', call: number, error: string]
  /** The host has taken so many items of a call. */
  | readonly ['credit', call: number, count: number]
  | readonly ['peerMessage', from: string, Body, contentType: string]
  | readonly ['roomMessage', room: string, from: string, Body, contentType: string]
  | readonly ['error', PlainError]

/** What is so until the next row of the same key. */
export type StateRow =
  | readonly ['presence', uid: string, state: string | undefined, since: number, tabs?: string | undefined]
  | readonly ['device', serialNumber: string, status: string | undefined]
  | readonly ['service', key: string, record: string | undefined]

/** Items of progress that a page may be ahead of its host: they come beside the credit of the one who asked. */
export const AHEAD = 16
