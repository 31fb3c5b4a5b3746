// The messaging layer of a client, as JavaScript calls it (wsmq-webapp.d.ts).
import { RollCall, TargetKind } from '../../boundary/layer.js'
import { randomNumber } from '../../glue/bytes.js'
import { Client } from '../../glue/client.js'
import { linkOf } from '../../glue/link.js'
import type { LayerHandlers, LayerOptions, LayerRequest, RawBody, RequestTarget, Value } from '../wsmq-webapp.js'
import { checkAnswer, layerErrorNumber } from './errors.js'
import { handlersOf } from './events.js'
import { passTexts } from './text.js'

const noCredit = layerErrorNumber('no_credit')
const rollCalls: Record<LayerOptions['rollCall'], RollCall> = {
  auto: RollCall.automatic,
  never: RollCall.never,
  always: RollCall.always,
}

function targetOf(target: RequestTarget) {
  if ('peer' in target) return { kind: TargetKind.peer, name: target.peer }
  return { kind: target.service === '' ? TargetKind.backend : TargetKind.service, name: target.service }
}

/** The content type, which is empty for JSON, and the body. */
function bodyOf(value: Value): [type: string, body: string | Uint8Array] {
  if (value === undefined) return ['', '']
  return typeof value === 'string' ? ['', value] : [value.contentType, value.bytes]
}

export class WebappClient extends Client {
  join({ root, state, tabs = '', since, willDelay, renames, rollCall }: LayerOptions, handlers: LayerHandlers) {
    const link = linkOf(this)
    const size = passTexts(root, state, tabs, crypto.getRandomValues(new Uint8Array(16)))
    const answer = _wsmq_webapp_configure(
      link.connection,
      since,
      willDelay,
      Number(renames),
      rollCalls[rollCall],
      randomNumber(),
      randomNumber(),
      size,
    )
    checkAnswer(answer, 'Joining')
    handlersOf.set(link, handlers)
  }

  /** A webapp that joined says goodbye first. */
  override disconnect(reasonCode: number = 0) {
    const link = linkOf(this)
    if (reasonCode === 0 && handlersOf.has(link) && this.isConnected()) _wsmq_webapp_leave(link.connection)
    else super.disconnect(reasonCode)
  }

  setState(state: string, tabs: string = '') {
    checkAnswer(_wsmq_webapp_set_state(linkOf(this).connection, passTexts(state, tabs)), 'Presence')
  }

  watchPresence(org: string, user: string) {
    checkAnswer(_wsmq_webapp_watch_presence(linkOf(this).connection, 1, passTexts(org, user)), 'Presence')
  }

  unwatchPresence() {
    checkAnswer(_wsmq_webapp_watch_presence(linkOf(this).connection, 0, passTexts()), 'Presence')
  }

  request({ target, method, params, timeout, traceparent = '' }: LayerRequest) {
    const { kind, name } = targetOf(target)
    const size = passTexts(name, method, traceparent, ...bodyOf(params))
    return checkAnswer(_wsmq_webapp_request(linkOf(this).connection, kind, timeout, size), method)
  }

  cancelRequest(request: number) {
    _wsmq_webapp_cancel(linkOf(this).connection, request)
  }

  grant(request: number, count: number) {
    _wsmq_webapp_grant(linkOf(this).connection, request, count)
  }

  notify(target: RequestTarget, method: string, params: string | undefined = '') {
    const { kind, name } = targetOf(target)
    checkAnswer(_wsmq_webapp_notify(linkOf(this).connection, kind, passTexts(name, method, params)), method)
  }

  expose(on: boolean) {
    checkAnswer(_wsmq_webapp_expose(linkOf(this).connection, Number(on)), 'Exposing')
  }

  respond(call: number, result: string) {
    checkAnswer(_wsmq_webapp_respond(linkOf(this).connection, call, passTexts(result)), 'Responding')
  }

  fail(call: number, code: number, message: string, data: string = '') {
    checkAnswer(_wsmq_webapp_fail(linkOf(this).connection, call, code, passTexts(message, data)), 'Responding')
  }

  progress(call: number, value: string): boolean {
    const answer = _wsmq_webapp_progress(linkOf(this).connection, call, passTexts(value))
    return answer !== -noCredit && checkAnswer(answer, 'Progress') === 0
  }

  sendToPeer(uid: string, { contentType, bytes }: RawBody) {
    checkAnswer(_wsmq_webapp_send(linkOf(this).connection, 0, passTexts(uid, contentType, bytes)), 'Sending')
  }

  sendToRoom(room: string, { contentType, bytes }: RawBody) {
    checkAnswer(_wsmq_webapp_send(linkOf(this).connection, 1, passTexts(room, contentType, bytes)), 'Sending')
  }

  joinRoom(room: string) {
    checkAnswer(_wsmq_webapp_room(linkOf(this).connection, 1, passTexts(room)), `Room ${room}`)
  }

  leaveRoom(room: string) {
    checkAnswer(_wsmq_webapp_room(linkOf(this).connection, 0, passTexts(room)), `Room ${room}`)
  }

  watchDevices(serialNumbers: string[] | undefined = []) {
    checkAnswer(_wsmq_webapp_watch_devices(linkOf(this).connection, 1, passTexts(...serialNumbers)), 'Devices')
  }

  unwatchDevices() {
    checkAnswer(_wsmq_webapp_watch_devices(linkOf(this).connection, 0, passTexts()), 'Devices')
  }

  discover(service: string) {
    checkAnswer(_wsmq_webapp_discover(linkOf(this).connection, passTexts(service)), 'Services')
  }
}
