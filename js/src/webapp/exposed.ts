// Answers requests from peers.
import { InvalidArgumentError } from '../errors.js'
import { layerError } from './calls.js'
import { RemoteError, remoteCodes } from './errors.js'
import type { LayerIncoming, WebappClient } from './layer.js'
import { decode, encodeJson } from './values.js'

/** What a handler of `expose()` is called with after the parameters. */
export interface RequestContext {
  /** The uid of the caller, which the broker's access rules guarantee; empty for a notification from a service. */
  readonly from: string
  readonly method: string
  /** True: there is no answer, and a handler that yields is not started. */
  readonly isNotification: boolean
  /** Aborted when the caller cancels, or its timeout passes: a minute if it set none. */
  readonly signal: AbortSignal
  /** W3C Trace Context, if the caller sent one. */
  readonly traceparent: string | undefined
}

type AnyHandler = (params: never, context: RequestContext) => unknown

interface Running {
  readonly abort: AbortController
  /** Resolved when the caller grants credit. */
  resume: (() => void) | undefined
}

export class Exposed {
  readonly #client: WebappClient
  readonly #report: (thrown: unknown) => void
  readonly #handlers = new Map<string, AnyHandler>()
  readonly #running = new Map<number, Running>()

  constructor(client: WebappClient, report: (thrown: unknown) => void) {
    this.#client = client
    this.#report = report
  }

  add(handlers: object): () => void {
    const added = Object.entries(handlers as Record<string, unknown>).filter(([, handler]) => handler !== undefined)
    for (const [name, handler] of added) {
      if (typeof handler !== 'function') throw new InvalidArgumentError(`The handler of ${name} is a function, and not ${typeof handler}.`)
      if (this.#handlers.has(name)) throw new InvalidArgumentError(`${name} is already exposed: remove that handler first.`)
    }
    if (added.length > 0) this.#client.expose(true)
    for (const [name, handler] of added) this.#handlers.set(name, handler as AnyHandler)
    const tell = (): void => this.#client.nameMethods?.([...this.#handlers.keys()])
    tell()
    return () => {
      for (const [name, handler] of added) if (this.#handlers.get(name) === handler) this.#handlers.delete(name)
      tell()
    }
  }

  /** Never rejects. */
  async handle(incoming: LayerIncoming): Promise<void> {
    const { call, isNotification } = incoming
    const running: Running = { abort: new AbortController(), resume: undefined }
    this.#running.set(call, running)
    try {
      const result = await this.#run(incoming, running)
      if (!running.abort.signal.aborted) this.#client.respond(call, isNotification ? 'null' : encodeJson(result, 'The result'))
    } catch (thrown) {
      this.#fail(incoming, running, thrown)
    } finally {
      this.#running.delete(call)
    }
  }

  /** The caller no longer waits for the answer. */
  cancelled(call: number): void {
    const running = this.#running.get(call)
    if (running === undefined) return
    this.#running.delete(call)
    running.abort.abort(new RemoteError(remoteCodes.cancelled, 'Cancelled'))
    running.resume?.()
  }

  credited(call: number): void {
    this.#running.get(call)?.resume?.()
  }

  close(): void {
    for (const call of [...this.#running.keys()]) this.cancelled(call)
  }

  #run({ call, from, method, params, isNotification, traceparent }: LayerIncoming, running: Running): unknown {
    const handler = this.#handlers.get(method)
    if (handler === undefined) throw new RemoteError(remoteCodes.methodNotFound, 'Method not found')
    const context = { from, method, isNotification, signal: running.abort.signal, traceparent }
    const answer = handler(decode(params) as never, context)
    if (!isIterator(answer)) return answer
    // There is no caller to send items to.
    return isNotification ? answer.return?.() : this.#stream(call, answer, running)
  }

  async #stream(call: number, steps: AsyncIterator<unknown, unknown>, running: Running): Promise<unknown> {
    const { signal } = running.abort
    const send = async (item: string): Promise<void> => {
      while (!signal.aborted && !this.#client.progress(call, item)) await new Promise<void>((go) => (running.resume = go))
      signal.throwIfAborted()
    }
    for (;;) {
      const step = await steps.next()
      if (step.done === true) return step.value
      try {
        await send(encodeJson(step.value, 'Progress'))
      } catch (thrown) {
        await steps.return?.()
        throw thrown
      }
    }
  }

  #fail({ call }: LayerIncoming, running: Running, thrown: unknown): void {
    const { signal } = running.abort
    const isKnown = isRemoteError(thrown)
    // A handler that was aborted may throw; its caller no longer waits.
    if (signal.aborted || !this.#running.has(call)) return
    if (!isKnown) this.#report(layerError(thrown))
    const { remoteCode, message, data } = isKnown ? thrown : new RemoteError(remoteCodes.internalError, 'Internal error')
    try {
      this.#client.fail(call, remoteCode, message, data === undefined ? undefined : encodeJson(data, 'The data of the error'))
    } catch (again) {
      this.#report(layerError(again))
      this.#failInShort(call)
    }
  }

  /** Where the details cannot be sent. If the queue has no room for this either, the caller is left to its time limit. */
  #failInShort(call: number): void {
    try {
      this.#client.fail(call, remoteCodes.internalError, 'Internal error', undefined)
    } catch {
      // What it was is reported.
    }
  }
}

function isIterator(value: unknown): value is AsyncIterator<unknown, unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value && 'next' in value
}

/** Also of another copy of this script. */
function isRemoteError(thrown: unknown): thrown is RemoteError {
  const { name, remoteCode } = (thrown ?? {}) as Partial<RemoteError>
  return name === 'RemoteError' && typeof remoteCode === 'number'
}
