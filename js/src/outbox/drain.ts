// Sends what dead tabs left: one slot after the other, each over a short connection of its own with that slot's client
// identifier, so that its session is resumed and QoS 2 is not doubled.
import { moduleOptions } from '../connect-options.js'
import type { Asking } from '../renewal/asking.js'
import type { Client, Module } from '../module.js'
import type { ConnectOptions } from '../options.js'
import type { Uri } from '../uris.js'
import { type OutboxHandlers, OutboxStore } from './outbox.js'
import type { Claim, Slots } from './slots.js'
import type { Storage } from './storage.js'

/** Milliseconds after the connection, or the look: a tab that is being reloaded has its own slot back by then. */
const DELAY = 1000
/** Milliseconds between two looks for what tabs left that died in the meantime. */
const INTERVAL = 60_000

export interface DrainSettings {
  readonly module: Pick<Module, 'Client'>
  readonly uris: readonly [Uri, ...Uri[]]
  readonly options: ConnectOptions
  readonly sessionExpiryInterval: number
  readonly storage: Storage
  readonly slots: Slots
  readonly handlers: OutboxHandlers
  /** Of a webapp: where its presence stands, which the broker does not withdraw if its session is resumed. */
  readonly statusTopic?: ((clientId: string) => string) | undefined
}

export class Drain {
  readonly #settings: DrainSettings
  readonly #own: string
  #timer: ReturnType<typeof setTimeout> | undefined
  #stop: (() => void) | undefined
  #isOver = false

  /** @param own the slot of the page itself */
  constructor(settings: DrainSettings, own: string) {
    this.#settings = settings
    this.#own = own
  }

  start(): void {
    this.#timer ??= setTimeout(() => void this.#run(), DELAY)
  }

  /** What is not sent stays where it is. */
  stop(): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#stop?.()
  }

  async #run(): Promise<void> {
    const tried = new Set([this.#own])
    try {
      for (let claim = await this.#next(tried); claim !== undefined; claim = await this.#next(tried)) await this.#send(claim)
    } catch (thrown) {
      this.#settings.handlers.onFailed(thrown)
    }
    this.#lookAgain()
  }

  /** A page that nobody sees waits until it is shown. */
  #lookAgain(): void {
    if (this.#isOver) return
    const isHidden = () => (globalThis as { document?: Document }).document?.visibilityState === 'hidden'
    this.#timer = setTimeout(() => (isHidden() ? this.#lookAgain() : void this.#look()), INTERVAL)
    ;(this.#timer as { unref?: () => void }).unref?.()
  }

  async #look(): Promise<void> {
    // Whether storage works is reported by whoever writes to it.
    const claim = await this.#next(new Set([this.#own])).catch(() => undefined)
    claim?.release()
    if (claim === undefined) this.#lookAgain()
    else this.#timer = setTimeout(() => void this.#run(), DELAY)
  }

  async #next(tried: Set<string>): Promise<Claim | undefined> {
    const claim = this.#isOver ? undefined : await this.#settings.slots.claimLeft(tried)
    if (!this.#isOver) return claim
    claim?.release()
    return undefined
  }

  async #send(claim: Claim): Promise<void> {
    const { storage, handlers, statusTopic } = this.#settings
    let check = () => {}
    const store = new OutboxStore(storage, claim, () => false, {
      ...handlers,
      onOver: () => check(),
    })
    const { clientId } = claim.slot
    const isDone = await this.#connected(clientId, { store, cleanSession: false }, (client, finish) => {
      check = () => client.isConnected() && client.unfinishedMessages === 0 && finish()
      client.onPublished = client.onPublishFailed = client.onConnected = () => check()
      if (statusTopic !== undefined) client.publish(statusTopic(clientId), '', { qos: 1, retain: true })
    })
    if (!isDone) return store.close()
    await store.discard()
    // Ends the session, or else the broker would go on to keep what the dead tab had subscribed to.
    await this.#connected(clientId, { cleanSession: true, sessionExpiryInterval: 0, reconnect: false }, (client, finish) => {
      client.onConnected = finish
    })
  }

  /** Resolves when `begin` calls `finish` (true), or when there is no connection to be had. */
  #connected(clientId: string, own: object, begin: (client: Client, finish: () => void) => void): Promise<boolean> {
    const { module, uris, options, sessionExpiryInterval } = this.#settings
    return new Promise((resolve) => {
      const client = new module.Client(uris[0], clientId)
      const end = (isDone: boolean) => {
        if (this.#stop !== stop) return
        this.#stop = undefined
        // Not from within a call of the client's own.
        setTimeout(() => {
          if (isDone) client.disconnect()
          client.delete()
          resolve(isDone)
        })
      }
      const stop = (this.#stop = () => end(false))
      const others = { ...options }
      delete others.will
      const request = () => ({ uri: client.uri, clientId, lastError: undefined })
      const { credentials } = options
      // It is over before anything expires.
      const asking: Pick<Asking, 'credentials' | 'note'> = {
        credentials: async () => (typeof credentials === 'function' ? credentials(request()) : {}),
        note: (given) => given,
      }
      client.onConnectionLost = ({ reconnect }) => {
        if (!reconnect) end(false)
      }
      client.connect({
        ...moduleOptions(uris, others, request, asking),
        sessionExpiryInterval,
        ...own,
        onFailure: () => end(false),
      })
      begin(client, () => end(true))
    })
  }
}
