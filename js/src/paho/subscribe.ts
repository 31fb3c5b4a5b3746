// subscribe() and unsubscribe(): their options, and when their callbacks are called.
import type { Client as ModuleClient } from '../module.js'
import { error, told } from './errors.js'
import type { Qos } from './message.js'
import type { ErrorWithInvocationContext, InvocationContext, WithInvocationContext } from './options.js'
import { shown, type Shape, validate } from './validate.js'

export interface SubscribeOptions extends WithInvocationContext {
  /** Default 0. */
  qos?: Qos
  onSuccess?: (outcome: WithInvocationContext & { grantedQos: Uint8Array }) => void
  /** Where a filter was refused, `errorCode` holds the broker's codes, one for each filter. */
  onFailure?: (failure: { invocationContext?: InvocationContext; errorCode: Uint8Array | number; errorMessage?: string }) => void
  /** Seconds. */
  timeout?: number
}

export interface UnsubscribeOptions extends WithInvocationContext {
  onSuccess?: (outcome: WithInvocationContext) => void
  onFailure?: (failure: ErrorWithInvocationContext) => void
  /** Seconds. */
  timeout?: number
}

const SUBSCRIBE: Shape = { qos: 'number', invocationContext: 'object', onSuccess: 'function', onFailure: 'function', timeout: 'number' }
const UNSUBSCRIBE: Shape = { invocationContext: 'object', onSuccess: 'function', onFailure: 'function', timeout: 'number' }

export type Call = <Arguments extends unknown[]>(handler: ((...given: Arguments) => void) | undefined, ...given: Arguments) => void

export function checkSubscribe(filter: unknown, options: SubscribeOptions): void {
  checkFilter(filter)
  validate(options, SUBSCRIBE)
  checkTimeout(options, 'subscribeOptions')
  if (options.qos !== undefined && ![0, 1, 2].includes(options.qos)) throw error('INVALID_ARGUMENT', options.qos, 'subscribeOptions.qos')
}

export function checkUnsubscribe(filter: unknown, options: UnsubscribeOptions): void {
  checkFilter(filter)
  validate(options, UNSUBSCRIBE)
  checkTimeout(options, 'unsubscribeOptions')
}

export function subscribe(client: ModuleClient, filter: string | string[], options: SubscribeOptions, call: Call): void {
  const { qos = 0, timeout } = options
  const invocationContext: unknown = options.invocationContext
  const timer = startTimer(timeout, () => call(options.onFailure, { invocationContext, ...told('SUBSCRIBE_TIMEOUT') }))
  client.subscribe(filter, {
    qos,
    onSuccess({ grantedQos }) {
      clearTimeout(timer)
      call(options.onSuccess, { invocationContext, grantedQos })
    },
    onFailure({ grantedQos }) {
      // Without the broker's answer nobody is called, unless there is a time limit.
      if (grantedQos === undefined) return
      clearTimeout(timer)
      call(options.onFailure, { invocationContext, errorCode: grantedQos, errorMessage: undefined as never })
    },
  })
}

export function unsubscribe(client: ModuleClient, filter: string | string[], options: UnsubscribeOptions, call: Call): void {
  const { timeout } = options
  const invocationContext: unknown = options.invocationContext
  const timer = startTimer(timeout, () => call(options.onFailure, { invocationContext, ...told('UNSUBSCRIBE_TIMEOUT') }))
  client.unsubscribe(filter, {
    onSuccess() {
      clearTimeout(timer)
      call(options.onSuccess, { invocationContext })
    },
  })
}

function startTimer(seconds: number | undefined, run: () => void): ReturnType<typeof setTimeout> | undefined {
  return seconds ? setTimeout(run, seconds * 1000) : undefined
}

function checkFilter(filter: unknown): void {
  if (typeof filter !== 'string' && !Array.isArray(filter)) throw new Error(`Invalid argument:${shown(filter)}`)
}

function checkTimeout(options: { timeout?: number; onFailure?: unknown }, name: string): void {
  if (options.timeout && !options.onFailure) throw new Error(`${name}.timeout specified with no onFailure callback.`)
}
