// Messages that were not finished when publish() returned.
import type { MqttError, PublishError } from './errors.js'
import { type DescribeReason, publishFailed, publishRefused } from './failure.js'
import type { Log } from './log.js'
import type { Client, Properties } from './module.js'
import { onAbort } from './signals.js'

/** How a delivery ended. */
export interface PublishResult {
  /** 0, or 0x10 if the broker reports that there are no matching subscribers (MQTT 5, QoS 1 and 2). */
  readonly reasonCode: number
  /** MQTT 5: the broker's reason string and user properties. */
  readonly properties: Properties
}

interface Pending {
  readonly topic: string
  readonly resolve: (result: PublishResult) => void
  readonly reject: (reason: unknown) => void
  readonly forget: (() => void) | undefined
}

interface Waiter {
  readonly limit: number
  readonly resolve: () => void
}

/** One promise for all messages that need no answer. */
export const SENT: Promise<PublishResult> = Promise.resolve(Object.freeze({ reasonCode: 0, properties: Object.freeze({}) }))
const DRAINED = Promise.resolve()

export class Publisher {
  readonly #client: Client
  readonly #describe: DescribeReason
  /** Called with failures of messages that have no promise: those of post(). */
  readonly #onError: (error: unknown) => void
  readonly #log: Log
  readonly #pending = new Map<number, Pending>()
  #waiters: Waiter[] = []
  #closed = false

  constructor(client: Client, describe: DescribeReason, onError: (error: unknown) => void, log: Log) {
    this.#client = client
    this.#describe = describe
    this.#onError = onError
    this.#log = log
  }

  track(operation: number, topic: string, signal: AbortSignal | undefined): Promise<PublishResult> {
    return new Promise((resolve, reject) => {
      const forget = signal === undefined ? undefined : this.#cancelWhen(signal, operation, reject)
      this.#pending.set(operation, { topic, resolve, reject, forget })
    })
  }

  /** For a queued QoS 0 message, of which the promise has resolved. */
  cancelOn(signal: AbortSignal, operation: number, topic: string): void {
    this.track(operation, topic, signal).catch((thrown: unknown) => {
      if (thrown !== signal.reason && (thrown as Partial<MqttError>).code !== 'stopped') this.#onError(thrown)
    })
  }

  published(operation: number, reasonCode: number, properties: Properties): void {
    const pending = this.#take(operation)
    if (reasonCode >= 0x80) this.#fail(pending, publishRefused(reasonCode, properties.reasonString, this.#describe, pending?.topic))
    else pending?.resolve({ reasonCode, properties })
    this.check()
  }

  failed(operation: number, code: string): void {
    const pending = this.#take(operation)
    // Without a promise, what was cancelled or stopped on purpose is no news.
    if (pending !== undefined || (code !== 'cancelled' && code !== 'stopped'))
      this.#fail(pending, publishFailed(code as MqttError['code'], pending?.topic))
    this.check()
  }

  drained(limit: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (this.#closed || this.#client.unfinishedMessages <= limit) return DRAINED
    return new Promise((resolve, reject) => {
      const stop = onAbort(signal, (reason) => {
        this.#waiters = this.#waiters.filter((each) => each !== waiter)
        reject(reason)
      })
      const waiter: Waiter = {
        limit,
        resolve: () => {
          stop()
          resolve()
        },
      }
      this.#waiters.push(waiter)
    })
  }

  /** Resolves what drained() returned, where few enough messages are left. */
  check(): void {
    if (this.#waiters.length === 0) return
    const unfinished = this.#closed ? 0 : this.#client.unfinishedMessages
    this.#waiters = this.#waiters.filter((waiter) => {
      if (unfinished > waiter.limit) return true
      waiter.resolve()
      return false
    })
  }

  close(): void {
    this.#closed = true
    for (const { topic, reject, forget } of this.#pending.values()) {
      forget?.()
      reject(publishFailed('stopped', topic))
    }
    this.#pending.clear()
    this.check()
  }

  #take(operation: number): Pending | undefined {
    const pending = this.#pending.get(operation)
    if (pending !== undefined) {
      this.#pending.delete(operation)
      pending.forget?.()
    }
    return pending
  }

  #fail(pending: Pending | undefined, error: PublishError): void {
    if (pending === undefined) {
      this.#onError(error)
      return
    }
    this.#log?.('warn', error.message, { topic: pending.topic, error })
    pending.reject(error)
  }

  #cancelWhen(signal: AbortSignal, operation: number, reject: (reason: unknown) => void): () => void {
    return onAbort(signal, (reason) => {
      this.#pending.delete(operation)
      reject(reason)
      this.#client.cancel(operation)
    })
  }
}
