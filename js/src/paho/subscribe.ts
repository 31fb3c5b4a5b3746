// subscribe() and unsubscribe(): their options and callbacks.
import { defined } from '../defined.js'
import type { Client as ModuleClient, Properties } from '../module.js'
import { error, errorDetails } from './errors.js'
import type { Qos } from './message.js'
import type { ErrorWithInvocationContext, InvocationContext, WithInvocationContext } from './options.js'
import { requireWellFormed } from './utf8.js'
import { asText, type Shape, validate } from './validate.js'

/** An array. The number is for code written for the community types, which have that instead. */
export type GrantedQos = Uint8Array & Qos

export interface OnSubscribeSuccessParams extends WithInvocationContext {
  /** The granted QoS of each filter. */
  grantedQos: GrantedQos
  /** MQTT 5. */
  properties?: Properties
}

export interface SubscribeFailure extends WithInvocationContext {
  /** The broker's codes, one for each filter; 2 if it did not answer in time. */
  errorCode: Uint8Array | number
  errorMessage?: string
}

export interface SubscribeOptions {
  /** Passed to the callbacks. */
  invocationContext?: InvocationContext
  /** Default 0. */
  qos?: Qos
  onSuccess?: (outcome: OnSubscribeSuccessParams) => void
  /** If a filter was refused, `errorCode` has the broker's codes, one for each filter. */
  // A method, so that functions written for the community types, which have a number, are accepted.
  onFailure?(failure: SubscribeFailure): void
  /** Seconds. */
  timeout?: number
  /** Not in mqttws31.js, like all that follow. MQTT 5. */
  properties?: Properties
  noLocal?: boolean
  retainAsPublished?: boolean
  retainHandling?: 0 | 1 | 2
}

export interface UnsubscribeOptions {
  /** Passed to the callbacks. */
  invocationContext?: InvocationContext
  onSuccess?: (outcome: WithInvocationContext) => void
  onFailure?: (failure: ErrorWithInvocationContext) => void
  /** Seconds. */
  timeout?: number
  /** Not in mqttws31.js: MQTT 5. */
  properties?: Properties
}

/** The SUBACK code for a refused filter. */
const REFUSED = 0x80

/** The options of both that mqttws31.js does not have. */
const EXTENSIONS: Shape = { properties: 'object' }
const SUBSCRIBE_EXTENSIONS: Shape = { ...EXTENSIONS, noLocal: 'boolean', retainAsPublished: 'boolean', retainHandling: 'number' }
const SUBSCRIBE: Shape = { qos: 'number', invocationContext: 'object', onSuccess: 'function', onFailure: 'function', timeout: 'number' }
const UNSUBSCRIBE: Shape = { invocationContext: 'object', onSuccess: 'function', onFailure: 'function', timeout: 'number' }

export type Call = <Arguments extends unknown[]>(handler: ((...given: Arguments) => void) | undefined, ...given: Arguments) => unknown

export function checkSubscribe(filter: unknown, options: SubscribeOptions): void {
  checkFilter(filter)
  validate(options, SUBSCRIBE, SUBSCRIBE_EXTENSIONS)
  checkTimeout(options, 'subscribeOptions')
  if (options.qos !== undefined && ![0, 1, 2].includes(options.qos)) throw error('INVALID_ARGUMENT', options.qos, 'subscribeOptions.qos')
}

export function checkUnsubscribe(filter: unknown, options: UnsubscribeOptions): void {
  checkFilter(filter)
  validate(options, UNSUBSCRIBE, EXTENSIONS)
  checkTimeout(options, 'unsubscribeOptions')
}

/** What the connection contributes to a call. */
export interface Terms {
  call: Call
  mqttVersion: number
  /** Whether only the broker's first code counts. */
  strict: boolean
}

export function subscribe(client: ModuleClient, filter: string | string[], options: SubscribeOptions, terms: Terms): void {
  const { qos = 0, timeout, onSuccess, properties, noLocal, retainAsPublished, retainHandling } = options
  const { call, mqttVersion, strict } = terms
  const extensions = defined({ properties, noLocal, retainAsPublished, retainHandling })
  const context = { invocationContext: options.invocationContext as unknown }
  const fail = options.onFailure?.bind(options)
  const timer = startTimer(timeout, () => call(fail, { ...context, ...errorDetails('SUBSCRIBE_TIMEOUT') }))
  const succeed = (grantedQos: Uint8Array, said: Properties) => {
    clearTimeout(timer)
    call(onSuccess, { ...context, grantedQos: grantedQos as GrantedQos, ...(mqttVersion < 5 ? {} : { properties: said }) })
  }
  client.subscribe(filter, {
    qos,
    ...(mqttVersion < 5 ? {} : extensions),
    onSuccess: ({ grantedQos, properties: said }) => succeed(grantedQos, said),
    onFailure({ grantedQos, properties: said, reasonString, error: code, errorMessage }) {
      if (code === 'broker_closed') {
        clearTimeout(timer)
        call(fail, { ...context, errorCode: Uint8Array.from([filter].flat(), () => REFUSED), errorMessage })
      }
      // Without an answer, only the timeout calls onFailure.
      if (grantedQos === undefined) return
      if (strict && (grantedQos[0] ?? 0) < 0x80) {
        succeed(grantedQos, said ?? {})
        return
      }
      clearTimeout(timer)
      call(fail, { ...context, errorCode: grantedQos, errorMessage: reasonString as never })
    },
  })
}

export function unsubscribe(client: ModuleClient, filter: string | string[], options: UnsubscribeOptions, terms: Terms): void {
  const { timeout, onSuccess, onFailure, properties } = options
  const { call, mqttVersion } = terms
  const context = { invocationContext: options.invocationContext as unknown }
  const timer = startTimer(timeout, () => call(onFailure, { ...context, ...errorDetails('UNSUBSCRIBE_TIMEOUT') }))
  client.unsubscribe(filter, {
    ...(mqttVersion < 5 || properties === undefined ? {} : { properties }),
    onSuccess({ reasonCodes }) {
      clearTimeout(timer)
      call(onSuccess, mqttVersion < 5 ? context : { ...context, reasonCodes })
    },
    onFailure({ error: code, errorMessage }) {
      if (code !== 'broker_closed') return
      clearTimeout(timer)
      call(onFailure, { ...context, ...errorDetails('INTERNAL_ERROR', errorMessage, 'No Error Stack Available') })
    },
  })
}

function startTimer(seconds: number | undefined, run: () => void): ReturnType<typeof setTimeout> | undefined {
  return seconds ? setTimeout(run, seconds * 1000) : undefined
}

function checkFilter(filter: unknown): void {
  if (filter === undefined || filter === null) throw new TypeError(`${filter} is not a topic filter: pass a string or an array of strings.`)
  if (typeof filter !== 'string' && !Array.isArray(filter)) throw new Error(`Invalid argument:${asText(filter)}`)
  for (const each of typeof filter === 'string' ? [filter] : (filter as unknown[])) if (typeof each === 'string') requireWellFormed(each)
}

function checkTimeout(options: { timeout?: number; onFailure?: unknown }, name: string): void {
  if (options.timeout && !options.onFailure) throw new Error(`${name}.timeout specified with no onFailure callback.`)
}
