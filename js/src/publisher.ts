// What becomes of messages that were not over when they were published.
import { MqttError } from './errors.js'
import { type DescribeReason, publishFailed, publishRefused } from './failure.js'
import type { Client, Properties } from './module.js'
import { onAbort } from './signals.js'

/** How a delivery ended. */
export interface PublishResult {
  /** 0, or 0x10 where nobody has subscribed to the topic, as far as the broker tells (MQTT 5, QoS 1 and 2). */
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

/** Of all messages that need no answer: one promise serves them all. */
export const SENT: Promise<PublishResult> = Promise.resolve(Object.freeze({ reasonCode: 0, properties: Object.freeze({}) }))
const NOTHING_WAITS = Promise.resolve()

export class Publisher {
  readonly #client: Client
  readonly #describe: DescribeReason
  /** Told what nobody waits for: failures of messages that were posted. */
  readonly #onError: (error: unknown) => void
  readonly #pending = new Map<number, Pending>()
  #waiters: Waiter[] = []
  #closed = false

  constructor(client: Client, describe: DescribeReason, onError: (error: unknown) => void) {
    this.#client = client
    this.#describe = describe
    this.#onError = onError
  }

  track(operation: number, topic: string, signal: AbortSignal | undefined): Promise<PublishResult> {
    return new Promise((resolve, reject) => {
      const forget = signal === undefined ? undefined : this.#cancelOn(signal, operation, reject)
      this.#pending.set(operation, { topic, resolve, reject, forget })
    })
  }

  /** Of a QoS 0 message that waits, for which nobody else does. */
  callBackOn(signal: AbortSignal, operation: number, topic: string): void {
    this.track(operation, topic, signal).catch((thrown: unknown) => {
      if (thrown !== signal.reason && (thrown as Partial<MqttError>).code !== 'stopped') this.#onError(thrown)
    })
  }

  published(operation: number, reasonCode: number, properties: Properties): void {
    const pending = this.#pending.get(operation)
    if (pending !== undefined) {
      this.#pending.delete(operation)
      pending.forget?.()
    }
    if (reasonCode >= 0x80) {
      const error = publishRefused(reasonCode, properties.reasonString, this.#describe, pending?.topic)
      if (pending === undefined) this.#onError(error)
      else pending.reject(error)
    } else pending?.resolve({ reasonCode, properties })
    this.check()
  }

  failed(operation: number, code: string): void {
    const pending = this.#pending.get(operation)
    const error = publishFailed(code as MqttError['code'], pending?.topic)
    if (pending === undefined) {
      // A message that was posted; not one that was called back, or left behind on purpose.
      if (code !== 'cancelled' && code !== 'stopped') this.#onError(error)
    } else {
      this.#pending.delete(operation)
      pending.forget?.()
      pending.reject(error)
    }
    this.check()
  }

  drained(limit: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted === true) return Promise.reject(signal.reason)
    if (this.#closed || this.#client.unfinishedMessages <= limit) return NOTHING_WAITS
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

  /** Looks whether somebody waited for this. */
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

  #cancelOn(signal: AbortSignal, operation: number, reject: (reason: unknown) => void): () => void {
    const onAbort = () => {
      this.#pending.delete(operation)
      reject(signal.reason)
      this.#client.cancel(operation)
    }
    signal.addEventListener('abort', onAbort, { once: true })
    return () => signal.removeEventListener('abort', onAbort)
  }
}
