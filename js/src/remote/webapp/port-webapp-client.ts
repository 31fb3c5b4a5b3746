// The module's client of a webapp as a page has it whose connection lives elsewhere. Messages and notifications are ordinary
// messages of PortClient, so that none is lost with a host; all else is the host's layer, which is told and tells.
import type { ModuleConnectOptions } from '../../module.js'
import { isJsonRpc, topicsOf } from '../../outbox/webapp-topics.js'
import { layerError } from '../../webapp/calls.js'
import { isOf } from '../../webapp/account.js'
import type {
  JoinLayerOptions,
  LayerHandlers,
  LayerOptions,
  LayerRequest,
  RawBody,
  RequestTarget,
  WebappClient,
} from '../../webapp/layer.js'
import type { Link } from '../link.js'
import { PortClient } from '../port-client.js'
import { type Body, leftOf, type PageCommand } from '../protocol.js'
import { Census } from './census.js'
import type { LayerCommand, LayerRow, LayerStart, StateRow } from './commands.js'
import { checkNamed, checkRecord, checkTarget, isAccountPart, isLevel, isRoom, isRoot, isUid, moduleError, refusal } from './names.js'
import { OwnTab } from './own-tab.js'
import { PageCalls } from './page-calls.js'
import { PageRequests } from './page-requests.js'
import { recordOf, tooLargeForAll } from './tab-record.js'
import { Wishes } from './wishes.js'

const JSON_TYPE = 'application/json'
/** In milliseconds: as long as the module waits at its goodbye. */
const PATIENCE = 2000
const NOT_CONNECTED = { error: 'not_connected', text: 'There is no connection' } as const
const SESSION_LOST = { error: 'session_lost', text: 'Another connection took the session over' } as const

type Rows = { readonly [Name in LayerRow[0]]: (row: Extract<LayerRow, readonly [Name, ...unknown[]]>, buffer: Buffer) => void }
/** Of the packet. */
type Buffer = ArrayBuffer | undefined

export class PortWebappClient extends PortClient implements WebappClient {
  readonly #link: Link
  #own: LayerOptions | undefined
  /** Where each page has a state of its own. */
  #tab: OwnTab | undefined
  #isWatched: (uid: string) => boolean = () => false
  #topics = topicsOf('')
  #on: LayerHandlers | undefined
  #isVersion5 = true
  #isLeaving = false
  /** Before it says goodbye, its messages are waited for. */
  #patience: ReturnType<typeof setTimeout> | undefined
  #isCalling = false
  /** What arrived from within a call. */
  #early: [LayerRow, Buffer][] = []
  readonly #requests = new PageRequests((number) => this.#on?.onFailure(number, NOT_CONNECTED))
  readonly #calls = new PageCalls()
  #onJoined!: () => void
  readonly #joined = new Promise<void>((resolve) => (this.#onJoined = resolve))
  readonly #census: Census | undefined
  readonly #wishes = new Wishes()

