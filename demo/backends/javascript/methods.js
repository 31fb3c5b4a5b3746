import { setTimeout as sleep } from 'node:timers/promises'

const mostSteps = 2 ** 31 - 1
const longestDelay = 1e9 // ms

const devices = new Map([
  ['acme:ann', ['SN-1001', 'SN-1002']],
  ['acme:bob', ['SN-2001']],
])

/** A failure that the caller is told. */
export class RpcError extends Error {
  constructor(code, message, data) {
    super(message)
    Object.assign(this, { code, data })
  }
}

/** The methods. Each takes what the caller sent and the call; what it returns or throws is the response. */
export const methods = new Map(
  Object.entries({
    echo: (params) => params ?? null,

    sum(params) {
      check(Array.isArray(params) && params.every((term) => typeof term === 'number'), 'sum takes an array of numbers')
      const total = params.reduce((sum, term) => sum + term, 0)
      check(Number.isFinite(total), 'the sum is too large') // JSON has no infinite number
      return total
    },

    async slow(params, call) {
      const { steps = 5, delay = 500 } = objectOr({}, params)
      const sound = Number.isInteger(steps) && isWithin(steps, mostSteps) && typeof delay === 'number' && isWithin(delay, longestDelay)
      check(sound, 'slow takes {steps, delay}, delay in milliseconds')
      for (let step = 1; step <= steps; ++step) {
        await sleep(delay, undefined, { signal: call.signal })
        await call.progress(step)
      }
      return steps
    },

    fail(params) {
      const { code = 1, message = 'failed on request', data } = objectOr({}, params)
      check(Number.isInteger(code) && typeof message === 'string', 'fail takes {code, message, data}')
      throw new RpcError(code, message, data)
    },

    'devices.list': (params, call) => devices.get(call.user) ?? [],
  }),
)

function objectOr(otherwise, params) {
  check(!Array.isArray(params), 'the parameters are an object')
  return params ?? otherwise
}

const isWithin = (value, most) => value >= 0 && value <= most

function check(condition, message) {
  if (!condition) throw new RpcError(-32602, message)
}
