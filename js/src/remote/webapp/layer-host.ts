// The messaging layer where the module is: one webapp, whichever number of pages are it.
import type { Client } from '../../module.js'
import { isOf } from '../../webapp/account.js'
import type { LayerHandlers, WebappClient } from '../../webapp/layer.js'
import type { HostPort } from '../host-port.js'
import { plainError } from '../protocol.js'
import { Board } from './board.js'
import type { LayerCommand, LayerRow, LayerStart } from './commands.js'
import { HostCalls } from './host-calls.js'
import { HostRequests } from './host-requests.js'
import { Tabs } from './tabs.js'

export interface LayerEvents {
  joined(): void
  renamed(uid: string): void
  /** After so many milliseconds, in a hidden page too. */
  later(act: () => void, delay: number): void
}

/** Before connect() of the client. Throws what join() of the module throws. */
export type CreateLayer = (client: Client, ports: ReadonlySet<HostPort>, start: LayerStart, events: LayerEvents) => LayerHost

/** Only the tab that leads needs it. */
export type LoadLayer = () => Promise<CreateLayer>

export const createLayer: CreateLayer = (client, ports, start, events) => new LayerHost(client as WebappClient, ports, start, events)

type Handlers = {
  readonly [Name in LayerCommand[0]]: (port: HostPort, command: Extract<LayerCommand, readonly [Name, ...unknown[]]>) => void
}

export class LayerHost {
  readonly #client: WebappClient
  readonly #ports: ReadonlySet<HostPort>
  readonly #since: number
  readonly #requests: HostRequests
  readonly #calls: HostCalls
  readonly #presence = new Board('presence')
  readonly #devices = new Board('device')
  readonly #services = new Board('service')
  readonly #rooms = new Map<string, Set<HostPort>>()
  /** Undefined: all. */
  readonly #watching = new Map<HostPort, ReadonlySet<string> | undefined>()
  readonly #watchers = new Map<HostPort, readonly [org: string, user: string]>()
  /** What the module watches. */
  #watched: string | undefined
  /** Where each page has a state. */
  readonly #tabs: Tabs | undefined
  #discovers = false
  #state: string
  /** What pages that come late are told of how joining went. */
  #joining: (() => LayerRow) | undefined

