// Whose messages are on their way, so that each page hears of its own, and one that comes back hears what it missed.
import type { HostPort } from './host-port.js'
import type { HostCommand } from './protocol.js'

/** How a message of a page ended. */
export type Ending = Extract<HostCommand, readonly ['published' | 'publishFailed', ...unknown[]]>

interface Tab {
  readonly name: string
  port: HostPort | undefined
  /** By the page's number: the module's. */
  readonly operations: Map<number, number>
  /** What its port was told, in this order, and the page has not confirmed. */
  readonly told: Map<number, Ending>
  /** What it could not be told, or may not have heard from a former port. */
  readonly missed: Map<number, Ending>
}

/** Of one page that is gone; it may have crashed, and never come back. */
const MOST_MISSED = 10_000
/** Pages that are gone, of which that is kept. */
const MOST_AWAY = 50

export class Deliveries {
  readonly #tabs = new Map<string, Tab>()
  /** By the module's number. */
  readonly #owners = new Map<number, { tab: Tab; operation: number }>()
  /** Gone, the one that went last at the end. */
  readonly #away = new Set<Tab>()
  /** Of which unheard() has something new. */
  readonly #changed = new Set<Tab>()

  onEnded: ((tab: string, operation: number) => void) | undefined

  attach(port: HostPort): void {
    const tab = this.#tabOf(port.tab)
    tab.port = port
    this.#away.delete(tab)
  }

  /** `mayReturn`: frozen, or so it seems. What it published is delivered all the same. */
  detach(port: HostPort, mayReturn: boolean): void {
    const tab = this.#tabs.get(port.tab)
    if (tab?.port !== port) return
    tab.port = undefined
    for (const ending of tab.told.values()) miss(tab, ending)
    tab.told.clear()
    if (mayReturn) this.#keep(tab)
    else this.#forget(tab)
  }

  /** Whether this was published before: a page repeats what it does not know to be done. */
  isKnown(port: HostPort, operation: number): boolean {
    const tab = this.#tabs.get(port.tab)
    const missed = tab?.missed.get(operation)
    if (missed === undefined) return tab?.operations.has(operation) === true
    tab?.missed.delete(operation)
    this.tell(port, operation, missed)
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
  ended(number: number, report: (operation: number) => Ending): boolean {
    const owner = this.#owners.get(number)
    if (owner === undefined) return false
    const { tab, operation } = owner
    this.#owners.delete(number)
    tab.operations.delete(operation)
    this.onEnded?.(tab.name, operation)
    if (tab.port !== undefined) {
      this.tell(tab.port, operation, report(operation))
      return true
    }
    if (this.#tabs.get(tab.name) === tab) this.missed(tab.name, report(operation))
    return false
  }

  tell(port: HostPort, operation: number, ending: Ending): void {
    port.send(ending)
    const tab = port.mayMiss ? this.#tabs.get(port.tab) : undefined
    if (tab === undefined) return
    tab.told.set(operation, ending)
    this.#changed.add(tab)
  }

  /** The page may ask for it. */
  missed(tabName: string, ending: Ending): void {
    const tab = this.#tabOf(tabName)
    miss(tab, ending)
    this.#changed.add(tab)
  }

  /** The page knows the first so many of what its port was told, and all that it could not be told. */
  heard(port: HostPort, count: number): void {
    const tab = this.#tabs.get(port.tab)
    if (tab?.port !== port) return
    tab.missed.clear()
    let left = count
    for (const operation of tab.told.keys()) {
      if (!(left-- > 0)) break
      tab.told.delete(operation)
    }
    this.#changed.add(tab)
  }

  /** What pages may not have heard, of those where that has changed since the last call. */
  unheard(): [tab: string, endings: Ending[]][] {
    const all = [...this.#changed].map(({ name, missed, told }): [string, Ending[]] => [name, [...missed.values(), ...told.values()]])
    this.#changed.clear()
    return all
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
    this.#away.clear()
  }

  /** It is away. */
  #keep(tab: Tab): void {
    this.#away.add(tab)
    for (const each of this.#away) {
      if (this.#away.size <= MOST_AWAY) break
      if (each.operations.size === 0) this.#forget(each)
    }
  }

  #forget(tab: Tab): void {
    tab.missed.clear()
    this.#away.delete(tab)
    this.#tabs.delete(tab.name)
    this.#changed.add(tab)
  }

  #tabOf(name: string): Tab {
    const known = this.#tabs.get(name)
    if (known !== undefined) return known
    const tab: Tab = { name, port: undefined, operations: new Map(), told: new Map(), missed: new Map() }
    this.#tabs.set(name, tab)
    this.#keep(tab)
    return tab
  }
}

function miss({ missed }: Tab, ending: Ending): void {
  if (missed.size < MOST_MISSED) missed.set(ending[1], ending)
}
