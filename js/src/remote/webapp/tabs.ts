// Where each page has a state of its own: who is there, for the record of all.
import type { LayerOptions, WebappClient } from '../../webapp/layer.js'
import type { HostPort } from '../host-port.js'
import { plainError } from '../protocol.js'
import type { LayerRow, TabState } from './commands.js'
import type { LayerEvents } from './layer-host.js'
import { fitsRecord } from './names.js'
import { recordOf } from './tab-record.js'

/** In milliseconds: pages that close together do so within this time, and are one record. */
const TOGETHER = 100

interface Entry {
  tab: TabState
  /** There is room for it in the record. */
  isTold: boolean
  /** The page was told that there is none. */
  wasRefused: boolean
}

export class Tabs {
  readonly #client: WebappClient
  readonly #options: LayerOptions
  readonly #later: LayerEvents['later']
  readonly #entries = new Map<HostPort, Entry>()
  /** What the module was told, until it refused that. */
  #said: string | undefined
  #isDue = false
  #isDueLater = false

  /** With the pages that have joined by now. */
  constructor(client: WebappClient, ports: ReadonlySet<HostPort>, options: LayerOptions, { later }: Pick<LayerEvents, 'later'>) {
    this.#client = client
    this.#options = options
    this.#later = later
    for (const port of ports) if (port.isJoined) this.add(port)
    this.#makeRoom()
    const { state, tabs } = this.record
    this.#said = state + tabs
  }

  /** Of those that there is room for. */
  get record(): Required<Pick<LayerOptions, 'state' | 'tabs'>> {
    return recordOf(this.#told)
  }

  add(port: HostPort): void {
    const tab = port.layer?.tab
    if (tab === undefined) return
    this.#entries.set(port, { tab, isTold: false, wasRefused: false })
    this.#soon()
  }

  /** The page has another state. Where there is no room for it, it keeps what it had. */
  set(port: HostPort, tab: TabState): void {
    const entry = this.#entries.get(port)
    if (entry === undefined) return
    if (entry.isTold && !this.#fits([...this.#told.filter((each) => each !== entry.tab), tab]))
      return port.send(['layer', ['refused', tab.setAt, entry.tab], undefined])
    this.#entries.set(port, { tab, isTold: entry.isTold, wasRefused: false })
    this.#soon()
  }

  leave(port: HostPort): void {
    if (!this.#entries.delete(port) || this.#isDueLater) return
    this.#isDueLater = true
    this.#later(() => {
      this.#isDueLater = false
      this.#tell()
    }, TOGETHER)
  }

  get #told(): TabState[] {
    return [...this.#entries.values()].filter(({ isTold }) => isTold).map(({ tab }) => tab)
  }

  #fits(tabs: readonly TabState[]): boolean {
    return fitsRecord(this.#client.clientId, { ...this.#options, ...recordOf(tabs) })
  }

  /** Once for all that one task has to say. */
  #soon(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      this.#tell()
    })
  }

  /** Who was there first comes first. */
  #makeRoom(): void {
    const waiting = [...this.#entries].filter(([, { isTold }]) => !isTold)
    for (const [port, entry] of waiting.sort(([, a], [, b]) => a.tab.since - b.tab.since)) {
      entry.isTold = this.#fits([...this.#told, entry.tab])
      if (entry.isTold || entry.wasRefused) continue
      entry.wasRefused = true
      port.send(['layer', ['refused', entry.tab.setAt, undefined], undefined])
    }
  }

  #tell(): void {
    // The connection ends with the last one.
    if (this.#entries.size === 0 || this.#client.isDeleted()) return
    this.#makeRoom()
    const { state, tabs } = this.record
    if (this.#said !== state + tabs) this.#say(state, tabs)
    this.#send(['tabs', this.#told])
  }

  #say(state: string, tabs: string): void {
    this.#said = undefined
    try {
      this.#client.setState(state, tabs)
      this.#said = state + tabs
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code !== 'left') this.#send(['error', plainError(thrown)])
    }
  }

  #send(row: LayerRow): void {
    for (const port of this.#entries.keys()) port.send(['layer', row, undefined])
  }
}
