import { RpcError, methods } from './methods.js'

const remembered = 60_000 // ms that a response is kept for duplicates of its request
const life = 60 // seconds, of a call whose message has no expiry
const longestLife = 2 ** 31 - 1 // ms, of a timer
const firstCredit = 64 // items of a stream that need no credit
const mostCredit = 256 // items that are allowed and not yet sent
const longestId = 256 // bytes of JSON

/** Why a call ends of which nobody takes the answer. */
const dropped = Symbol('dropped')

/** One request or notification while it is worked on, and its response afterwards. */
class Call {
  #end = new AbortController()
  #credit = firstCredit
  #sent = 0
  #wake = () => {}

  constructor(calls, request, sender, { correlationData, messageExpiryInterval = life } = {}) {
    Object.assign(this, { calls, request, sender, correlationData, expiry: Math.min(messageExpiryInterval * 1000, longestLife) })
  }

  /** The sender is `{org}:{user}:{random}`. It comes from the topic, which the broker's access rules vouch for. */
  get user() {
    return this.sender.split(':', 2).join(':')
  }

  get isNotification() {
    return this.request.id === undefined
  }

  get signal() {
    return this.#end.signal
  }

  async run() {
    const { id } = this.request
    const expired = setTimeout(() => this.end(dropped), this.expiry)
    const answer = await this.#answer()
    clearTimeout(expired)
    try {
      if (answer) this.respond({ id, ...answer })
    } catch (error) {
      this.respond({ id, error: describe(error) }) // the answer is nested too deep to be written
    }
  }

  async #answer() {
    const { method, params } = this.request
    try {
      const implementation = methods.get(method)
      if (!implementation) throw new RpcError(-32601, `There is no method ${method}`)
      const result = await implementation(params, this)
      this.signal.throwIfAborted()
      return { result, ...(this.#sent > 0 && { count: this.#sent }) }
    } catch (error) {
      const reason = this.signal.aborted ? this.signal.reason : error
      return reason === dropped ? undefined : { error: describe(reason) }
    }
  }

  respond(response) {
    if (this.isNotification) return
    this.response = response
    this.calls.respond(this.sender, response, this.correlationData)
  }

  /** Sends one item of a stream, once the caller has granted credit for it. */
  async progress(value) {
    // Nobody takes the items of a notification.
    if (this.isNotification) this.end(dropped)
    else if (this.#credit === 0) await this.#waitForCredit()
    this.signal.throwIfAborted()
    this.#credit -= 1
    const params = { id: this.request.id, seq: this.#sent++, value, at: this.calls.instance }
    this.calls.send(this.sender, { method: '$/progress', params })
  }

  async #waitForCredit() {
    const stalled = setTimeout(() => this.end(new RpcError(-32003, 'Nobody takes the stream')), this.calls.stall)
    while (this.#credit === 0 && !this.signal.aborted) await new Promise((resolve) => (this.#wake = resolve))
    clearTimeout(stalled)
  }

  more(n) {
    if (Number.isInteger(n) && n > 0) this.#credit = Math.min(this.#credit + n, mostCredit)
    this.#wake()
  }

  cancel() {
    this.end(new RpcError(-32003, 'Cancelled'))
  }

  end(reason) {
    this.#end.abort(reason)
    this.#wake()
  }
}

function describe(error) {
  if (error instanceof RpcError) return { code: error.code, message: error.message, data: error.data }
  console.error(error)
  return { code: -32603, message: 'Internal error' }
}

const keyOf = (sender, id) => JSON.stringify([sender, id])

/** The requests and notifications that are worked on or remembered. */
export class Calls {
  /** By sender and id, so that nobody can reach the request of somebody else. */
  #calls = new Map()
  #requests = new Set() // that are worked on
  #places
  #onIdle = () => {}

  /** `send` takes a sender, a message and the Correlation Data. */
  constructor({ instance, limit, stall, send }) {
    Object.assign(this, { instance, stall, send })
    this.#places = new Places(limit)
  }

  respond(sender, response, correlationData) {
    this.send(sender, response, correlationData)
  }

  /** `isOurs` takes the id, and tells whether this instance answers. */
  receiveRequest(sender, payload, properties, isOurs) {
    const request = parse(payload)
    const refuse = (id, code, message) => this.respond(sender, { id, error: { code, message } }, properties?.correlationData)
    if (!isOurs(isRequest(request) ? request.id : undefined)) return
    if (request === undefined) return refuse(null, -32700, 'Parse error')
    if (!isRequest(request)) {
      if (isAnswer(request)) return // or else two sides would answer each other for ever
      return refuse(isId(request?.id) ? request.id : null, -32600, 'Invalid request')
    }
    const call = new Call(this, request, sender, properties)
    const key = keyOf(sender, request.id)
    const earlier = call.isNotification ? undefined : this.#calls.get(key)
    if (earlier?.response) return earlier.respond(earlier.response)
    if (earlier) return // a duplicate; the response is on its way
    if (this.#places.take(call.user)) return void this.#work(call, key)
    // Not remembered, so that it may be asked again.
    if (!call.isNotification) refuse(request.id, -32004, 'Overloaded')
  }

  async #work(call, key) {
    if (!call.isNotification) {
      this.#calls.set(key, call)
      this.#requests.add(call)
    }
    await call.run()
    this.#places.free(call.user)
    if (call.response) setTimeout(() => this.#calls.delete(key), remembered).unref()
    else this.#calls.delete(key)
    if (this.#requests.delete(call) && this.isIdle) this.#onIdle()
  }

  /** Whether no request is worked on; nobody waits for notifications. */
  get isIdle() {
    return this.#requests.size === 0
  }

  async idle() {
    if (!this.isIdle) await new Promise((resolve) => (this.#onIdle = resolve))
  }

  receiveControl(sender, payload) {
    const { method, params } = parse(payload) ?? {}
    const call = isId(params?.id) && this.#calls.get(keyOf(sender, params.id))
    if (!call) return
    if (method === '$/cancelRequest') call.cancel()
    if (method === '$/more') call.more(params.n)
  }
}

/** The bound on the calls that are worked on, half of which one account gets. */
class Places {
  #taken = new Map() // by account
  #open = 0 // of all accounts

  constructor(limit) {
    this.limit = limit
    this.share = Math.max(1, Math.floor(limit / 2))
  }

  take(user) {
    const taken = this.#taken.get(user) ?? 0
    if (this.#open >= this.limit || taken >= this.share) return false
    this.#open += 1
    this.#taken.set(user, taken + 1)
    return true
  }

  free(user) {
    const taken = this.#taken.get(user) - 1
    this.#open -= 1
    if (taken > 0) this.#taken.set(user, taken)
    else this.#taken.delete(user)
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function parse(payload) {
  try {
    return JSON.parse(utf8.decode(payload))
  } catch {
    return undefined
  }
}

const isId = (id) => (typeof id === 'string' || Number.isFinite(id)) && Buffer.byteLength(JSON.stringify(id)) <= longestId

const isAnswer = (message) => message?.method === undefined && (message?.result !== undefined || message?.error !== undefined)

function isRequest(request) {
  if (request?.jsonrpc !== '2.0' || typeof request.method !== 'string') return false
  const { id, params } = request
  return (id === undefined || isId(id)) && (params === undefined || (typeof params === 'object' && params !== null))
}
