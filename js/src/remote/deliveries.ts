// Whose messages are on their way, so that each page hears of its own, and one that comes back hears what it missed.
import type { HostPort } from './host-port.js'
import type { HostCommand } from './protocol.js'

interface Tab {
  readonly name: string
  port: HostPort | undefined
  /** By the page's number: the module's. */
  readonly operations: Map<number, number>
  /** What it could not be told. */
  readonly missed: Map<number, HostCommand>
}

/** Of one page that is gone; it may have crashed, and never come back. */
const MOST_MISSED = 10_000

export class Deliveries {
  readonly #tabs = new Map<string, Tab>()
  /** By the module's number. */
  readonly #owners = new Map<number, { tab: Tab; operation: number }>()

  onEnded: ((tab: string, operation: number) => void) | undefined

  attach(port: HostPort): void {
    const tab = this.#tabOf(port.tab)
    tab.port = port
  }

  /** `mayReturn`: frozen, or so it seems. What it published is delivered all the same. */
  detach(port: HostPort, mayReturn: boolean): void {
    const tab = this.#tabs.get(port.tab)
    if (tab?.port !== port) return
    tab.port = undefined
    if (!mayReturn || tab.operations.size === 0) this.#tabs.delete(tab.name)
  }

  /** Whether this was published before: a page repeats what it does not know to be done. */
  isKnown(port: HostPort, operation: number): boolean {
    const tab = this.#tabs.get(port.tab)
    const missed = tab?.missed.get(operation)
    if (missed === undefined) return tab?.operations.has(operation) === true
    tab?.missed.delete(operation)
    port.send(missed)
    return true
  }

  /** The module's numbers are positive; those of records that were left are negative here. */
  began(tabName: string, operation: number, number: number): void {
    const tab = this.#tabOf(tabName)
    tab.operations.set(operation, number)
    this.#owners.set(number, { tab, operation })
  }

  numberOf(port: HostPort, operation: number): number | undefined {
    return this.#tabs.get(port.tab)?.operations.get(operation)
  }

  /** Whether the page could be told. */
  ended(number: number, report: (operation: number) => HostCommand): boolean {
    const owner = this.#owners.get(number)
    if (owner === undefined) return false
    const { tab, operation } = owner
    this.#owners.delete(number)
    tab.operations.delete(operation)
    this.onEnded?.(tab.name, operation)
    if (tab.port !== undefined) {
      tab.port.send(report(operation))
      return true
    }
    if (tab.missed.size < MOST_MISSED) tab.missed.set(operation, report(operation))
    return false
  }

  /** Of pages other than this one. */
  get hasOrphans(): boolean {
    for (const { tab } of this.#owners.values()) if (tab.port === undefined) return true
    return false
  }

  clear(): void {
    this.#owners.clear()
    for (const tab of [...this.#tabs.values()]) {
      tab.operations.clear()
      if (tab.port === undefined) this.#tabs.delete(tab.name)
    }
  }

  #tabOf(name: string): Tab {
    let tab = this.#tabs.get(name)
    if (tab === undefined) this.#tabs.set(name, (tab = { name, port: undefined, operations: new Map(), missed: new Map() }))
    return tab
  }
}