  constructor(link: Link, uri: string, clientId: string) {
    super(link, uri, clientId)
    this.#link = link
    if (link.survives) this.#census = new Census((row) => this.#state(row))
    const { onCommand, onHost, onHostLost } = link
    link.onCommand = (command, buffer) => {
      if (command[0] === 'layer') return this.#arrived(command[1], buffer)
      if (command[0] === 'connected') this.#requests.connected()
      onCommand?.(command, buffer)
      if (this.#patience !== undefined && this.unfinishedMessages === 0) this.#sayGoodbye()
    }
    link.onHost = (sender) => {
      if (this.#isLeaving) return
      onHost?.(sender)
      this.#restore()
    }
    link.onHostLost = (error, isFinal) => {
      if (!isFinal) this.#lost()
      // Whoever has it says goodbye for this page.
      if (this.#isLeaving) onCommand?.(leftOf(this.uri), undefined)
      else onHostLost?.(error, isFinal)
    }
  }

  protected override get layer(): LayerStart | undefined {
    return this.#own && { options: this.#own, account: this.clientId.slice(0, this.clientId.lastIndexOf(':')), tab: this.#tab?.own }
  }

  override connect(options: ModuleConnectOptions = {}): void {
    this.#isVersion5 = (options.mqttVersion ?? 5) === 5
    this.#calling(() => super.connect(options))
  }

  join({ tab: id, ...options }: JoinLayerOptions, handlers: LayerHandlers): void {
    if (!isRoot(options.root)) throw refusal('invalid_root', 'Joining')
    checkNamed(isUid(this.clientId), 'Joining')
    const tab = id === undefined ? undefined : new OwnTab(id, options)
    checkRecord(this.clientId, { ...options, ...(tab && recordOf([tab.own])) }, 'Joining')
    this.#tab = tab
    this.#own = options
    this.#topics = topicsOf(options.root)
    this.#on = handlers
  }

  /** A webapp that joined says goodbye first. */
  override disconnect(reasonCode = 0): void {
    if (reasonCode !== 0 || this.#on === undefined || this.#isLeaving || !this.isConnected()) return super.disconnect(reasonCode)
    this.#isLeaving = true
    if (this.unfinishedMessages === 0) this.#sayGoodbye()
    else this.#patience = setTimeout(() => this.#sayGoodbye(), PATIENCE)
  }

  override delete(): void {
    clearTimeout(this.#patience)
    this.#requests.end()
    this.#census?.end()
    super.delete()
  }

  setState(state: string): void {
    if (this.#own === undefined) return
    if (this.#tab !== undefined) return this.#say(['tab', this.#tab.set(state, this.clientId, this.#own)])
    const own = { ...this.#own, state }
    checkRecord(this.clientId, own, 'Presence')
    this.#own = own
    this.#say(['state', state])
  }

  watchPresence(org: string, user: string): void {
    for (const part of [org, user]) checkNamed(part === '' || isAccountPart(part), 'Presence')
    this.#watch((uid) => isOf(uid, org, user))
    this.#say(['watchPresence', org, user])
  }

  unwatchPresence(): void {
    this.#watch(() => false)
    this.#say(['unwatchPresence'])
  }

  request(request: LayerRequest): number {
    checkTarget(request.target, request.method)
    const { params } = request
    // A view would take all of its buffer along.
    const given = typeof params === 'object' ? { ...request, params: { ...params, bytes: params.bytes.slice() } } : request
    const number = this.#requests.begin(given, this.isConnected())
    this.#say(['request', number, given])
    return number
  }

  cancelRequest(request: number): void {
    if (this.#requests.finish(request)) this.#say(['cancelRequest', request])
  }

  grant(request: number, count: number): void {
    if (this.#requests.has(request)) this.#say(['grant', request, count])
  }

  notify(target: RequestTarget, method: string, params: string | undefined): void {
    checkTarget(target, method)
    const topics = this.#topics
    const topic = 'peer' in target ? topics.peer(target.peer, this.clientId) : topics.request(target.service, this.clientId)
    const given = params === undefined ? '' : `,"params":${params}`
    this.#publish(topic, `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${given}}`, JSON_TYPE)
  }

  sendToPeer(uid: string, { bytes, contentType }: RawBody): void {
    checkNamed(isUid(uid), 'Sending')
    if (isJsonRpc(bytes)) throw refusal('invalid_argument', 'Sending')
    this.#publish(this.#topics.peer(uid, this.clientId), bytes, contentType)
  }

  sendToRoom(room: string, { bytes, contentType }: RawBody): void {
    checkNamed(isRoom(room), 'Sending')
    this.#publish(this.#topics.room(room, this.clientId), bytes, contentType)
  }

  /** Which methods there are, is said below. */
  expose(): void {}

  nameMethods(methods: readonly string[]): void {
    this.#say(['methods', methods])
  }

  respond(call: number, result: string): void {
    const number = this.#calls.finish(call)
    if (number !== undefined) this.#say(['respond', number, result])
  }

  fail(call: number, code: number, message: string, data: string | undefined): void {
    const number = this.#calls.finish(call)
    if (number !== undefined) this.#say(['fail', number, code, message, data])
  }

  progress(call: number, value: string): boolean {
    const number = this.#calls.spend(call)
    if (number === undefined) return false
    this.#say(['progress', number, value])
    return true
  }

  joinRoom(room: string): void {
    checkNamed(isRoom(room), `Room ${room}`)
    this.#say(['room', room, true])
  }

  leaveRoom(room: string): void {
    this.#say(['room', room, false])
  }

  watchDevices(serialNumbers: string[] | undefined): void {
    for (const each of serialNumbers ?? []) checkNamed(isLevel(each), 'Devices')
    this.#census?.forget('device', (each) => serialNumbers?.includes(each) ?? true)
    this.#say(['devices', serialNumbers])
  }

  unwatchDevices(): void {
    this.watchDevices([])
  }

  discover(): void {
    this.#say(['discover'])
  }

  #sayGoodbye(): void {
    clearTimeout(this.#patience)
    this.#patience = undefined
    this.#post(['goodbye'])
    this.flush()
  }

  #publish(topic: string, payload: string | Uint8Array, contentType: string): void {
    const properties = this.#isVersion5 && contentType !== '' ? { properties: { contentType } } : {}
    this.publish(topic, payload, { qos: 1, ...properties })
  }

  #say(command: LayerCommand): void {
    this.#wishes.note(command)
    this.#post(['layer', command])
  }

  #post(command: PageCommand): void {
    this.#calling(() => this.#link.sender.add(command))
  }

  /** A host in this page answers at once, and no handler is called from within a call. */
  #calling(call: () => void): void {
    this.#isCalling = true
    try {
      call()
    } finally {
      this.#isCalling = false
    }
  }

  #arrived(row: LayerRow, buffer: Buffer): void {
    if (!this.#isCalling && this.#early.length === 0) return this.#take(row, buffer)
    if (this.#early.push([row, buffer]) > 1) return
    queueMicrotask(() => {
      for (const each of this.#early) this.#take(...each)
      this.#early = []
    })
  }

  #take(row: LayerRow, buffer: Buffer): void {
    if (this.isDeleted() || this.#on === undefined) return
    try {
      if (Object.hasOwn(this.#rows, row[0])) (this.#rows[row[0]] as (row: LayerRow, buffer: Buffer) => void)(row, buffer)
    } catch (thrown) {
      this.onError?.(thrown)
    }
  }

  readonly #rows: Rows = {
    joined: ([, { since, state }]) => {
      const isOther = state !== this.#own?.state && this.#tab === undefined
      if (this.#own !== undefined) this.#own = { ...this.#own, since, state }
      if (isOther) this.#on?.onState?.(state)
      this.#census?.settle()
      this.#on?.onJoined()
      this.#onJoined()
    },
    joinFailed: ([, error, text, reasonCode]) => this.#on?.onJoinFailed(error as never, text, reasonCode),
    renamed: ([, uid]) => {
      this.rename(uid)
      this.#on?.onRenamed(uid)
    },
    state: ([, state]) => {
      if (this.#own !== undefined) this.#own = { ...this.#own, state }
      this.#on?.onState?.(state)
    },
    tabs: ([, tabs]) => {
      if (this.#tab !== undefined) this.#on?.onTabs?.(this.#tab.told(tabs))
    },
    refused: ([, setAt, former]) => {
      const state = former && this.#tab?.takeBack(setAt, former)
      if (state !== undefined) this.#on?.onState?.(state)
      const report = () => this.onError?.(layerError(tooLargeForAll(former === undefined)))
      // The promise of join() resolves first, and its handlers are added.
      if (former === undefined) void this.#joined.then(() => setTimeout(report))
      else report()
    },
    presence: (row) => {
      if (row[2] === undefined || this.#isWatched(row[1])) this.#told(row)
    },
    device: (row) => this.#told(row),
    service: (row) => this.#told(row),
    result: ([, number, value]) => {
      if (this.#requests.finish(number)) this.#on?.onResult(number, value)
    },
    failure: ([, number, failure]) => {
      if (this.#requests.finish(number)) this.#on?.onFailure(number, failure)
    },
    progress: ([, number, value]) => {
      if (this.#requests.has(number)) this.#on?.onProgress(number, value)
    },
    request: ([, incoming]) => this.#on?.onRequest(this.#calls.began(incoming)),
    ended: ([, call, error]) => {
      const number = this.#calls.ended(call)
      if (number !== undefined) this.#on?.onEnded(number, error as never)
    },
    credit: ([, call, count]) => {
      const number = this.#calls.credited(call, count)
      if (number !== undefined) this.#on?.onCredit(number)
    },
    peerMessage: ([, from, body, contentType], buffer) => this.#on?.onPeerMessage(from, { bytes: bytesOf(body, buffer), contentType }),
    roomMessage: ([, room, from, body, contentType], buffer) =>
      this.#on?.onRoomMessage(room, from, { bytes: bytesOf(body, buffer), contentType }),
    error: ([, { code, message }]) => this.onError?.(layerError(moduleError(code, message))),
  }

  #told(row: StateRow): void {
    if (this.#census?.received(row) !== false) this.#state(row)
  }

  #state(row: StateRow): void {
    const [service = '', instance = ''] = row[1].split('/')
    if (row[0] === 'presence') this.#on?.onPresence(row[1], row[2], row[3], row[4])
    else if (row[0] === 'device') this.#on?.onDevice(row[1], row[2])
    else this.#on?.onService(service, instance, row[2])
  }

  #watch(isWatched: (uid: string) => boolean): void {
    this.#isWatched = isWatched
    this.#census?.forget('presence', isWatched)
  }

  /** The host is gone, and what it had begun with it. */
  #lost(): void {
    this.#census?.lost()
    for (const number of this.#calls.lost()) this.#on?.onEnded(number, 'session_lost')
    for (const number of this.#requests.lost()) this.#on?.onFailure(number, SESSION_LOST)
  }

  #restore(): void {
    for (const command of this.#wishes.all()) this.#say(command)
    for (const [number, request] of this.#requests.again()) this.#say(['request', number, request])
  }
}

/** A copy, so that a message does not keep the packet. */
function bytesOf(body: Body, buffer: Buffer): Uint8Array {
  return typeof body === 'string' || buffer === undefined ? new Uint8Array(0) : new Uint8Array(buffer, ...body).slice()
}
