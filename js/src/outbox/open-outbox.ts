// An outbox: what was accepted at QoS 1 and 2 outlives the page. Loaded when a connection has one.
import { randomClientId } from '../connect-options.js'
import { InvalidArgumentError, MqttError, type ErrorCode } from '../errors.js'
import { publishFailed, publishRefused } from '../failure.js'
import type { Client, Module, ModuleConnectOptions } from '../module.js'
import type { ConnectOptions, OutboxOptions } from '../options.js'
import { redactedUri } from '../redacted-uri.js'
import type { Uri } from '../uris.js'
import { Drain } from './drain.js'
import { type Delivered, deliveredOf, type DeliveredFacts, type Stored } from './events.js'
import { isNode, FileStorage } from './file.js'
import { IndexedDbStorage } from './indexed-db.js'
import type { NodeProcess } from './node-modules.js'
import { type Keeps, OutboxStore } from './outbox.js'
import { type Claim, Slots } from './slots.js'
import { keepsOfWebapp, statusTopicOf } from './webapp-topics.js'

/** Seconds for which the broker keeps the session, by which QoS 2 messages of an earlier page are recognised. */
const SESSION_EXPIRY = 3600
const MAX_MESSAGES = 10_000
/** Milliseconds: the module hands a change over within two of these (wasm/glue/store.ts). */
const STORE_INTERVAL = 5
const MAX_BYTES = 16 * 2 ** 20

export interface OutboxRequest {
  module: Pick<Module, 'Client' | 'describeReason'>
  uris: readonly [Uri, ...Uri[]]
  options: ConnectOptions
  /** Names the slot; undefined: the slot's own is used. */
  clientId?: string | undefined
  /** Of a webapp: its account, and where the topics of the convention begin. */
  webapp?: { account: string; root: string }
  /** The name of the connection, where one tab has it for others. */
  group?: string | undefined
}

export interface OutboxEvents {
  delivered: (delivered: Delivered) => void
  error: (error: MqttError) => void
  /** A message of an earlier page is over: there may be none left. */
  over: () => void
}

/**
 * Opens the outbox of a connection, and holds its slot until close(). Rejects with MqttError (`outbox_in_use`) or
 * InvalidArgumentError; where storage fails it goes on from memory, and reports that.
 */
export async function openOutbox(request: OutboxRequest): Promise<Outbox> {
  const { options, clientId, group } = request
  const settings: OutboxOptions = typeof options.outbox === 'object' ? options.outbox : {}
  if (options.cleanStart === true)
    throw new InvalidArgumentError('An outbox resumes its session, and so cleanStart cannot be true: leave it out.')
  if (options.sessionExpiryInterval === 0)
    throw new InvalidArgumentError('An outbox needs a session that outlives the page: set sessionExpiryInterval above 0, or leave it out.')
  const storage = storageFor(settings)
  const slots = new Slots(storage, scopeOf(request, settings), randomClientId, group)
  const outbox = new Outbox(request, settings)
  try {
    outbox.use(storage, slots, await slots.claim(clientId))
  } catch (thrown) {
    if (thrown instanceof MqttError) throw thrown
    outbox.use(storage, slots, await slots.claimNew(clientId))
    outbox.store.failed(thrown)
  }
  return outbox
}

/**
 * The page that has the connection of this name for others hangs: the next one can have its outbox, and whatever it still
 * does with that comes to nothing. `isHeld`: whether it holds this lock.
 */
export function deposeOutbox(group: string, isHeld: (lock: string) => Promise<boolean>): Promise<void> {
  return new IndexedDbStorage().depose(group, isHeld)
}

export class Outbox {
  readonly #request: OutboxRequest
  readonly #settings: OutboxOptions
  #claim!: Claim
  #drain!: Drain
  /** Reports from before begin(). */
  #early: (() => void)[] | undefined = []
  #events: OutboxEvents | undefined
  #stopListening = () => {}
  #closing: Promise<void> | undefined
  store!: OutboxStore

  constructor(request: OutboxRequest, settings: OutboxOptions) {
    this.#request = request
    this.#settings = settings
  }

