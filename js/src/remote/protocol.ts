// What a page and the host of its connection say to each other. A packet is what one task had to say: commands, and the
// payloads of all of them in one buffer, which is handed over and not copied.
import { type ErrorCode, MqttError, PublishError } from '../errors.js'
import type { DeliveredFacts, Stored } from '../outbox/events.js'
import type { Client, ConnectionLoss, Failure, FilterOptions, Negotiated, Properties } from '../module.js'
import type { LayerCommand, LayerRow, LayerStart } from './webapp/commands.js'

export type PublishOptions = NonNullable<Parameters<Client['publish']>[2]>

/** Changes with everything below: a worker file of another version of this package is refused. */
export const PROTOCOL = 4

/** Text, or the place of bytes in the packet's buffer. */
export type Body = string | readonly [start: number, length: number]

/** What connect() is called with, without functions. */
export interface ConnectRequest {
  /** Null: the page has a function for it. */
  readonly uris: readonly (string | null)[]
  readonly clientId: string
  /** Whether `clientId` is explicit, or that of a former host. */
  readonly isNamed: boolean
  /** The options of connect() that are plain data. */
  readonly user: Readonly<Record<string, unknown>>
  /** The module's options that are plain data. */
  readonly options: Readonly<Record<string, unknown>>
  readonly hasCredentials: boolean
  readonly hasAuthenticate: boolean
  /** Of each option that tabs have to have in common: its value as text. */
  readonly common: Readonly<Record<string, string>>
  /** Of a webapp. */
  readonly layer: LayerStart | undefined
}

/** What the page's functions are asked for. */
export type Question = readonly ['address', index: number] | readonly ['credentials'] | readonly ['authenticate', Uint8Array, Properties]

/** An error as plain data. `question`: the page threw it itself, when it was asked this. */
export interface PlainError {
  readonly name: string
  readonly message: string
  readonly code?: string | undefined
  readonly question?: number | undefined
  /** Of a PublishError. */
  readonly topic?: string | undefined
  readonly reasonCode?: number | undefined
  readonly cause?: PlainError | undefined
}

export interface Facts {
  readonly uri: string
  readonly clientId: string
  readonly negotiated: Negotiated
}

/** Who a page is. `lock` is held by it while it lives; `name` is that of the connection, where a worker has several. */
export interface Attachment {
  readonly tab: string
  readonly lock: string
  readonly name: string
}

export type PageCommand =
  | readonly ['attach', Attachment]
  | readonly ['connect', ConnectRequest]
  | readonly ['publish', operation: number, topic: string, Body, PublishOptions | undefined]
  | readonly ['cancel', operation: number]
  | readonly ['subscribe', operation: number, readonly FilterOptions[], Properties | undefined]
  | readonly ['unsubscribe', operation: number, readonly string[]]
  | readonly ['answer', question: number, answer: unknown, PlainError | undefined]
  | readonly ['stored', operation: number]
  | readonly ['reauthenticate', Uint8Array]
  | readonly ['watchBytes', boolean]
  | readonly ['wakeUp']
  | readonly ['reconnect']
  | readonly ['read', messages: number, bytes: number]
  /** So many more ends of messages; and what a former host has not told is known, or was published again before. */
  | readonly ['heard', count: number]
  | readonly ['disconnect', reasonCode: number]
  | readonly ['layer', LayerCommand]
  /** Of a webapp: as disconnect, once the others know. */
  | readonly ['goodbye']
  | readonly ['leave']

export type HostCommand =
  /** The descriptions of reason codes, by their number, the refusals that are final, and a lock that the host holds. */
  | readonly ['hello', protocol: number, reasons: readonly string[], finals: readonly number[], lock: string]
  | readonly ['fatal', PlainError]
  | readonly ['connecting', uri: string, attempt: number]
  | readonly ['connected', reconnected: boolean, sessionPresent: boolean, Properties, Facts]
  | readonly ['lost', ConnectionLoss, PlainError | undefined, PlainError | undefined]
  | readonly ['failed', Failure, PlainError | undefined, PlainError | undefined]
  | readonly ['message', topic: string, flags: number, Body, Properties | undefined, number | number[] | undefined]
  /** QoS 0 messages that were sent, or written into the socket's buffer. */
  | readonly ['sent', readonly number[]]
  | readonly ['published', operation: number, reasonCode: number, Properties]
  | readonly ['publishFailed', operation: number, error: string]
  | readonly ['granted', operation: number, Uint8Array, Properties]
  | readonly ['refused', operation: number, Failure, Uint8Array | undefined]
  | readonly ['unsubscribed', operation: number, Uint8Array]
  | readonly ['subscriptionLost', filter: string, reasonCode: number]
  | readonly ['ask', question: number, Question]
  | readonly ['error', PlainError]
  | readonly ['delivered', DeliveredFacts]
  | readonly ['stored', operation: number, Stored | undefined, PlainError | undefined]
  | readonly ['overflow', dropped: number]
  | readonly ['bytes', Body, isSent: boolean]
  /** `size`: counts as a message of so many bytes that the page has to read. */
  | readonly ['layer', LayerRow, size: number | undefined]
  | readonly ['ended']

export interface Packet<Command> {
  readonly commands: readonly Command[]
  readonly bytes: ArrayBuffer | undefined
}

/** Where packets go. Both ends have one. */
export interface Channel {
  post(packet: object, transfer: Transferable[]): void
  /** Set once, before anything arrives. */
  onPacket: ((packet: unknown) => void) | undefined
  /** Whether nothing is gained by collecting what one task has to say. */
  readonly isDirect?: boolean
  close(): void
}

/** Anything may write into a channel: what is no packet is none. */
export function isPacket(given: unknown): given is Packet<readonly [string, ...unknown[]]> {
  const { commands, bytes } = (given ?? {}) as Partial<Packet<unknown>>
  return (
    Array.isArray(commands) &&
    commands.every((command) => Array.isArray(command) && typeof command[0] === 'string') &&
    (bytes === undefined || bytes instanceof ArrayBuffer)
  )
}

export const MessageFlag = { qos: 3, retained: 4, duplicate: 8 } as const

/** A webapp has left. */
export function leftOf(uri: string): HostCommand {
  const failure = { errorCode: 0, error: 'none', errorMessage: '', reasonCode: 0 } as const
  return ['lost', { ...failure, reconnect: false, retryIn: 0, wasConnected: true, uri }, undefined, undefined]
}

/** Structured cloning refuses some errors, and loses what others have besides their message. */
export function plainError(thrown: unknown, question?: number): PlainError {
  const { name, message, code } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as Partial<Error & { code: unknown }>
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' ? message : String(thrown),
    code: typeof code === 'string' ? code : undefined,
    question,
    ...(thrown instanceof PublishError && { topic: thrown.topic, reasonCode: thrown.reasonCode }),
    // What is behind an error of another kind is its page's own.
    ...(thrown instanceof MqttError && thrown.cause !== undefined && { cause: plainError(thrown.cause) }),
  }
}

export function errorOf({ name, message, code, topic, reasonCode, cause }: PlainError): Error {
  if (name === 'PublishError') return new PublishError(code as ErrorCode, message, topic, reasonCode)
  if (name === 'MqttError') return new MqttError(code as ErrorCode, message, cause && { cause: errorOf(cause) })
  const error = new Error(message)
  Object.defineProperty(error, 'name', { value: name, configurable: true })
  return code === undefined ? error : Object.assign(error, { code })
}
