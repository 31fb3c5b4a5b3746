// Requests that this webapp has sent and that are not answered yet, by the module's numbers.
import { abortSignal, callable, type Check, checkOptions, type Shape, text } from '../check.js'
import { defined } from '../defined.js'
import { callHandler } from '../emitter.js'
import { callError } from '../failure.js'
import { type ErrorCode, MqttError } from '../errors.js'
import { onAbort } from '../signals.js'
import { Call } from './call.js'
import {
  InvalidNameError,
  NoResponderError,
  NotConnectedError,
  RemoteError,
  remoteCodes,
  RequestCancelledError,
  RequestError,
  RequestTimeoutError,
  StreamError,
} from './errors.js'
import type { LayerFailure, RequestTarget, Value, WebappClient } from './layer.js'
import { decode, encodeParams } from './values.js'

export interface RequestOptions<Progress = unknown> {
  /** Milliseconds for the whole request, progress included: 1 to 2,073,600,000 (24 days). Default 10,000. */
  timeout?: number
  /** Cancels the request, which rejects with the signal's reason. */
  signal?: AbortSignal
  /** Called with each item of progress. Without it, iterate over the call instead. */
  onProgress?: (progress: Progress) => void
  /** MQTT 5: the W3C trace context that the request belongs to. */
  traceparent?: string
}

interface Running {
  readonly target: string
  readonly method: string
  readonly call: Call<unknown, unknown>
  readonly forget: () => void
}

const DEFAULT_TIMEOUT = 10_000
const LONGEST_TIMEOUT = 24 * 86_400_000
const timeoutOption: Check = (_, value) =>
  typeof value === 'number' && value >= 1 && value <= LONGEST_TIMEOUT ? undefined : `a number of milliseconds from 1 to ${LONGEST_TIMEOUT}`
const REQUEST_OPTIONS: Shape = { timeout: timeoutOption, signal: abortSignal, onProgress: callable, traceparent: text }

export class Calls {
  readonly #client: WebappClient
  readonly #report: (thrown: unknown) => void
  readonly #running = new Map<number, Running>()
  #isOver = false

  constructor(client: WebappClient, report: (thrown: unknown) => void) {
    this.#client = client
    this.#report = report
  }

  request<Result, Progress>(
    target: RequestTarget,
    method: string,
    params: unknown,
    options: RequestOptions<Progress> | null = {},
  ): Call<Result, Progress> {
    const { timeout = DEFAULT_TIMEOUT, signal, traceparent, onProgress } = options ?? {}
    let id = 0
    const giveUp = (reason: unknown) => {
      this.#take(id)?.call.fail(reason)
      this.#client.cancelRequest(id)
    }
    const name = nameOf(target)
    const call = new Call<Result, Progress>(
      {
        grant: (count) => {
          if (this.#running.has(id)) this.#client.grant(id, count)
        },
        cancel: () => giveUp(new RequestCancelledError(name, method)),
        overrun: () => giveUp(new StreamError(name, method, `${name} sent more progress of ${method} than it was allowed to.`)),
      },
      typeof onProgress === 'function' ? (progress) => callHandler(onProgress, progress, this.#report) : undefined,
    )
    try {
      this.#requireOpen(name, method)
      checkOptions(options, REQUEST_OPTIONS)
      signal?.throwIfAborted()
      id = this.#client.request({ target, method, params: encodeParams(params), timeout, ...defined({ traceparent }) })
    } catch (thrown) {
      call.fail(layerError(thrown))
      return call
    }
    this.#running.set(id, {
      target: name,
      method,
      call: call as Call<unknown, unknown>,
      forget: onAbort(signal, giveUp),
    })
    return call
  }

  /** Sends what has no answer. Throws what request() rejects with at once. */
  send(target: string, method: string, send: () => void): void {
    this.#requireOpen(target, method)
    try {
      send()
    } catch (thrown) {
      throw layerError(thrown)
    }
  }