  constructor(client: WebappClient, ports: ReadonlySet<HostPort>, { options, tab }: LayerStart, events: LayerEvents) {
    this.#client = client
    this.#ports = ports
    this.#since = options.since
    this.#state = options.state
    this.#requests = new HostRequests(client)
    this.#calls = new HostCalls(client, ports)
    this.#tabs = tab && new Tabs(client, ports, options, events)
    client.join({ ...options, ...this.#tabs?.record }, this.#layerHandlers(events))
  }

  take(port: HostPort, command: LayerCommand): void {
    if (!Object.hasOwn(this.#handlers, command[0])) return
    try {
      ;(this.#handlers[command[0]] as (port: HostPort, command: LayerCommand) => void)(port, command)
    } catch (thrown) {
      port.send(['layer', ['error', plainError(thrown)], undefined])
    }
  }

  /** A page that joins what others began. */
  welcome(port: HostPort): void {
    this.#tabs?.add(port)
    if (this.#joining !== undefined) port.send(['layer', this.#joining(), undefined])
  }

  read(port: HostPort): void {
    for (const board of [this.#presence, this.#devices, this.#services]) board.caughtUp(port)
  }

  /** The page is gone: what only it had is given up. */
  leave(port: HostPort): void {
    this.#requests.leave(port)
    this.#calls.leave(port)
    this.#presence.close(port)
    this.#services.close(port)
    for (const room of [...this.#rooms.keys()]) this.#leaveRoom(port, room)
    if (this.#watching.has(port)) this.#watch(port, [])
    if (this.#watchers.delete(port)) this.#watchPresence()
    this.#tabs?.leave(port)
  }

  #layerHandlers(events: LayerEvents): LayerHandlers {
    return {
      onJoined: () => {
        // The pages know which methods there are.
        this.#client.expose(true)
        this.#conclude(() => ['joined', { uid: this.#client.clientId, since: this.#since, state: this.#state }])
        events.joined()
      },
      onJoinFailed: (error, text, reasonCode) => this.#conclude(() => ['joinFailed', error, text, reasonCode]),
      onRenamed: (uid) => {
        events.renamed(uid)
        this.#tell(['renamed', uid])
      },
      onPresence: (...told) => this.#presence.received(['presence', ...told]),
      onDevice: (serialNumber, status) => this.#devices.received(['device', serialNumber, status]),
      onService: (service, instance, record) => this.#services.received(['service', `${service}/${instance}`, record]),
      onResult: (id, value) => this.#requests.result(id, value),
      onFailure: (id, failure) => this.#requests.failure(id, failure),
      onProgress: (id, value) => this.#requests.progress(id, value),
      onRequest: (incoming) => this.#calls.requested(incoming),
      onEnded: (call, error) => this.#calls.ended(call, error),
      onCredit: (call) => this.#calls.credited(call),
      onPeerMessage: (from, { bytes, contentType }) => {
        for (const port of this.#ports) port.deliverRow(bytes, (body) => ['peerMessage', from, body, contentType])
      },
      onRoomMessage: (room, from, { bytes, contentType }) => {
        for (const port of this.#rooms.get(room) ?? []) port.deliverRow(bytes, (body) => ['roomMessage', room, from, body, contentType])
      },
    }
  }

  readonly #handlers: Handlers = {
    request: (port, [, number, request]) => this.#requests.begin(port, number, request),
    cancelRequest: (port, [, number]) => this.#requests.cancel(port, number),
    grant: (port, [, number, count]) => this.#requests.grant(port, number, count),
    methods: (port, [, methods]) => this.#calls.expose(port, methods),
    respond: (port, [, call, result]) => this.#calls.respond(port, call, result),
    fail: (port, [, call, code, message, data]) => this.#calls.fail(port, call, code, message, data),
    progress: (port, [, call, value]) => this.#calls.progress(port, call, value),
    state: (port, [, state]) => {
      this.#client.setState(state)
      this.#state = state
      for (const other of this.#ports) if (other !== port && other.isJoined) other.send(['layer', ['state', state], undefined])
    },
    tab: (port, [, tab]) => this.#tabs?.set(port, tab),
    watchPresence: (port, [, org, user]) => {
      this.#watchers.set(port, [org, user])
      this.#watchPresence()
      this.#presence.open(port, (uid) => isOf(uid, org, user))
    },
    unwatchPresence: (port) => {
      if (this.#watchers.delete(port)) this.#watchPresence()
      this.#presence.open(port, () => false)
    },
    room: (port, [, room, isIn]) => {
      if (!isIn) return this.#leaveRoom(port, room)
      const pages = this.#rooms.get(room) ?? new Set()
      if (pages.size === 0) this.#client.joinRoom(room)
      this.#rooms.set(room, pages.add(port))
    },
    devices: (port, [, serialNumbers]) => this.#watch(port, serialNumbers),
    discover: (port) => {
      if (!this.#discovers) this.#client.discover('')
      this.#discovers = true
      this.#services.open(port)
    },
  }

  #conclude(row: () => LayerRow): void {
    this.#joining = row
    this.#tell(row())
  }

  #tell(row: LayerRow): void {
    for (const port of this.#ports) if (port.isJoined) port.send(['layer', row, undefined])
  }

  #leaveRoom(port: HostPort, room: string): void {
    const pages = this.#rooms.get(room)
    if (pages?.delete(port) !== true || pages.size > 0) return
    this.#rooms.delete(room)
    this.#client.leaveRoom(room)
  }

  /** The module watches the least that has all that pages watch. */
  #watchPresence(): void {
    const all = [...this.#watchers.values()]
    const common = (part: 0 | 1) => (all.every((each) => each[part] === all[0]?.[part]) ? (all[0]?.[part] ?? '') : '')
    const [org, user] = [common(0), common(1)]
    const watched = all.length === 0 ? undefined : `${org}:${user}`
    if (watched === this.#watched) return
    this.#watched = watched
    if (watched === undefined) this.#client.unwatchPresence()
    else this.#client.watchPresence(org, user)
  }

  /** Of all devices that pages watch, the module watches the union. */
  #watch(port: HostPort, serialNumbers: readonly string[] | undefined): void {
    const wanted = serialNumbers && new Set(serialNumbers)
    if (wanted?.size === 0) this.#watching.delete(port)
    else this.#watching.set(port, wanted)
    const all = [...this.#watching.values()]
    const union = all.includes(undefined) ? undefined : new Set(all.flatMap((each) => [...(each ?? [])]))
    if (union?.size === 0) this.#client.unwatchDevices()
    else this.#client.watchDevices(union && [...union])
    this.#devices.forget((each) => union?.has(each) ?? true)
    if (wanted?.size === 0) this.#devices.close(port)
    else this.#devices.open(port, (each) => wanted?.has(each) ?? true)
  }
}
