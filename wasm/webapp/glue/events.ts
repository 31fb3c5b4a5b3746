// Events of the messaging layer: rows of cells (boundary/layer.ts) to handlers.
import {
  CreditGrantedRow,
  DeviceStatusRow,
  JoinFailedRow,
  LayerEvent,
  PeerMessageRow,
  PresenceChange,
  PresenceChangedRow,
  ProgressRow,
  RenamedRow,
  RequestEndedRow,
  RequestFailedRow,
  RequestRow,
  ResponseRow,
  RoomMessageRow,
  ServiceChangedRow,
} from '../../boundary/layer.js'
import { decodeText } from '../../glue/bytes.js'
import { callHandler, type Link, links } from '../../glue/link.js'
import type { LayerHandlers, RawBody, Value } from '../wsmq-webapp.js'
import { describeLayerError, layerErrorNumber, nameOfLayerError } from './errors.js'

const remoteError = layerErrorNumber('remote')

/** Of the links that joined. */
export const handlersOf = new WeakMap<Link, LayerHandlers>()

/**
 * One event. All of it is copied before the handler runs, which may call the layer.
 * @returns whether calls are deferred to the end of the events
 */
export function dispatchLayerEvent(connection: number, address: number): boolean {
  const link = links.get(connection)
  const on = link && handlersOf.get(link)
  if (link === undefined || on === undefined) return false
  const [handler, ...given] = readEvent(on, address >>> 2)
  link.dispatch.isRunning = true
  callHandler(link, handler, ...given)
  return link.dispatch.endBatch()
}

type Call = [handler: ((...given: never[]) => void) | undefined, ...given: unknown[]]

function readEvent(on: LayerHandlers, row: number): Call {
  const small = (cell: number) => HEAPU32[row + cell]
  /** Of 64 bits. */
  const integer = (cell: number) => HEAPU32[row + cell] + (HEAPU32[row + cell + 1] | 0) * 2 ** 32
  const start = (cell: number) => HEAPU32[row + cell]
  const end = (cell: number) => start(cell) + HEAPU32[row + cell + 1]
  const text = (cell: number) => decodeText(HEAPU8, start(cell), end(cell))
  const optional = (cell: number) => (start(cell) === end(cell) ? undefined : text(cell))
  const body = (cell: number, type: number): RawBody => ({ bytes: HEAPU8.slice(start(cell), end(cell)), contentType: text(type) })
  /** JSON where there is no content type. */
  const value = (cell: number, type: number): Value => (start(type) === end(type) ? text(cell) : body(cell, type))
  const remote = () => ({
    code: integer(RequestFailedRow.code),
    message: text(RequestFailedRow.message),
    data: optional(RequestFailedRow.data),
  })

  switch (small(0) as LayerEvent) {
    case LayerEvent.none:
      return [undefined]
    case LayerEvent.joined:
      return [on.onJoined]
    case LayerEvent.joinFailed: {
      const error = small(JoinFailedRow.error)
      return [on.onJoinFailed, nameOfLayerError(error), describeLayerError(error), small(JoinFailedRow.reason)]
    }
    case LayerEvent.response:
      return [on.onResult, integer(ResponseRow.request), value(ResponseRow.value, ResponseRow.contentType)]
    case LayerEvent.requestFailed: {
      const error = small(RequestFailedRow.error)
      const reported = error === remoteError ? remote() : {}
      const failure = { error: nameOfLayerError(error), text: describeLayerError(error), ...reported }
      return [on.onFailure, integer(RequestFailedRow.request), failure]
    }
    case LayerEvent.progress:
      return [on.onProgress, integer(ProgressRow.request), text(ProgressRow.value)]
    case LayerEvent.request: {
      const hasParams = small(RequestRow.valueSize) > 0
      const incoming = {
        call: integer(RequestRow.call),
        from: text(RequestRow.from),
        method: text(RequestRow.method),
        params: hasParams ? value(RequestRow.value, RequestRow.contentType) : undefined,
        isNotification: small(RequestRow.isNotification) !== 0,
        traceparent: optional(RequestRow.traceparent),
      }
      return [on.onRequest, incoming]
    }
    case LayerEvent.requestEnded:
      return [on.onEnded, integer(RequestEndedRow.call), nameOfLayerError(small(RequestEndedRow.error))]
    case LayerEvent.creditGranted:
      return [on.onCredit, integer(CreditGrantedRow.call)]
    case LayerEvent.peerMessage:
      return [on.onPeerMessage, text(PeerMessageRow.from), body(PeerMessageRow.body, PeerMessageRow.contentType)]
    case LayerEvent.roomMessage: {
      const sent = body(RoomMessageRow.body, RoomMessageRow.contentType)
      return [on.onRoomMessage, text(RoomMessageRow.room), text(RoomMessageRow.from), sent]
    }
    case LayerEvent.presenceChanged: {
      const isGone = (small(PresenceChangedRow.change) as PresenceChange) === PresenceChange.gone
      const state = isGone ? undefined : text(PresenceChangedRow.state)
      const of = text(PresenceChangedRow.uid)
      return [on.onPresence, of, state, integer(PresenceChangedRow.since), optional(PresenceChangedRow.tabs)]
    }
    case LayerEvent.deviceStatus:
      return [on.onDevice, text(DeviceStatusRow.serialNumber), optional(DeviceStatusRow.status)]
    case LayerEvent.serviceChanged: {
      const record = small(ServiceChangedRow.online) === 0 ? undefined : optional(ServiceChangedRow.record)
      return [on.onService, text(ServiceChangedRow.service), text(ServiceChangedRow.instance), record]
    }
    case LayerEvent.renamed:
      return [on.onRenamed, text(RenamedRow.uid)]
  }
}