  result(id: number, value: Value): void {
    this.#take(id)?.call.succeed(decode(value))
  }

  failure(id: number, failure: LayerFailure): void {
    const running = this.#take(id)
    running?.call.fail(requestError(failure, running.target, running.method))
  }

  progress(id: number, value: Value): void {
    this.#running.get(id)?.call.progress(decode(value))
  }

  close(): void {
    this.#isOver = true
    for (const id of [...this.#running.keys()]) {
      const running = this.#take(id)
      running?.call.fail(new RequestCancelledError(running.target, running.method, 'This webapp left before the answer arrived.'))
    }
  }

  #take(id: number): Running | undefined {
    const running = this.#running.get(id)
    this.#running.delete(id)
    running?.forget()
    return running
  }

  #requireOpen(target: string, method: string): void {
    if (this.#isOver) throw new RequestCancelledError(target, method, LEFT)
  }
}

export const LEFT = 'This webapp has left: make a new one with join().'

/** Our codes for the layer's, where they differ. */
const CODES: Partial<Record<string, ErrorCode>> = {
  invalid_root: 'invalid_name',
  invalid_json: 'invalid_argument',
  unknown_call: 'invalid_argument',
  no_credit: 'queue_full',
  unwanted: 'invalid_argument',
  too_many: 'queue_full',
  timed_out: 'request_timed_out',
  cancelled: 'request_cancelled',
  remote: 'remote_error',
  item_lost: 'stream_incomplete',
  payload_too_large: 'packet_too_large',
  refused: 'publish_refused',
  left: 'closed',
}

function nameOf(target: RequestTarget): string {
  if ('peer' in target) return target.peer
  return target.service === '' ? 'the backend' : target.service
}

/** The error to throw for what a call into the module threw. */
export function layerError(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof MqttError || !('code' in thrown) || thrown.name !== 'MqttError') return thrown
  const { code, message } = thrown as Error & { code: string }
  if (code === 'invalid_name' || code === 'invalid_root') return new InvalidNameError(message)
  if (code === 'not_connected') return new NotConnectedError(message)
  const ours = CODES[code]
  return ours === undefined || ours === 'invalid_argument'
    ? callError(ours ?? (code as ErrorCode), message)
    : new MqttError(ours, `${message}.`)
}

function requestError(failure: LayerFailure, target: string, method: string): MqttError {
  const { error, text, code = remoteCodes.internalError, message = text, data } = failure
  switch (error) {
    case 'timed_out':
      return new RequestTimeoutError(target, method)
    case 'no_responder':
      return new NoResponderError(target, method)
    case 'cancelled':
    case 'left':
      return new RequestCancelledError(target, method)
    case 'item_lost':
      return new StreamError(target, method)
    case 'not_connected':
      return new NotConnectedError(`${method} could not be sent to ${target}: there was no connection in time. Raise timeout.`)
    case 'remote':
      if (code === remoteCodes.cancelled) return new RequestCancelledError(target, method)
      if (code === remoteCodes.timedOut) return new RequestTimeoutError(target, method)
      if (code === remoteCodes.noResponder) return new NoResponderError(target, method)
      return new RemoteError(code, message, decode(data))
    case 'payload_too_large':
      return new RequestError(
        'packet_too_large',
        `${method} is larger than the broker accepts: see mq.negotiated.maximumPacketSize.`,
        target,
        method,
      )
    case 'refused':
      return new RequestError('publish_refused', `The broker refused ${method} to ${target}: check its access rules.`, target, method)
    case 'session_lost':
      return new RequestError(
        error,
        `${method} to ${target} was lost, as another connection took over the session: it may have been carried out. Send it again.`,
        target,
        method,
      )
    case 'queue_full':
      return new RequestError('queue_full', `The queue has no room for ${method} to ${target}: await mq.drained().`, target, method)
    default:
      return new RequestError(CODES[error] ?? (error as ErrorCode), `${method} to ${target}: ${text}.`, target, method)
  }
}
