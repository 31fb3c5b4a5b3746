// The demo service in JavaScript, with MQTT.js. README.md says how to start it and how it works.
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync } from 'mqtt'

const { WSMQ_URL: url = 'mqtt://localhost', WSMQ_ROOT: root = 'evsuites/', WSMQ_SERVICE: service = 'demo' } = process.env
const limit = Number(process.env.WSMQ_LIMIT ?? 1000) // calls that may be worked on at a time
const share = Math.max(1, Math.floor(limit / 2)) // of them for one account
const stall = Number(process.env.WSMQ_STALL ?? 30_000) // ms that a stream waits for credit
const instance = `js-${randomBytes(4).toString('hex')}`
const requests = `${root}webapp/req/${service}/`
const control = `${root}webapp/svc/${service}/`
const record = `${control}${instance}`

const remembered = 60_000 // ms that a response is kept for duplicates of its request
const life = 60 // seconds, of a call whose message has no expiry
const longestDelay = 2 ** 31 - 1 // ms, of a timer
const firstCredit = 64 // items of a stream that need no credit
const mostCredit = 256 // items that are allowed and not yet sent
const longestId = 256 // bytes of JSON

const devices = new Map([
  ['acme:ann', ['SN-1001', 'SN-1002']],
  ['acme:bob', ['SN-2001']],
])

/** A failure that the caller is told. */
class RpcError extends Error {
  constructor(code, message, data) {
    super(message)
    Object.assign(this, { code, data })
  }
}

/** The methods. Each takes what the caller sent and the call; what it returns or throws is the response. */
const methods = new Map(
  Object.entries({
    echo: (params) => params ?? null,

    sum(params) {
      check(Array.isArray(params) && params.every((term) => typeof term === 'number'), 'sum takes an array of numbers')
      return params.reduce((total, term) => total + term, 0)
    },

    async slow(params, call) {
      const { steps = 5, delay = 500 } = params ?? {}
      const sound = Number.isInteger(steps) && steps >= 0 && typeof delay === 'number' && delay >= 0 && delay <= longestDelay
      check(sound, 'slow takes {steps, delay}, delay in milliseconds')
      for (let step = 1; step <= steps; ++step) {
        await sleep(delay, undefined, { signal: call.signal })
        await call.progress(step)
      }
      return steps
    },

    fail(params) {
      const { code = 1, message = 'failed on request', data } = params ?? {}
      check(Number.isInteger(code) && typeof message === 'string', 'fail takes {code, message, data}')
      throw new RpcError(code, message, data)
    },

    'devices.list': (params, call) => devices.get(call.user) ?? [],
  }),
)

function check(condition, message) {
  if (!condition) throw new RpcError(-32602, message)
}

/** Why a call ends of which nobody takes the answer. */
const dropped = Symbol('dropped')

/** One request or notification while it is worked on, and its response afterwards. */
class Call {
  #end = new AbortController()
  #credit = firstCredit
  #sent = 0
  #wake = () => {}

  constructor(request, sender, { correlationData, messageExpiryInterval = life } = {}) {
    Object.assign(this, { request, sender, correlationData, expiry: Math.min(messageExpiryInterval * 1000, longestDelay) })
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
    respond(this.sender, response, this.correlationData)
  }

  /** Sends one item of a stream, once the caller has granted credit for it. */
  async progress(value) {
    // Nobody takes the items of a notification.
    if (this.isNotification) this.end(dropped)
    else if (this.#credit === 0) await this.#waitForCredit()
    this.signal.throwIfAborted()
    this.#credit -= 1
    const params = { id: this.request.id, seq: this.#sent++, value, at: instance }
    send(`${root}webapp/res/${this.sender}`, { method: '$/progress', params })
  }

  async #waitForCredit() {
    const stalled = setTimeout(() => this.end(new RpcError(-32003, 'Nobody takes the stream')), stall)
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

/** By sender and id, so that nobody can reach the request of somebody else. */
const calls = new Map()
const keyOf = (sender, id) => JSON.stringify([sender, id])

function receiveRequest(sender, payload, properties) {
  const request = parse(payload)
  const refuse = (id, code, message) => respond(sender, { id, error: { code, message } }, properties?.correlationData)
  if (request === undefined) return refuse(null, -32700, 'Parse error')
  if (!isRequest(request)) {
    if (isAnswer(request)) return // or else two sides would answer each other for ever
    return refuse(isId(request?.id) ? request.id : null, -32600, 'Invalid request')
  }
  const call = new Call(request, sender, properties)
  const key = keyOf(sender, request.id)
  const earlier = call.isNotification ? undefined : calls.get(key)
  if (earlier?.response) return earlier.respond(earlier.response)
  if (earlier) return // a duplicate; the response is on its way
  if (takePlace(call.user)) return void work(call, key)
  // Not remembered, so that it may be asked again.
  if (!call.isNotification) refuse(request.id, -32004, 'Overloaded')
}

async function work(call, key) {
  if (!call.isNotification) calls.set(key, call)
  await call.run()
  freePlace(call.user)
  if (call.response) setTimeout(() => calls.delete(key), remembered).unref()
  else calls.delete(key)
}

/** How many calls of each account are worked on. */
const places = new Map()
let open = 0 // of all accounts

function takePlace(user) {
  const taken = places.get(user) ?? 0
  if (open >= limit || taken >= share) return false
  open += 1
  places.set(user, taken + 1)
  return true
}

function freePlace(user) {
  const taken = places.get(user) - 1
  open -= 1
  if (taken > 0) places.set(user, taken)
  else places.delete(user)
}

function receiveControl(sender, payload) {
  const { method, params } = parse(payload) ?? {}
  const call = isId(params?.id) && calls.get(keyOf(sender, params.id))
  if (!call) return
  if (method === '$/cancelRequest') call.cancel()
  if (method === '$/more') call.more(params.n)
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

function respond(sender, response, correlationData) {
  send(`${root}webapp/res/${sender}`, response, { properties: { correlationData, contentType: 'application/json' } })
}

function send(topic, message, options) {
  client.publish(topic, JSON.stringify({ jsonrpc: '2.0', ...message }), { qos: 1, ...options })
}

function announce(online) {
  const about = { version: '1.0.0', methods: [...methods.keys()], since: Date.now() }
  const payload = JSON.stringify({ online, service, instance, ...(online && about) })
  return { topic: record, payload, qos: 1, retain: true }
}

const client = await connectAsync(url, {
  protocolVersion: 5,
  clientId: process.env.WSMQ_CLIENT_ID ?? `${service}-${instance}`,
  clean: true, // a dead instance must not go on taking requests
  resubscribe: false, // `start` does it
  will: announce(false),
})
client.on('message', (topic, payload, { retain, properties }) => {
  if (retain) return // of the past; only records are ever retained
  const sender = topic.slice(topic.lastIndexOf('/') + 1)
  if (topic.startsWith(requests)) receiveRequest(sender, payload, properties)
  else receiveControl(sender, payload)
})
client.on('error', (error) => console.error(error.message))
client.on('connect', () => start().catch((error) => console.error(error.message)))
// Before anybody can see the record.
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, async () => {
    const { topic, payload, ...options } = announce(false)
    await client.publishAsync(topic, payload, options)
    await client.endAsync()
    process.exit()
  })
}
await start()

async function start() {
  await client.subscribeAsync([`$share/${service}/${requests}+`, `${record}/+`, `${control}_all/+`], { qos: 1, rh: 2 })
  const { topic, payload, ...options } = announce(true)
  await client.publishAsync(topic, payload, options)
  console.log(`${service}/${instance} answers`)
}
