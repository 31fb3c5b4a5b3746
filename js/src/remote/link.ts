// A page's way to its host, or to one host after another.
import { randomClientId } from '../connect-options.js'
import { MqttError } from '../errors.js'
import type { DeliveredFacts } from '../outbox/events.js'
import { type Attachment, type Channel, errorOf, type HostCommand, isPacket, type PageCommand, PROTOCOL } from './protocol.js'
import { Sender } from './sender.js'

/** What the page asks the module for, apart from a client. */
export interface Tables {
  /** By reason code. */
  readonly reasons: readonly string[]
  readonly finals: readonly number[]
}

/** What the host is told about the options of connect(). */
export interface PageOptions {
  /** Of each option that tabs have to have in common: its value as text. */
  readonly common: Readonly<Record<string, string>>
  /** The options of connect() that are plain data. */
  readonly user: Readonly<Record<string, unknown>>
}

export interface LinkOptions extends PageOptions {
  /** Whether another host may follow, so that the page keeps what it has to tell that one. */
  readonly survives: boolean
  /** The page is through with its connection: whatever was started for it ends, and then the promise resolves. */
  readonly onLeave: () => Promise<void>
  /** A host answers. It holds this lock, if any. */
  readonly onHello?: (lock: string) => void
}

/** Of a page that has its host to itself. An outbox tells its messages from those of an earlier page. */
const alone = (): Attachment => ({ tab: randomClientId(), lock: '', name: '' })

/** In milliseconds. */
const PATIENCE = 3000
/** So many ends of messages are confirmed at once. */
const CONFIRMED = 32

export class Link {
  readonly common: Readonly<Record<string, string>>
  readonly user: Readonly<Record<string, unknown>>
  readonly survives: boolean
  /** Rejects if there is no host, or one of another version. */
  readonly hello: Promise<Tables>
  onCommand: ((command: HostCommand, buffer: ArrayBuffer | undefined) => void) | undefined
  onDelivered: ((delivered: DeliveredFacts) => void) | undefined
  onHost: ((sender: Sender<PageCommand>) => void) | undefined
  onHostLost: ((error: Error, isFinal: boolean) => void) | undefined
  /** Held by the current host. */
  hostLock = ''
  readonly #onLeave: () => Promise<void>
  readonly #onHello: ((lock: string) => void) | undefined
  #channel: Channel | undefined
  #sender: Sender<PageCommand> | undefined
  #resolve!: (tables: Tables) => void
  #reject!: (error: Error) => void
  #left: Promise<void> | undefined
  #onEnded: (() => void) | undefined

  constructor({ common, user, survives, onLeave, onHello }: LinkOptions) {
    this.common = common
    this.user = user
    this.survives = survives
    this.#onLeave = onLeave
    this.#onHello = onHello
    this.hello = new Promise((resolve, reject) => ([this.#resolve, this.#reject] = [resolve, reject]))
    this.hello.catch(() => {})
  }

  get sender(): Sender<PageCommand> {
    if (this.#sender === undefined) throw new Error('There is no host yet.')
    return this.#sender
  }

  /** The host, or the next one. */
  use(channel: Channel, attachment = alone()): void {
    if (this.#left !== undefined) return channel.close()
    const isNext = this.#sender !== undefined
    this.#channel?.close()
    this.#sender?.close()
    this.#channel = channel
    const sender = (this.#sender = new Sender<PageCommand>(channel))
    channel.onPacket = (packet) => {
      if (this.#channel === channel && isPacket(packet))
        for (const command of packet.commands) this.#take(command as unknown as HostCommand, packet.bytes)
    }
    sender.add(['attach', attachment])
    if (isNext) this.onHost?.(sender)
    this.#heard = 0
    if (this.survives) sender.add(['heard', 0])
    sender.flush()
  }

  /** There is no host any more. `isFinal`: and none follows. */
  lost(error: Error, isFinal: boolean): void {
    if (this.#left !== undefined) return
    if (isFinal) this.#reject(error)
    this.onHostLost?.(error, isFinal)
  }

  /** The page is through. A host that ends answers, so that whatever it still sends or stores is sent and stored. */
  leave(): Promise<void> {
    return (this.#left ??= this.#onLeave())
  }

  close(): void {
    this.#sender?.close()
    this.#channel?.close()
  }

  /** Resolves once the host has sent and stored what is left. One that hangs is not waited for. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, PATIENCE)
      this.#onEnded = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  #take(command: HostCommand, buffer: ArrayBuffer | undefined): void {
    switch (command[0]) {
      case 'hello': {
        const [, protocol, reasons, finals, lock] = command
        this.hostLock = lock
        if (lock !== '') this.#onHello?.(lock)
        if (protocol === PROTOCOL) this.#resolve({ reasons, finals })
        else
          this.#reject(
            new MqttError(
              'load_failed',
              'The worker file is of another version of this package: deploy both together, and reload all tabs.',
            ),
          )
        return
      }
      case 'fatal': {
        const { message, cause } = command[1]
        return this.lost(new MqttError('load_failed', message, cause && { cause: errorOf(cause) }), true)
      }
      case 'delivered':
        return this.onDelivered?.(command[1])
      case 'ended':
        return this.#onEnded?.()
      default:
        this.onCommand?.(command, buffer)
    }
    // What was read need not wait in the host: it counts.
    if (command[0] === 'message') this.#read(typeof command[3] === 'string' ? 0 : command[3][1])
    else if (command[0] === 'layer' && command[2] !== undefined) this.#read(command[2])
    else if (command[0] === 'published' || command[0] === 'publishFailed') this.#confirm()
  }

  /** The host, and the next one, knows until then what became of a message, should this page ask again. */
  #confirm(): void {
    if (!this.survives || ++this.#heard < CONFIRMED) return
    this.#sender?.add(['heard', this.#heard])
    this.#heard = 0
  }

  #read(size: number): void {
    this.#readMessages++
    this.#readBytes += size
    if (this.#readMessages > 1) return
    queueMicrotask(() => {
      this.#sender?.add(['read', this.#readMessages, this.#readBytes])
      this.#readMessages = this.#readBytes = 0
    })
  }

  #readMessages = 0
  #readBytes = 0
  #heard = 0
}