  /** Once, before all others. */
  use(storage: FileStorage | IndexedDbStorage, slots: Slots, claim: Claim): void {
    const { module, uris, options, webapp } = this.#request
    const keeps: Keeps = webapp === undefined ? () => true : keepsOfWebapp(webapp.root)
    const handlers = {
      onDelivered: (facts: DeliveredFacts) => this.#report(() => this.#events?.delivered(deliveredOf(facts))),
      onUndelivered: (topic: string, code: ErrorCode, reasonCode: number) =>
        this.#fail(
          code === 'publish_refused'
            ? publishRefused(reasonCode, undefined, (reason) => module.describeReason(reason), topic)
            : publishFailed(code, topic),
        ),
      onOver: () => this.#events?.over(),
      onFailed: (cause: unknown) => this.#fail(storageError(cause)),
    }
    this.#claim = claim
    this.store = new OutboxStore(storage, claim, keeps, handlers)
    this.#drain = new Drain(
      {
        ...{ module, uris, options, storage, slots, handlers },
        sessionExpiryInterval: this.#sessionExpiryInterval,
        statusTopic: webapp && statusTopicOf(webapp.root),
      },
      claim.slot.id,
    )
  }

  /** For the client of the module. */
  get clientId(): string {
    return this.#claim.slot.clientId
  }

  /** For connect() of the client, beside the other options. */
  get session(): Partial<ModuleConnectOptions> {
    const { messages = MAX_MESSAGES, bytes = MAX_BYTES } = this.#request.options.queue ?? {}
    const { maxMessages = MAX_MESSAGES, maxBytes = MAX_BYTES } = this.#settings
    return {
      store: this.store,
      cleanSession: false,
      sessionExpiryInterval: this.#sessionExpiryInterval,
      queueMaximumMessages: Math.min(messages, maxMessages),
      queueMaximumBytes: Math.min(bytes, maxBytes),
    }
  }

  get #sessionExpiryInterval(): number {
    return this.#request.options.sessionExpiryInterval ?? SESSION_EXPIRY
  }

  /** Before connect() of the client. */
  attach(client: Client, events: OutboxEvents): void {
    this.#events = events
    if (this.#settings.whenFull === 'drop_oldest') {
      const publish = client.publish.bind(client)
      client.publish = (topic, payload, options) => publish(topic, payload, { whenBlocked: 'drop_oldest', ...options })
    }
    // A page writes down what it has when it is left.
    if (isNode()) {
      const { process: node } = globalThis as unknown as { process: NodeProcess }
      const end = () => client.delete()
      node.once('exit', end)
      this.#stopListening = () => node.removeListener('exit', end)
    }
  }

  /** The application has had the opportunity to add handlers: that of a webapp has it later. */
  prepared(): void {
    if (this.#request.webapp === undefined) this.begin()
  }

  /** Reports what has been held back, and all else from now on. */
  begin(): void {
    const early = this.#early ?? []
    this.#early = undefined
    for (const report of early) report()
  }

  /** For the first time: what dead tabs left is sent, too. */
  connected(): void {
    this.#drain.start()
    // The promise of connect() resolves first, and its handlers are added.
    setTimeout(() => this.prepared())
  }

  /** Resolves once what was published before is in storage. Rejects with MqttError (`outbox_failed`) if it cannot be stored. */
  async stored(): Promise<Stored> {
    // Timers end in the order in which they were set: by then the module has handed over what it had.
    for (const interval of [STORE_INTERVAL, STORE_INTERVAL]) await new Promise((resolve) => setTimeout(resolve, interval))
    return this.store.stored().catch((cause: unknown) => {
      throw storageError(cause)
    })
  }

  /** The connection has another client identifier from now on, and so has its slot. */
  rename(clientId: string): void {
    this.#claim.slot.clientId = clientId
    this.store.saveSlot()
  }

  /**
   * After delete() of the client. What is unfinished is sent by the page that comes after. Never rejects; a second call
   * returns the same promise.
   */
  close(): Promise<void> {
    this.#stopListening()
    this.#drain.stop()
    return (this.#closing ??= this.store.close())
  }

  #fail(error: MqttError): void {
    this.#report(() => this.#events?.error(error))
  }

  #report(report: () => void): void {
    if (this.#early === undefined) report()
    else this.#early.push(report)
  }
}

function storageFor({ folder }: OutboxOptions): FileStorage | IndexedDbStorage {
  if (folder !== undefined) return new FileStorage(folder)
  if (isNode() && (globalThis as { indexedDB?: IDBFactory }).indexedDB === undefined)
    throw new InvalidArgumentError("Under Node an outbox needs a folder for its files: outbox: { folder: './outbox' }.")
  return new IndexedDbStorage()
}

/** What is sent to one broker, by one user. An address may contain a token, and functions give others each time. */
function scopeOf({ uris, options: { credentials }, webapp }: OutboxRequest, { name }: OutboxOptions): string {
  const addresses = uris.map((uri) => (typeof uri === 'string' ? redactedUri(uri).replace(/\?.*/, '') : '*'))
  const user = typeof credentials === 'object' ? (credentials.username ?? '') : ''
  return JSON.stringify([name ?? [addresses.sort(), user], ...(webapp === undefined ? [] : [webapp.account, webapp.root])])
}

function storageError(cause: unknown): MqttError {
  const isFull = /quota|ENOSPC/i.test(`${(cause as Partial<Error> | null)?.name} ${String(cause)}`)
  return new MqttError(
    'outbox_failed',
    `The outbox cannot store messages${isFull ? ', because storage is full' : ''}: see the cause. They are delivered as long as this page lives, and storing is tried again.`,
    { cause },
  )
}
