// Which slot an outbox gets. A tab has its own again after a reload; a new tab takes over one that nobody holds, first of
// all one with messages; an explicit client identifier names its slot.
import { MqttError } from '../errors.js'
import { OUTGOING } from '../stored-message.js'
import type { Row, Slot, Storage } from './storage.js'

/** Milliseconds: the browser may release the lock of a page shortly after its reload has begun. */
const RELOAD_TIME = 500
/** The same for an explicit client identifier, whose slot a drain may hold for a moment. */
const EXPLICIT_TIME = 2000
/** Milliseconds after which an empty slot is removed: by then the broker has long forgotten its session. */
const EMPTY_LIFE = 24 * 3_600_000

/** A slot that is ours. */
export interface Claim {
  readonly slot: Slot
  /** What an earlier page left there. */
  readonly rows: Row[]
  readonly release: () => void
}

export class Slots {
  readonly #storage: Storage
  readonly #scope: string
  readonly #newClientId: () => string
  readonly #group: string | undefined

  /**
   * @param newClientId gives one that nobody has
   * @param group the name of the connection that tabs share
   */
  constructor(storage: Storage, scope: string, newClientId: () => string, group?: string) {
    this.#storage = storage
    this.#group = group
    this.#newClientId = newClientId
    this.#scope = scope
  }

  /** Throws MqttError (`outbox_in_use`), or what storage throws. */
  async claim(clientId: string | undefined): Promise<Claim> {
    const slots = await this.#storage.slots(this.#scope)
    return clientId === undefined ? this.#claimAny(slots) : this.#claimNamed(slots, clientId)
  }

  /** Without storage: in memory alone for now, and stored as soon as that is possible. */
  async claimNew(clientId = this.#newClientId()): Promise<Claim> {
    const slot = this.#own({ id: crypto.randomUUID(), scope: this.#scope, clientId, used: Date.now() })
    const release = await this.#storage.lock(slot.id, 0, true).catch(() => undefined)
    remember(this.#scope, slot.id)
    return { slot, rows: [], release: release ?? (() => {}) }
  }

  /** One with messages that nobody holds, after those that `tried` has; undefined: there are no more. */
  async claimLeft(tried: Set<string>): Promise<Claim | undefined> {
    for (const slot of await this.#storage.slots(this.#scope)) {
      if (tried.has(slot.id)) continue
      tried.add(slot.id)
      const claim = await this.#lock(slot, 0)
      if (claim === undefined) continue
      if (claim.rows.some(isMessage)) return this.#take(claim)
      if (Date.now() - slot.used > EMPTY_LIFE) await this.#storage.remove(slot.id)
      claim.release()
    }
    return undefined
  }

  async #claimNamed(slots: Slot[], clientId: string): Promise<Claim> {
    const slot = slots.find((each) => each.clientId === clientId)
    if (slot === undefined) return this.#save(await this.claimNew(clientId))
    const claim = await this.#lock(slot, EXPLICIT_TIME)
    if (claim !== undefined) return this.#save(claim)
    // It may have been drained and removed meanwhile.
    if ((await this.#storage.slots(this.#scope)).every(({ id }) => id !== slot.id)) return this.#save(await this.claimNew(clientId))
    throw new MqttError(
      'outbox_in_use',
      `Another tab or process has the outbox of the client identifier ${clientId}: leave clientId out, so that each has its own, or share one connection.`,
    )
  }

  async #claimAny(slots: Slot[]): Promise<Claim> {
    // First that of the tabs that share the connection: they may have published what is in there.
    const common = slots.filter(({ group }) => group !== undefined && group === this.#group)
    for (const slot of common) {
      const claim = await this.#lock(slot, 0)
      if (claim !== undefined) return this.#save(claim)
    }
    const own = remembered(this.#scope)
    for (const id of own) {
      const slot = slots.find((each) => each.id === id)
      const claim = slot && !held.has(id) ? await this.#lock(slot, RELOAD_TIME) : undefined
      if (claim !== undefined) return this.#save(claim)
    }
    let empty: Claim | undefined
    for (const slot of slots.filter(({ id }) => !own.includes(id))) {
      const claim = await this.#lock(slot, 0)
      if (claim?.rows.some(isMessage)) {
        empty?.release()
        return this.#save(claim)
      }
      if (empty === undefined) empty = claim
      else claim?.release()
    }
    return this.#save(empty ?? (await this.claimNew()))
  }

  #save(claim: Claim): Promise<Claim> {
    remember(this.#scope, claim.slot.id)
    return this.#take(claim)
  }

  async #take(claim: Claim): Promise<Claim> {
    claim.slot.used = Date.now()
    claim.slot.claims = (claim.slot.claims ?? 0) + 1
    try {
      await this.#storage.save(claim.slot)
    } catch (thrown) {
      // What is in there can still be sent.
      claim.release()
      throw thrown
    }
    return claim
  }

  #own({ id, scope, clientId, used, claims = 0 }: Slot): Slot {
    return { id, scope, clientId, used, claims, ...(this.#group !== undefined && { group: this.#group }) }
  }

  /** Undefined also if it is gone by the time that nobody holds it. */
  async #lock(slot: Slot, patience: number): Promise<Claim | undefined> {
    if (held.has(slot.id)) return undefined
    const letGo = await this.#storage.lock(slot.id, patience)
    if (letGo === undefined) return undefined
    held.add(slot.id)
    const release = () => {
      held.delete(slot.id)
      letGo()
    }
    try {
      const now = (await this.#storage.slots(this.#scope)).find(({ id }) => id === slot.id)
      if (now !== undefined) return { slot: this.#own(now), rows: await this.#storage.read(now.id), release }
    } catch (thrown) {
      release()
      throw thrown
    }
    release()
    return undefined
  }
}

export function isMessage({ kind }: Pick<Row, 'kind'>): boolean {
  return kind === OUTGOING
}

/** Slots of this page. */
const held = new Set<string>()

function storageKey(scope: string): string {
  return `websocket-mq outbox ${scope}`
}

/** The slots that this tab had before a reload, in the order in which it opened them. */
function remembered(scope: string): string[] {
  try {
    return (globalThis as { sessionStorage?: globalThis.Storage }).sessionStorage?.getItem(storageKey(scope))?.split(' ') ?? []
  } catch {
    return []
  }
}

function remember(scope: string, id: string): void {
  const ids = remembered(scope)
  if (ids.includes(id)) return
  try {
    ;(globalThis as { sessionStorage?: globalThis.Storage }).sessionStorage?.setItem(storageKey(scope), [...ids, id].join(' '))
  } catch {
    // Full or denied: the page has another slot after a reload.
  }
}
