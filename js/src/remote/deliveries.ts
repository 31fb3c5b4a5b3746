// Whose messages are on their way, so that each page hears of its own, and one that comes back hears what it missed.
import type { HostPort } from './host-port.js'
import type { HostCommand } from './protocol.js'

/** How a message of a page ended. */
export type Ending = Extract<HostCommand, readonly ['published' | 'publishFailed', ...unknown[]]>

/** The same, of a page that may not have heard of it. */
export interface Over {
  readonly tab: string
  readonly ending: Ending
  /** The record that has it; 0: none. */
  row: number
}

interface Tab {
  readonly name: string
  port: HostPort | undefined
  /** By the page's number: the module's. */
  readonly operations: Map<number, number>
  /** What its port was told, in this order, and the page has not confirmed. */
  readonly told: Map<number, Over>
  /** What it could not be told, or may not have heard from a former port. */
  readonly missed: Map<number, Over>
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
  /** What no record has. */
  readonly #fresh = new Set<Over>()

  onEnded: ((tab: string, operation: number) => void) | undefined
  /** Something in this record needs to be known no more. */
  onHeard: ((row: number) => void) | undefined

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
    for (const over of tab.told.values()) this.#miss(tab, over)
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
    this.#say(port, missed)
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
      this.tell(tab.port, report(operation))
      return true
    }
    if (this.#tabs.get(tab.name) === tab) this.#miss(tab, this.#over(tab, report(operation)))
    return false
  }

  tell(port: HostPort, ending: Ending): void {
    const tab = port.mayMiss ? this.#tabs.get(port.tab) : undefined
    if (tab === undefined) port.send(ending)
    else this.#say(port, this.#over(tab, ending))
  }

  /** The page may ask for it; the record has it. */
  missed(tab: string, ending: Ending, row: number): void {
    this.#miss(this.#tabOf(tab), { tab, ending, row })
  }

  /** The page knows the first so many of what its port was told, and all that it could not be told. */
  heard(port: HostPort, count: number): void {
    const tab = this.#tabs.get(port.tab)
    if (tab?.port !== port) return
    this.#dropMissed(tab)
    let left = count
    for (const [operation, over] of tab.told) {
      if (!(left-- > 0)) break
      tab.told.delete(operation)
      this.#drop(over)
    }
  }

  /** What pages may not have heard, and no other record has: this one has it. */
  unheard(row: number): Over[] {
    const all = [...this.#fresh]
    for (const over of all) over.row = row
    this.#fresh.clear()
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
      for (const each of [tab.operations, tab.told, tab.missed]) each.clear()
      if (tab.port === undefined) this.#tabs.delete(tab.name)
    }
    this.#away.clear()
    this.#fresh.clear()
  }

  #over({ name }: Tab, ending: Ending): Over {
    const over = { tab: name, ending, row: 0 }
    this.#fresh.add(over)
    return over
  }

  #say(port: HostPort, over: Over): void {
    port.send(over.ending)
    const tab = port.mayMiss ? this.#tabs.get(port.tab) : undefined
    if (tab === undefined) this.#drop(over)
    else tab.told.set(over.ending[1], over)
  }

  #miss({ missed }: Tab, over: Over): void {
    if (missed.size < MOST_MISSED) missed.set(over.ending[1], over)
    else this.#drop(over)
  }

  #drop(over: Over): void {
    if (!this.#fresh.delete(over)) this.onHeard?.(over.row)
  }

  #dropMissed({ missed }: Tab): void {
    for (const over of missed.values()) this.#drop(over)
    missed.clear()
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
    this.#dropMissed(tab)
    this.#away.delete(tab)
    this.#tabs.delete(tab.name)
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
